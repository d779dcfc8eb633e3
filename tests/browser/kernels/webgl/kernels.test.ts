import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWebGl, type WebGlDevice } from '../../../../src/engine/devices/webgl';
import { roundUp4, type DeviceBuffer, type Kernels } from '../../../../src/kernels/kernels';
import { gatherCells } from '../../../support/plain/gather-cells';
import { gumbelSample } from '../../../support/plain/gumbel-sample';
import { WebGlKernels } from '../../../../src/kernels/webgl/kernels';
import { openWasmKernels } from '../../../support/kernels';
import { integers, normals } from '../../../kernels/harness';
import { chiSquare, relativeL2 } from '../../../support/numbers';

/** Every operation beside the same one on WASM, which is itself tested against plain tfjs and torch. */
describe.each([
  { name: 'blending and tiles from 16 rows', options: { tileRows: 16 } },
  { name: 'neither float blending nor small tiles', options: { floatBlend: false, tileRows: 128 } },
])('WebGL kernels with $name', ({ options }) => {
  let wasm: Kernels;
  let device: WebGlDevice;
  let webgl: Kernels;
  beforeAll(async () => {
    await tf.setBackend('cpu');
    wasm = await openWasmKernels();
    device = openWebGl();
    webgl = new WebGlKernels(device.context, options);
  });
  afterAll(() => device.close());

  /** Runs the same calls on both and compares what the buffers then hold. */
  async function same(run: (k: Kernels) => DeviceBuffer[], tolerance = 2e-6): Promise<void> {
    const expected = await wasm.frame(() => wasm.readAll(run(wasm)));
    const found = await webgl.frame(() => webgl.readAll(run(webgl)));
    expect(found.length).toBe(expected.length);
    found.forEach((array, i) => expect(relativeL2(array, expected[i]!)).toBeLessThan(tolerance));
  }

  it.each([
    [1, 8, 4],
    [1, 64, 13],
    [3, 12, 12],
    [7, 64, 357],
    [130, 16, 37],
    [301, 32, 8],
    [517, 16, 24],
  ])('linear and its gradients: m=%i k=%i n=%i', (m, k, n) =>
    same((on) => {
      const width = roundUp4(n);
      const x = on.upload(normals(m * k));
      const w = on.upload(normals(k * n, 'w'));
      if (n % 4) {
        // the tied output embedding: forward, gradient of the hidden state, gradient of the embedding
        const logits = on.temporary(m * width);
        on.linear({ x, w: on.packMatrix({ matrix: w, rows: n, cols: k, transposed: true }), out: logits, m });
        const dx = on.temporary(m * k);
        on.linear({
          x: logits,
          w: on.packMatrix({ matrix: w, rows: n, cols: k, transposed: false }),
          out: dx,
          m,
          xStride: width,
        });
        const dw = on.upload(normals(k * n, 'start'));
        on.linearBackwardWeight({ x: logits, dy: x, dWeight: dw, m, k: n, n: k, xStride: width });
        return [logits, dx, dw];
      }
      const [bias, residual] = [on.upload(normals(n, 'b')), on.upload(normals(m * n, 'r'))];
      const dy = on.upload(normals(m * n, 'dy'));
      const packed = on.packMatrix({ matrix: w, rows: k, cols: n, transposed: false });
      const [out, more, dx] = [on.temporary(m * n), on.temporary(m * n), on.temporary(m * k)];
      on.linear({ x, w: packed, bias, out, m });
      on.linear({ x, w: packed, bias, residual, out: more, m });
      on.linear({ x: dy, w: on.packMatrix({ matrix: w, rows: k, cols: n, transposed: true }), out: dx, m });
      const [dw, db] = [on.upload(normals(k * n, 'start')), on.upload(normals(n, 'start'))];
      on.linearBackwardWeight({ x, dy, dWeight: dw, dBias: db, m, k, n });
      return [out, more, dx, dw, db];
    }),
  );

  it.each([5, 131])('fused linear maps equal their parts, m=%i', (m) =>
    same((on) => {
      const [k, n, v] = [12, 20, 13];
      const [x, bias] = [on.upload(normals(m * k)), on.upload(normals(n, 'b'))];
      const w = on.packMatrix({
        matrix: on.upload(normals(k * n, 'w')),
        rows: k,
        cols: n,
        transposed: false,
      });
      const back = on.packMatrix({
        matrix: on.upload(normals(n * k, 'v')),
        rows: n,
        cols: k,
        transposed: true,
      });
      const embedding = on.packMatrix({
        matrix: on.upload(normals(v * k, 'e')),
        rows: v,
        cols: k,
        transposed: true,
      });
      const [weight, shift] = [on.upload(normals(k, 'g')), on.upload(normals(k, 's'))];
      const [out, active, dx] = [0, 1, 2].map(() => on.temporary(m * n)) as [
        DeviceBuffer,
        DeviceBuffer,
        DeviceBuffer,
      ];
      const [wide, logits] = [on.temporary(m * n), on.temporary(m * roundUp4(v))];
      if (on === webgl) {
        webgl.linearGelu!({ x, w, bias, out, active, m });
        webgl.linearGeluBackward!({ x, w: back, before: out, out: dx, m });
        webgl.layerNormLinear!({ x, norm: { weight, bias: shift }, w, bias, gelu: true, out: wide, m });
        webgl.layerNormLinear!({
          x,
          norm: { weight, bias: shift },
          w: embedding,
          gelu: false,
          out: logits,
          m,
        });
      } else {
        on.linear({ x, w, bias, out, m });
        on.gelu({ x: out, out: active, length: m * n });
        on.linear({ x, w: back, out: dx, m });
        on.geluBackward({ x: out, dy: dx, dx, length: m * n });
        const normal = on.temporary(m * k);
        on.layerNorm({ x, weight, bias: shift, out: normal, stats: on.temporary(m * 2), rows: m, width: k });
        on.linear({ x: normal, w, bias, out: wide, m });
        on.gelu({ x: wide, out: wide, length: m * n });
        on.linear({ x: normal, w: embedding, out: logits, m });
      }
      return [out, active, dx, wide, logits];
    }, 5e-6),
  );

  it('adds gradients to neighbouring ranges of one buffer, zeroed or not', () =>
    same((on) => {
      const [m, k, n] = [37, 12, 8];
      const flat = on.allocate(64 * 8);
      const dw = on.slice(flat, 64, k * n);
      const db = on.slice(flat, 64 * 4, n);
      const [x, dy] = [on.upload(normals(m * k)), on.upload(normals(m * n, 'dy'))];
      on.zero(flat);
      on.linearBackwardWeight({ x, dy, dWeight: dw, dBias: db, m, k, n });
      const once = on.temporary(flat.length);
      on.embedding({
        wte: flat,
        wpe: flat,
        ids: on.upload(new Int32Array(1)),
        positions: on.upload(Int32Array.of(0)),
        out: once,
        tokens: 1,
        width: 512,
      });
      on.linearBackwardWeight({ x, dy, dWeight: dw, dBias: db, m, k, n });
      on.zero(on.slice(flat, 64 * 2 + 4, 8));
      on.free(flat);
      const all = on.upload(normals(64 * 8));
      on.linearBackwardWeight({
        x,
        dy,
        dWeight: on.slice(all, 64, k * n),
        dBias: on.slice(all, 64 * 4, n),
        m,
        k,
        n,
      });
      on.zero(on.slice(all, 64 * 2 + 4, 8));
      return [once, all];
    }));

  it.each([
    [1, 8],
    [5, 12],
    [33, 64],
    [150, 8],
  ])('layer norm and its gradients: n=%i d=%i', (n, d) =>
    same((on) => {
      const x = on.upload(normals(n * d).map((v) => 3 * v + 5));
      const [weight, bias] = [on.upload(normals(d, 'w')), on.upload(normals(d, 'b'))];
      const dy = on.upload(normals(n * d, 'dy'));
      const [out, stats, dx] = [on.temporary(n * d), on.temporary(2 * n), on.temporary(n * d)];
      on.layerNorm({ x, weight, bias, out, stats, rows: n, width: d });
      const [dw, db] = [on.upload(normals(d, 'start')), on.upload(normals(d, 'start'))];
      on.layerNormBackward({ dy, x, stats, weight, dx, dWeight: dw, dBias: db, rows: n, width: d });
      const residual = on.upload(normals(n * d, 'r'));
      on.layerNormBackward({
        dy,
        x,
        stats,
        weight,
        residual,
        dx: residual,
        dWeight: dw,
        dBias: db,
        rows: n,
        width: d,
      });
      return [out, dx, residual, dw, db];
    }, 5e-6),
  );

  /** The operations that are drawn together where they come one after the other. */
  it.each([
    [9, 8, 2],
    [150, 24, 3],
  ])('a block and its gradients, one operation after the other: m=%i d=%i', async (m, d, heads) => {
    const block = (on: Kernels) => {
      const matrix = (rows: number, cols: number, name: string) => {
        const buffer = on.upload(normals(rows * cols, name));
        return {
          forward: on.packMatrix({ matrix: buffer, rows, cols, transposed: false }),
          back: on.packMatrix({ matrix: buffer, rows, cols, transposed: true }),
        };
      };
      const [square, wide] = [matrix(d, d, 'square'), matrix(d, 3 * d, 'wide')];
      const vector = (name: string, width = d) => on.upload(normals(width, name));
      const norm = { weight: vector('g'), bias: vector('b') };
      const flat = on.allocate(64 * 64);
      let used = 0;
      const gradient = (width: number) => on.slice(flat, (used += 64 * 8) - 64 * 8, width); // apart
      const many = (width: number, count: number) =>
        Array.from({ length: count }, () => on.temporary(m * width));
      const [x, y, z, gathered, attended, again] = many(d, 6) as [DeviceBuffer, ...DeviceBuffer[]] &
        DeviceBuffer[];
      const [n0, n1, n2, n3, dNarrow, dx] = many(d, 6) as DeviceBuffer[];
      const stats = many(2, 4);
      const [qkv, dQkv] = many(3 * d, 2) as [DeviceBuffer, DeviceBuffer];
      const [wte, wpe] = [vector('wte', 7 * d), vector('wpe', 9 * d)];
      const [ids, positions] = [on.upload(integers(m, 7)), on.upload(integers(m, 9))];
      const size = { rows: m, width: d };
      on.embedding({ wte, wpe, ids, positions, out: x, tokens: m, width: d });
      on.layerNorm({ x, ...norm, out: n0!, stats: stats[0]!, ...size });
      on.linear({ x: n0!, w: square.forward, bias: norm.bias, residual: x, out: y!, m });
      on.layerNorm({ x: y!, ...norm, out: n1!, stats: stats[1]!, ...size });
      on.linear({ x: n1!, w: square.forward, residual: y!, out: z!, m });
      on.layerNorm({ x: z!, ...norm, out: n2!, stats: stats[2]!, ...size });
      on.linear({ x: n2!, w: wide.forward, out: qkv, m });
      const rows = {
        count: 1,
        offsets: on.upload(Int32Array.of(0, m)),
        prefixes: on.upload(Int32Array.of(2)),
        lengths: [m],
      };
      const shape = { heads, headDim: d / heads };
      const probabilities = on.temporary(on.attentionProbabilities(rows, shape));
      on.attention({ qkv, rows, shape, probabilities, out: attended! });
      on.gatherRows({ x: attended!, index: positions, out: gathered!, ...size });
      on.layerNorm({ x: gathered!, ...norm, out: n3!, stats: stats[3]!, ...size });
      const dy = on.upload(normals(m * d, 'dy'));
      const into = () => ({ dWeight: gradient(d), dBias: gradient(d) });
      on.linearBackwardWeight({ x: n3!, dy, dWeight: gradient(d * d), dBias: gradient(d), m, k: d, n: d });
      on.linear({ x: dy, w: square.back, out: dNarrow!, m });
      const norm3 = { x: gathered!, stats: stats[3]!, weight: norm.weight, ...into() };
      on.layerNormBackward({ dy: dNarrow!, ...norm3, residual: dy, dx: dy, ...size });
      on.linearBackwardWeight({ x: n3!, dy, dWeight: gradient(d * d), m, k: d, n: d });
      on.linear({ x: dy, w: square.back, out: dNarrow!, m });
      on.attentionBackward({ qkv, rows, shape, probabilities, out: attended!, dOut: dNarrow!, dQkv });
      const wideGradient = { dWeight: on.slice(flat, 64 * 32, 3 * d * d), dBias: gradient(3 * d) };
      on.linearBackwardWeight({ x: n2!, dy: dQkv, ...wideGradient, m, k: d, n: 3 * d });
      on.linear({ x: dQkv, w: wide.back, out: again!, m });
      on.layerNormBackward({
        ...{ dy: again!, x: z!, stats: stats[2]!, weight: norm.weight, dx: dx!, ...into() },
        ...size,
      });
      return { results: [x, y!, z!, n0!, n1!, n2!, gathered!, n3!, dy, dNarrow!, dQkv, again!, dx!], flat };
    };
    const run = async (on: Kernels) => {
      let flat: DeviceBuffer;
      const found = await on.frame(() => {
        const { results, flat: sums } = block(on);
        flat = sums;
        return on.readAll([...results, sums]);
      });
      on.free(flat!);
      return found;
    };
    const expected = await run(wasm);
    for (const round of [0, 1]) {
      const found = await run(webgl); // the second time in textures that have been used
      found.forEach((array, i) =>
        expect(relativeL2(array, expected[i]!), `buffer ${i}, round ${round}`).toBeLessThan(1e-5),
      );
    }
  });

  it('embedding and its gradients', () =>
    same((on) => {
      const [n, d, v, p] = [29, 12, 13, 7];
      const [wte, wpe] = [on.upload(normals(v * d)), on.upload(normals(p * d))];
      const [ids, positions] = [on.upload(integers(n, v)), on.upload(integers(n, p))];
      const out = on.temporary(n * d);
      on.embedding({ wte, wpe, ids, positions, out, tokens: n, width: d });
      const dy = on.upload(normals(n * d, 'dy'));
      const [dwte, dwpe] = [on.upload(normals(v * d, 'start')), on.upload(new Float32Array(p * d))];
      on.embeddingBackward({ dx: dy, ids, positions, dWte: dwte, dWpe: dwpe, tokens: n, width: d });
      return [out, dwte, dwpe];
    }));

  it('GELU and its gradient, also far out and in place', () =>
    same((on) => {
      const extremes = [0, -0, 1e-6, -30, 30, -9, 9, 100, -100, 5, -5, -6, 6, 1, -1, 0.5];
      const data = Float32Array.from([...normals(240), ...extremes]);
      const [x, again] = [on.upload(data), on.upload(data)];
      const dy = on.upload(normals(data.length, 'dy'));
      const out = on.temporary(data.length);
      on.gelu({ x, out, length: data.length });
      on.gelu({ x: again, out: again, length: data.length });
      on.geluBackward({ x, dy, dx: dy, length: data.length });
      return [out, again, dy];
    }));

  it.each([
    [[1], [0], 1, 4],
    [[5, 1, 7], [0, 1, 7], 2, 4],
    [[13, 8, 2, 23], [4, 8, 2, 0], 3, 8],
    [[0, 37, 3], [0, 11, 0], 2, 16],
  ])('attention and its gradients: lengths %j prefixes %j heads=%i', (lengths, prefixes, heads, headDim) =>
    same((on) => {
      const d = heads * headDim;
      const n = lengths.reduce((a, b) => a + b, 0);
      const offsets = new Int32Array(lengths.length + 1);
      lengths.forEach((t, r) => (offsets[r + 1] = offsets[r]! + t));
      const rows = {
        count: lengths.length,
        offsets: on.upload(offsets),
        prefixes: on.upload(Int32Array.from(prefixes)),
        lengths,
      };
      const shape = { heads, headDim };
      const qkv = on.upload(normals(n * 3 * d).map((v) => 2 * v));
      const dOut = on.upload(normals(n * d, 'dy'));
      const [out, only, dqkv] = [on.temporary(n * d), on.temporary(n * d), on.temporary(n * 3 * d)];
      const probabilities = on.temporary(on.attentionProbabilities(rows, shape));
      on.attention({ qkv, rows, shape, probabilities, out });
      on.attention({ qkv, rows, shape, out: only });
      on.attentionBackward({ qkv, dOut, rows, shape, probabilities, dQkv: dqkv, out });
      return [out, only, dqkv];
    }, 5e-6),
  );

  it.each([
    [1, 13, 1],
    [5, 357, 3],
    [9, 8, 80],
  ])('token log-probability, entropy and gradients: rows=%i V=%i logits ±%i', (rows, v, scale) =>
    same((on) => {
      const width = roundUp4(v);
      const padded = normals(rows * width).map((x, i) => (i % width < v ? x * scale : 1e30));
      const [logits, labels] = [on.upload(padded), on.upload(integers(rows, v))];
      const [lp, h, z] = [on.temporary(rows), on.temporary(rows), on.temporary(rows)];
      on.tokenLogProb({ logits, labels, logProbs: lp, entropy: h, logSum: z, rows, vocabulary: v });
      const [dlp, dh] = [on.upload(normals(rows, 'p')), on.upload(normals(rows, 'h'))];
      on.tokenLogProbBackward({
        logits,
        labels,
        entropy: h,
        logSum: z,
        dLogProbs: dlp,
        dEntropy: dh,
        rows,
        vocabulary: v,
      });
      return [lp, h, z, logits];
    }, 1e-5),
  );

  it('scalar head and its gradients', () =>
    same((on) => {
      const [rows, d] = [41, 12];
      const [x, weight] = [on.upload(normals(rows * d)), on.upload(normals(d, 'w'))];
      const [bias, dy] = [on.upload(normals(1, 'b')), on.upload(normals(rows, 'dy'))];
      const out = on.temporary(rows);
      on.scalarHead({ x, weight, bias, out, rows, width: d });
      const dx = on.upload(normals(rows * d, 'start'));
      const [dw, db] = [on.upload(normals(d, 'start')), on.upload(new Float32Array(1))];
      on.scalarHeadBackward({ dOut: dy, x, weight, dx, dWeight: dw, dBias: db, rows, width: d });
      return [out, dx, dw, db];
    }));

  it('gathers and scatters rows', () =>
    same((on) => {
      const x = on.upload(normals(6 * 8));
      const index = on.upload(Int32Array.from([4, 0, 5]));
      const [out, sum, more] = [on.temporary(3 * 8), on.temporary(6 * 8), on.upload(normals(48, 'm'))];
      on.gatherRows({ x, index, out, rows: 3, width: 8 });
      on.zero(sum);
      on.scatterRows({ dy: out, index, out: sum, rows: 3, width: 8 });
      on.scatterRows({ dy: out, index, out: more, rows: 3, width: 8 });
      return [out, sum, more];
    }, 1e-7));

  it.each([1, 7, 300, 5001])('gathers %i cells, NaN among them', (cells) =>
    webgl.frame(async () => {
      const x = normals(Math.ceil(cells * 0.7), 'cells');
      x[x.length >> 1] = NaN;
      const index = integers(cells, x.length + 3, 'cells').map((i) => i - 3);
      const out = webgl.temporary(cells);
      webgl.gatherCells!({ x: webgl.upload(x), index: webgl.upload(index), out, cells });
      const expected = gatherCells(tf.tensor1d(x), tf.tensor1d([...index])).dataSync<'float32'>();
      expect([...(await webgl.readFloats(out))]).toEqual([...expected]);
    }),
  );

  it('global norm and AdamW, clipped and not', () =>
    same((on) => {
      const length = 64 * 90;
      const p = on.upload(normals(length));
      const [m, v] = [on.upload(new Float32Array(length)), on.upload(new Float32Array(length))];
      const decay = on.upload(Float32Array.from({ length }, (_, i) => (i >> 6) & 1));
      const norm = on.allocate(1);
      const norms = [0, 1, 2].map((step) => {
        const g = on.upload(normals(length, step).map((x) => 0.1 * x));
        on.globalNorm({ gradients: g, norm });
        on.adamw({
          parameters: p,
          gradients: g,
          firstMoment: m,
          secondMoment: v,
          decay,
          norm,
          step: {
            learningRate: 1e-2,
            beta1: 0.9,
            beta2: 0.95,
            epsilon: 1e-8,
            weightDecay: 0.1,
            maxNorm: [1, Infinity, 100][step]!,
            correction1: 1 - 0.9 ** (step + 1),
            correction2: 1 - 0.95 ** (step + 1),
          },
        });
        const copy = on.temporary(4);
        on.gatherRows({
          x: on.slice(norm, 0, 1),
          index: on.upload(Int32Array.of(0)),
          out: copy,
          rows: 1,
          width: 4,
        });
        return on.slice(copy, 0, 1);
      });
      on.free(norm);
      return [p, m, v, ...norms];
    }));

  it('decodes from the cache what attention gives, rows of a width that is no power of two', () =>
    same((on) => {
      const [heads, headDim, lengths] = [3, 8, [5, 1, 9]];
      const d = heads * headDim;
      const n = 15;
      const qkv = on.upload(normals(n * 3 * d));
      const slots = on.upload(Int32Array.from(lengths.flatMap((t, r) => Array<number>(t).fill(r))));
      const positions = on.upload(Int32Array.from(lengths.flatMap((t) => [...Array(t).keys()])));
      const cache = on.layerCache({ slots: 3, capacity: 11, width: d });
      on.cacheWrite({ qkv, slots, positions, cache, tokens: n, width: d });
      const last = on.temporary(3 * 3 * d);
      on.gatherRows({ x: qkv, index: on.upload(Int32Array.of(4, 5, 14)), out: last, rows: 3, width: 3 * d });
      const [every, at, out] = [
        on.upload(Int32Array.of(0, 1, 2)),
        on.upload(Int32Array.of(4, 0, 8)),
        on.temporary(3 * d),
      ];
      on.decodeAttention({
        qkv: last,
        slots: every,
        positions: at,
        cache,
        out,
        tokens: 3,
        shape: { heads, headDim },
      });
      return [out];
    }));

  it.each([13, 16, 357])('samples the tokens of the plain sampler, V=%i', async (v) => {
    const rows = 50;
    const width = roundUp4(v);
    const logits = normals(rows * width);
    const banned = [0, 5];
    const penalty = Float32Array.from({ length: width }, (_, j) =>
      j >= v || banned.includes(j) ? -Infinity : 0,
    );
    for (const temperature of [0, 0.5, 1]) {
      const tokens = await webgl.frame(() => {
        const table = webgl.temporary(3 * 64);
        const out = webgl.slice(table, 64, rows);
        const index = webgl.upload(Int32Array.from({ length: rows }, (_, r) => 7 + r));
        const steps = webgl.upload(Int32Array.from({ length: rows }, (_, r) => r % 3));
        const [l, p] = [webgl.upload(logits), webgl.upload(penalty)];
        webgl.gumbelSample({
          logits: l,
          penalty: p,
          noiseRows: index,
          noiseSteps: steps,
          out,
          rows,
          vocabulary: v,
          temperature,
          key: 0xfffffff9,
        });
        return webgl.readInts(out);
      });
      const expected = Array.from(tokens, (_, r) =>
        gumbelSample(logits.subarray(r * width, r * width + v), temperature, banned, {
          key: 0xfffffff9,
          row: 7 + r,
          step: r % 3,
        }),
      );
      expect([...tokens]).toEqual(expected);
    }
  });

  it('samples with the frequencies of the softmax, in row 0 too, and reports rows without a number', async () => {
    const one = Float32Array.of(-Infinity, 0, 1, 2, -1, 0.5, 0.3, -2);
    const weights = Array.from(one, Math.exp);
    const total = weights.reduce((a, b) => a + b);
    const rows = 2000;
    const [counts, first] = [new Array<number>(8).fill(0), new Array<number>(8).fill(0)];
    for (let key = 0; key < 8; key++) {
      const tokens = await webgl.frame(() => {
        const logits = webgl.upload(Float32Array.from({ length: rows * 8 }, (_, i) => one[i % 8]!));
        const out = webgl.temporary(rows);
        const index = webgl.upload(Int32Array.from({ length: rows }, (_, r) => r));
        const zeros = webgl.upload(new Int32Array(rows));
        webgl.gumbelSample({
          logits,
          penalty: webgl.upload(new Float32Array(8)),
          noiseRows: index,
          noiseSteps: zeros,
          out,
          rows,
          vocabulary: 8,
          temperature: 1,
          key,
        });
        return webgl.readInts(out);
      });
      for (const token of tokens) counts[token]!++;
      first[tokens[0]!]!++;
    }
    expect(chiSquare(counts, weights.map((w) => w / total)).p).toBeGreaterThan(1e-4); // prettier-ignore
    expect(first.filter((n) => n > 0).length).toBeGreaterThan(1);
    const none = await webgl.frame(() => {
      const out = webgl.temporary(1);
      const zero = webgl.upload(Int32Array.of(0));
      const logits = webgl.upload(new Float32Array(8).fill(NaN));
      webgl.gumbelSample({
        logits,
        penalty: webgl.upload(new Float32Array(8)),
        noiseRows: zero,
        noiseSteps: zero,
        out,
        rows: 1,
        vocabulary: 8,
        temperature: 1,
        key: 1,
      });
      return webgl.readInts(out);
    });
    expect([...none]).toEqual([-1]);
  });
});
