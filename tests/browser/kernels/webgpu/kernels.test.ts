import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWebGpu, type WebGpuDevice } from '../../../../src/engine/devices/webgpu';
import { registerGradients } from '../../../../src/engine/shared/gradients';
import { roundUp4 } from '../../../../src/kernels/kernels';
import { adamw } from '../../../support/plain/adamw';
import { attention } from '../../../support/plain/attention';
import { embedding } from '../../../support/plain/embedding';
import { gatherCells } from '../../../support/plain/gather-cells';
import { gelu } from '../../../support/plain/gelu';
import { gumbelSample } from '../../../support/plain/gumbel-sample';
import { layerNorm } from '../../../support/plain/layer-norm';
import { linear } from '../../../support/plain/linear';
import { scalarHead } from '../../../support/plain/scalar-head';
import { tokenLogProb } from '../../../support/plain/token-log-prob';
import type { GpuBuffer } from '../../../../src/kernels/webgpu/memory';
import { WebGpuKernels } from '../../../../src/kernels/webgpu/kernels';
import { gumbelRow } from '../../../../src/random/noise';
import { integers, matrix, normals, oracle } from '../../../kernels/harness';
import { webGpuNoise } from '../../../support/kernels';
import { chiSquare, relativeL2 } from '../../../support/numbers';

/** Each WebGPU operation against its plain twin and tfjs's gradients. */
describe('operations on WebGPU', () => {
  let device: WebGpuDevice;
  let k: WebGpuKernels;
  beforeAll(async () => {
    registerGradients();
    await tf.setBackend('cpu');
    device = await openWebGpu();
    k = new WebGpuKernels(device.gpu);
  });
  afterAll(() => device.close());

  const close = (a: ArrayLike<number>, b: ArrayLike<number>, tolerance = 3e-6) =>
    expect(relativeL2(a, b)).toBeLessThan(tolerance);
  /** A writable temporary with contents (uploads are only read). */
  const filled = (data: Float32Array) => {
    const buffer = k.temporary(data.length);
    k.write(buffer, data);
    return buffer;
  };
  const zeros = (length: number) => filled(new Float32Array(length));
  const read = (buffer: GpuBuffer) => k.readFloats(buffer);

  it.each([
    [1, 8, 4],
    [1, 64, 13],
    [3, 20, 12],
    [7, 64, 357],
    [64, 12, 36],
    [301, 32, 8],
    [517, 16, 24],
  ])('linear and its gradients: m=%i k=%i n=%i', (m, kk, n) =>
    k.frame(async () => {
      const [x, w, bias, dy] = [normals(m * kk), normals(kk * n, 'w'), normals(n, 'b'), normals(m * n, 'dy')];
      const tensors = [matrix(x, kk), matrix(w, n), tf.tensor1d(bias)] as const;
      const expected = oracle([...tensors], () => linear(...tensors), dy);
      const input = k.upload(x);
      const width = roundUp4(n);
      const out = k.temporary(m * width);
      if (n % 4) {
        // the tied output embedding: transposed for the logits, plain for their gradient
        const turned = k.upload(tf.transpose(tensors[1]).dataSync<'float32'>());
        k.linear({
          x: input,
          w: k.packMatrix({ matrix: turned, rows: n, cols: kk, transposed: true }),
          out,
          m,
        });
        const unpad = (found: Float32Array) =>
          Float32Array.from({ length: m * n }, (_, i) => found[Math.floor(i / n) * width + (i % n)]!);
        close(unpad(await read(out)).map((y, i) => y + bias[i % n]!), expected.value); // prettier-ignore
        const spaced = new Float32Array(m * width);
        for (let r = 0; r < m; r++) spaced.set(dy.subarray(r * n, (r + 1) * n), r * width);
        const [gradient, dx, dw] = [k.upload(spaced), k.temporary(m * kk), zeros(n * kk)];
        k.linear({
          x: gradient,
          w: k.packMatrix({ matrix: turned, rows: n, cols: kk, transposed: false }),
          out: dx,
          m,
          xStride: width,
        });
        close(await read(dx), expected.grads[0]!);
        k.linearBackwardWeight({ x: gradient, dy: input, dWeight: dw, m, k: n, n: kk, xStride: width });
        close(await read(dw), tf.transpose(matrix(expected.grads[1]!, n)).dataSync<'float32'>());
        return;
      }
      const residual = normals(m * n, 'r');
      const plainW = k.upload(w);
      const packed = k.packMatrix({ matrix: plainW, rows: kk, cols: n, transposed: false });
      const biasBuffer = k.upload(bias);
      k.linear({ x: input, w: packed, bias: biasBuffer, out, m });
      close(await read(out), expected.value);
      k.linear({ x: input, w: packed, bias: biasBuffer, residual: k.upload(residual), out, m });
      close(await read(out), linear(...tensors, matrix(residual, n)).dataSync<'float32'>());
      const dyBuffer = k.upload(dy);
      const dx = k.temporary(m * kk);
      k.linear({
        x: dyBuffer,
        w: k.packMatrix({ matrix: plainW, rows: kk, cols: n, transposed: true }),
        out: dx,
        m,
      });
      close(await read(dx), expected.grads[0]!);
      // gradients are added to what is there; rows of x may be further apart than k
      const stride = kk + 8;
      const spaced = new Float32Array(m * stride).fill(7);
      for (let r = 0; r < m; r++) spaced.set(x.subarray(r * kk, (r + 1) * kk), r * stride);
      const [dw, db] = [filled(w), filled(bias)];
      k.linearBackwardWeight({
        x: k.upload(spaced),
        dy: dyBuffer,
        dWeight: dw,
        dBias: db,
        m,
        k: kk,
        n,
        xStride: stride,
      });
      close(await read(dw), expected.grads[1]!.map((g, i) => g + w[i]!)); // prettier-ignore
      close(await read(db), expected.grads[2]!.map((g, i) => g + bias[i]!)); // prettier-ignore
    }),
  );

  it.each([
    [1, 8],
    [5, 12],
    [33, 64],
    [531, 16],
    [9, 128],
  ])('layer norm and its gradients: n=%i d=%i', (n, d) =>
    k.frame(async () => {
      const x = normals(n * d).map((v) => 3 * v + 5);
      const [weight, bias, dy] = [normals(d, 'w'), normals(d, 'b'), normals(n * d, 'dy')];
      const tensors = [matrix(x, d), tf.tensor1d(weight), tf.tensor1d(bias)] as const;
      const expected = oracle([...tensors], () => layerNorm(...tensors), dy);
      const [out, stats, dx] = [k.temporary(n * d), k.temporary(2 * n), k.temporary(n * d)];
      const [input, w, gradient] = [k.upload(x), k.upload(weight), k.upload(dy)];
      k.layerNorm({ x: input, weight: w, bias: k.upload(bias), out, stats, rows: n, width: d });
      close(await read(out), expected.value);
      const [dw, db] = [zeros(d), zeros(d)];
      k.layerNormBackward({
        dy: gradient,
        x: input,
        stats,
        weight: w,
        dx,
        dWeight: dw,
        dBias: db,
        rows: n,
        width: d,
      });
      close(await read(dx), expected.grads[0]!, 5e-6);
      close(await read(dw), expected.grads[1]!);
      close(await read(db), expected.grads[2]!);
      const summed = expected.grads[0]!.map((g, i) => g + x[i]!);
      const residual = filled(x);
      k.layerNormBackward({
        dy: gradient,
        x: input,
        stats,
        weight: w,
        residual,
        dx: residual,
        dWeight: dw,
        dBias: db,
        rows: n,
        width: d,
      });
      close(await read(residual), summed);
      k.layerNormBackward({
        dy: gradient,
        x: input,
        stats,
        weight: w,
        residual: k.upload(x),
        dx,
        dWeight: dw,
        dBias: db,
        rows: n,
        width: d,
      });
      close(await read(dx), summed);
    }),
  );

  it.each([
    [29, 12, 13, 7],
    [300, 8, 3, 5],
  ])('embedding and its gradients: n=%i d=%i', (n, d, v, p) =>
    k.frame(async () => {
      const [wte, wpe, dy] = [normals(v * d), normals(p * d), normals(n * d, 'dy')];
      const [ids, positions] = [integers(n, v), integers(n, p)];
      const tensors = [matrix(wte, d), matrix(wpe, d)] as const;
      const index = [tf.tensor1d(ids, 'int32'), tf.tensor1d(positions, 'int32')] as const;
      const expected = oracle([...tensors], () => embedding(...tensors, ...index), dy);
      const out = k.temporary(n * d);
      const [i, j] = [k.upload(ids), k.upload(positions)];
      k.embedding({ wte: k.upload(wte), wpe: k.upload(wpe), ids: i, positions: j, out, tokens: n, width: d });
      close(await read(out), expected.value);
      const [dwte, dwpe] = [filled(wte), filled(wpe)];
      k.embeddingBackward({
        dx: k.upload(dy),
        ids: i,
        positions: j,
        dWte: dwte,
        dWpe: dwpe,
        tokens: n,
        width: d,
      });
      close(await read(dwte), expected.grads[0]!.map((g, e) => g + wte[e]!)); // prettier-ignore
      close(await read(dwpe), expected.grads[1]!.map((g, e) => g + wpe[e]!)); // prettier-ignore
    }),
  );

  it('GELU and its gradient, also far out', () =>
    k.frame(async () => {
      const far = [0, -0, 1e-6, -30, 30, -9, 9, 100, -100, 5, -5, 1e4, -1e4, 1, -1, 0.5];
      const x = Float32Array.from([...normals(240), ...far]);
      const dy = normals(x.length, 'dy');
      const tensor = tf.tensor1d(x);
      const expected = oracle([tensor], () => gelu(tensor), dy);
      const out = k.temporary(x.length);
      const input = k.upload(x);
      k.gelu({ x: input, out, length: x.length });
      const found = await read(out);
      close(found, expected.value);
      found.forEach((y, i) =>
        expect(Math.abs(y - expected.value[i]!)).toBeLessThan(1e-5 + Math.abs(1e-5 * y)),
      );
      const inPlace = filled(x);
      k.gelu({ x: inPlace, out: inPlace, length: x.length });
      expect(await read(inPlace)).toEqual(found);
      k.geluBackward({ x: input, dy: k.upload(dy), dx: out, length: x.length });
      close(await read(out), expected.grads[0]!);
    }));

  it.each([
    [[1], [0], 1, 4],
    [[5, 1, 7], [0, 1, 7], 2, 4],
    [[13, 8, 2, 23], [4, 8, 2, 0], 3, 8],
    [[0, 37, 3], [0, 11, 0], 2, 16],
    [[96, 70], [0, 66], 1, 12],
    [[40], [33], 1, 64],
  ])(
    'attention and its gradients: lengths %j prefixes %j heads=%i headDim=%i',
    (lengths, prefixes, heads, headDim) =>
      k.frame(async () => {
        const d = heads * headDim;
        const n = lengths.reduce((a, b) => a + b, 0);
        const [qkv, dOut] = [normals(n * 3 * d), normals(n * d, 'dy')];
        const offsets = new Int32Array(lengths.length + 1);
        lengths.forEach((t, r) => (offsets[r + 1] = offsets[r]! + t));
        const rows = {
          count: lengths.length,
          offsets: k.upload(offsets),
          prefixes: k.upload(Int32Array.from(prefixes)),
          lengths,
        };
        const shape = { heads, headDim };
        const [input, out, dqkv] = [k.upload(qkv), k.temporary(n * d), k.temporary(n * 3 * d)];
        const probabilities = k.temporary(k.attentionProbabilities(rows, shape));
        k.attention({ qkv: input, rows, shape, probabilities, out });
        const kept = await read(out);
        k.attentionBackward({
          qkv: input,
          dOut: k.upload(dOut),
          rows,
          shape,
          probabilities,
          dQkv: dqkv,
          out,
        });
        const grads = await read(dqkv);
        k.attention({ qkv: input, rows, shape, out });
        expect(await read(out)).toEqual(kept);
        lengths.forEach((t, r) => {
          if (t === 0) return;
          const cut = (x: Float32Array, width: number) =>
            x.slice(offsets[r]! * width, (offsets[r]! + t) * width);
          const row = matrix(cut(qkv, 3 * d), 3 * d);
          const expected = oracle([row], () => attention(row, heads, prefixes[r]!), cut(dOut, d));
          close(cut(kept, d), expected.value);
          close(cut(grads, 3 * d), expected.grads[0]!, 5e-6);
        });
      }),
  );

  it('survives attention scores far apart', () =>
    k.frame(async () => {
      const [t, d] = [9, 8];
      const qkv = normals(t * 3 * d).map((x) => x * 40);
      const rows = {
        count: 1,
        offsets: k.upload(Int32Array.of(0, t)),
        prefixes: k.upload(Int32Array.of(0)),
        lengths: [t],
      };
      const out = k.temporary(t * d);
      k.attention({ qkv: k.upload(qkv), rows, shape: { heads: 2, headDim: 4 }, out });
      const row = matrix(qkv, 3 * d);
      close(await read(out), attention(row, 2, 0).dataSync<'float32'>(), 1e-5);
    }));

  it.each([
    [1, 13, 1],
    [5, 357, 3],
    [9, 8, 80],
  ])('token log-probability, entropy and gradients: rows=%i V=%i logits ±%i', (rows, v, scale) =>
    k.frame(async () => {
      const width = roundUp4(v);
      const logits = normals(rows * v).map((x) => Math.max(-1, Math.min(1, x)) * scale);
      const labels = integers(rows, v);
      const [dLogProbs, dEntropy] = [normals(rows, 'p'), normals(rows, 'h')];
      const tensor = matrix(logits, v);
      const both = () => {
        const { logProbs, entropy } = tokenLogProb(tensor, [...labels]);
        return tf.concat([logProbs, entropy]);
      };
      const expected = oracle([tensor], both, Float32Array.from([...dLogProbs, ...dEntropy]));
      const padded = new Float32Array(rows * width).fill(1e30); // padding columns must not matter
      for (let r = 0; r < rows; r++) padded.set(logits.subarray(r * v, (r + 1) * v), r * width);
      const [buffer, label] = [filled(padded), k.upload(labels)];
      const [lp, h, z] = [k.temporary(rows), k.temporary(rows), k.temporary(rows)];
      k.tokenLogProb({
        logits: buffer,
        labels: label,
        logProbs: lp,
        entropy: h,
        logSum: z,
        rows,
        vocabulary: v,
      });
      const [foundLp, foundH] = await k.readAll([lp, h]);
      close([...foundLp!, ...foundH!], expected.value);
      k.tokenLogProbBackward({
        logits: buffer,
        labels: label,
        entropy: h,
        logSum: z,
        dLogProbs: k.upload(dLogProbs),
        dEntropy: k.upload(dEntropy),
        rows,
        vocabulary: v,
      });
      const gradient = await read(buffer);
      const unpadded = logits.map((_, i) => gradient[Math.floor(i / v) * width + (i % v)]!);
      close(unpadded, expected.grads[0]!, 1e-5);
      gradient.forEach((g, i) => i % width >= v && expect(g).toBe(0));
    }),
  );

  it.each([
    [7, 12],
    [700, 8],
  ])('scalar head and its gradients: rows=%i d=%i', (rows, d) =>
    k.frame(async () => {
      const [x, weight] = [normals(rows * d), normals(d, 'w')];
      const [bias, dy] = [normals(1, 'b'), normals(rows, 'dy')];
      const tensors = [matrix(x, d), tf.tensor1d(weight), tf.tensor1d(bias)] as const;
      const expected = oracle([...tensors], () => scalarHead(...tensors), dy);
      const [input, w, out] = [k.upload(x), k.upload(weight), k.temporary(rows)];
      k.scalarHead({ x: input, weight: w, bias: k.upload(bias), out, rows, width: d });
      close(await read(out), expected.value);
      const [dx, dw, db] = [zeros(rows * d), zeros(d), zeros(1)];
      k.scalarHeadBackward({
        dOut: k.upload(dy),
        x: input,
        weight: w,
        dx,
        dWeight: dw,
        dBias: db,
        rows,
        width: d,
      });
      const found = await k.readAll([dx, dw, db]);
      found.forEach((g, i) => close(g, expected.grads[i]!));
    }),
  );

  it('gathers and scatters rows', () =>
    k.frame(async () => {
      const x = normals(6 * 8);
      const index = k.upload(Int32Array.from([4, 0, 2]));
      const [out, sum] = [k.temporary(3 * 8), filled(x)];
      k.gatherRows({ x: k.upload(x), index, out, rows: 3, width: 8 });
      const rows = [4, 0, 2].flatMap((r) => [...x.subarray(r * 8, r * 8 + 8)]);
      expect(await read(out)).toEqual(Float32Array.from(rows));
      k.scatterRows({ dy: out, index, out: sum, rows: 3, width: 8 });
      const total = await read(sum);
      for (const r of [0, 1, 2, 3, 4, 5])
        expect(total.slice(8 * r, 8 * r + 8)).toEqual(
          x.slice(8 * r, 8 * r + 8).map((v) => (r % 2 ? v : 2 * v)),
        );
    }));

  it.each([1, 7, 300, 5001])('gathers %i cells, NaN among them', (cells) =>
    k.frame(async () => {
      const x = normals(Math.ceil(cells * 0.7), 'cells');
      x[x.length >> 1] = NaN;
      const index = integers(cells, x.length + 3, 'cells').map((i) => i - 3);
      const out = k.temporary(cells);
      k.gatherCells({ x: k.upload(x), index: k.upload(index), out, cells });
      const expected = gatherCells(tf.tensor1d(x), tf.tensor1d([...index])).dataSync<'float32'>();
      expect([...(await k.readFloats(out))]).toEqual([...expected]);
    }),
  );

  it('AdamW with and without clipping, and the norm', () =>
    k.frame(async () => {
      const size = 1300;
      const plain = {
        parameters: [...normals(size)],
        first: Array(size).fill(0),
        second: Array(size).fill(0),
      };
      const decay = Array.from({ length: size }, (_, i) => i % 2);
      const [parameters, first, second] = [filled(normals(size)), zeros(size), zeros(size)];
      const norm = k.temporary(1);
      const options = { learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.5 };
      for (const [t, maxNorm] of [1, Infinity, 1e9].entries()) {
        const gradient = normals(size, t);
        const g = k.upload(gradient);
        const corrections = { correction1: 1 - 0.9 ** (t + 1), correction2: 1 - 0.99 ** (t + 1) };
        const step = { ...options, maxNorm, ...corrections };
        k.globalNorm({ gradients: g, norm });
        k.adamw({
          parameters,
          gradients: g,
          firstMoment: first,
          secondMoment: second,
          decay: k.upload(Float32Array.from(decay)),
          norm,
          step,
        });
        adamw(plain, [...gradient], decay, step);
        expect((await read(norm))[0]! / Math.hypot(...gradient)).toBeCloseTo(1, 6);
        close(await read(parameters), plain.parameters);
      }
    }));

  it('attends to a cache as the full pass does', () =>
    k.frame(async () => {
      const [lengths, heads, headDim, capacity] = [[5, 80, 1], 2, 12, 96];
      const d = heads * headDim;
      const n = lengths.length;
      const cache = k.layerCache({ slots: n, capacity, width: d });
      const slots = [2, 0, 1];
      const last: Float32Array[] = [];
      const expected: number[] = [];
      for (const [r, t] of lengths.entries()) {
        const qkv = normals(t * 3 * d, r);
        const at = (f: (i: number) => number) => k.upload(Int32Array.from({ length: t }, (_, i) => f(i)));
        k.cacheWrite({ qkv: k.upload(qkv), slots: at(() => slots[r]!), positions: at((i) => i), cache, tokens: t, width: d }); // prettier-ignore
        last.push(qkv.slice((t - 1) * 3 * d));
        const full = attention(matrix(qkv, 3 * d), heads, 0).dataSync<'float32'>();
        expected.push(...full.slice((t - 1) * d));
      }
      const out = k.temporary(n * d);
      const input = k.upload(Float32Array.from(last.flatMap((x) => [...x])));
      const positions = k.upload(Int32Array.from(lengths, (t) => t - 1));
      k.decodeAttention({
        qkv: input,
        slots: k.upload(Int32Array.from(slots)),
        positions,
        cache,
        out,
        tokens: n,
        shape: {
          heads,
          headDim,
        },
      });
      close(await read(out), expected);
    }));

  describe('Gumbel sampling', () => {
    it('draws the noise field of src/random/noise.ts', async () => {
      let worst = 0;
      for (const [key, row, step] of [
        [0, 0, 0],
        [0xffffffff, 3, 7],
        [123456789, 100000, 63],
      ] as const) {
        const expected = new Float32Array(40_001);
        gumbelRow(key, row, step, expected);
        const found = await webGpuNoise(k, key, row, step, expected.length);
        expected.forEach(
          (x, i) => (worst = Math.max(worst, Math.abs(found[i]! - x) / Math.max(1, Math.abs(x)))),
        );
      }
      expect(worst).toBeLessThan(2e-6);
    });

    const draw = (
      logits: Float32Array,
      penalty: Float32Array,
      rows: number,
      v: number,
      temperature: number,
      key: number,
      firstRow = 0,
      stepOf = (_: number) => 0,
    ) =>
      k.frame(async () => {
        const out = k.temporary(rows);
        const index = k.upload(Int32Array.from({ length: rows }, (_, r) => firstRow + r));
        const steps = k.upload(Int32Array.from({ length: rows }, (_, r) => stepOf(r)));
        k.gumbelSample({
          logits: k.upload(logits),
          penalty: k.upload(penalty),
          noiseRows: index,
          noiseSteps: steps,
          out,
          rows,
          vocabulary: v,
          temperature,
          key,
        });
        return [...(await k.readInts(out))];
      });

    it.each([13, 16, 357])('takes the argmax that the plain sampler takes, V=%i', async (v) => {
      const rows = 50;
      const width = roundUp4(v);
      const logits = normals(rows * width);
      const banned = [0, 5];
      const penalty = Float32Array.from({ length: width }, (_, j) =>
        j >= v || banned.includes(j) ? -Infinity : 0,
      );
      for (const temperature of [0, 0.5, 1]) {
        const tokens = await draw(logits, penalty, rows, v, temperature, 99, 7, (r) => r % 3);
        const expected = tokens.map((_, r) =>
          gumbelSample(logits.subarray(r * width, r * width + v), temperature, banned, {
            key: 99,
            row: 7 + r,
            step: r % 3,
          }),
        );
        expect(tokens).toEqual(expected);
      }
    });

    it('has the frequencies of the softmax, in row 0 too', async () => {
      const row = [-Infinity, 0, 1, 2, -1, 0.5, 0.3, -2];
      const weights = row.map(Math.exp);
      const total = weights.reduce((a, b) => a + b);
      const shares = weights.map((w) => w / total);
      const counts = new Array<number>(8).fill(0);
      const first = new Array<number>(8).fill(0);
      const rows = 400;
      const logits = Float32Array.from({ length: rows * 8 }, (_, i) => row[i % 8]!);
      for (let key = 0; key < 50; key++) {
        const tokens = await draw(logits, new Float32Array(8), rows, 8, 1, key);
        for (const token of tokens) counts[token]!++;
        first[tokens[0]!]!++;
      }
      expect(chiSquare(counts, shares).p).toBeGreaterThan(1e-4);
      expect(chiSquare(first, shares).p).toBeGreaterThan(1e-4);
    });

    it('reports rows without a number', async () => {
      expect(await draw(new Float32Array(8).fill(NaN), new Float32Array(8), 1, 8, 1, 1)).toEqual([-1]);
    });
  });
});
