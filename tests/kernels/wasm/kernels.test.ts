import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { roundUp4 } from '../../../src/kernels/kernels';
import { attention } from '../../support/plain/attention';
import { embedding } from '../../support/plain/embedding';
import { gelu } from '../../support/plain/gelu';
import { layerNorm } from '../../support/plain/layer-norm';
import { linear } from '../../support/plain/linear';
import { scalarHead } from '../../support/plain/scalar-head';
import { tokenLogProb } from '../../support/plain/token-log-prob';
import type { ProbedWasmKernels } from '../../support/kernels';
import { relativeL2 } from '../../support/numbers';
import { BUILDS, integers, matrix, normals, openKernels, oracle } from '../harness';

const close = (a: ArrayLike<number>, b: ArrayLike<number>, tolerance = 2e-6) =>
  expect(relativeL2(a, b)).toBeLessThan(tolerance);

describe.each(BUILDS)('operations ($name build)', ({ relaxed }) => {
  let k: ProbedWasmKernels;
  beforeAll(async () => {
    k = await openKernels(relaxed);
  });
  /** Runs a kernel test inside one frame and one tidy. */
  const inFrame = (f: () => void) => () => k.frame(() => void tf.tidy(() => void f()));

  it.each([
    [1, 8, 4],
    [1, 64, 13],
    [3, 5, 12],
    [7, 64, 357],
    [64, 12, 36],
    [301, 32, 8],
    [517, 16, 24],
  ])('linear and its gradients: m=%i k=%i n=%i', (m, kk, n) =>
    inFrame(() => {
      const width = roundUp4(n);
      const [x, w, bias, dy] = [normals(m * kk), normals(kk * n, 'w'), normals(n, 'b'), normals(m * n, 'dy')];
      const residual = normals(m * n, 'r');
      const tensors = [matrix(x, kk), matrix(w, n), tf.tensor1d(bias)] as const;
      const expected = oracle([...tensors], () => linear(...tensors), dy);
      const input = k.upload(x);
      const out = k.temporary(m * width);
      if (n % 4) {
        // only the tied output embedding has such a width, and it is used transposed and without bias
        const turned = k.upload(tf.transpose(tensors[1]).dataSync<'float32'>());
        k.linear({
          x: input,
          w: k.packMatrix({ matrix: turned, rows: n, cols: kk, transposed: true }),
          out,
          m,
        });
        const found = k.readFloats(out);
        const unpadded = Float32Array.from({ length: m * n }, (_, i) => {
          const [row, column] = [Math.floor(i / n), i % n];
          return found[row * width + column]! + bias[column]!;
        });
        close(unpadded, expected.value);
        return;
      }
      const plainW = k.upload(w);
      const packed = k.packMatrix({ matrix: plainW, rows: kk, cols: n, transposed: false });
      const biasBuffer = k.upload(bias);
      k.linear({ x: input, w: packed, bias: biasBuffer, out, m });
      close(k.readFloats(out), expected.value);
      k.linear({ x: input, w: packed, bias: biasBuffer, residual: k.upload(residual), out, m });
      close(k.readFloats(out), linear(...tensors, matrix(residual, n)).dataSync<'float32'>());
      const dyBuffer = k.upload(dy);
      if (kk % 4 === 0) {
        const dx = k.temporary(m * kk);
        k.linear({
          x: dyBuffer,
          w: k.packMatrix({ matrix: plainW, rows: kk, cols: n, transposed: true }),
          out: dx,
          m,
        });
        close(k.readFloats(dx), expected.grads[0]!);
      }
      // gradients are added to what is there; rows of x may be further apart than k
      const stride = roundUp4(kk);
      const spaced = new Float32Array(m * stride);
      for (let r = 0; r < m; r++) spaced.set(x.subarray(r * kk, (r + 1) * kk), r * stride);
      const dw = k.upload(w);
      const db = k.upload(bias);
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
      close(k.readFloats(dw), expected.grads[1]!.map((g, i) => g + w[i]!)); // prettier-ignore
      close(k.readFloats(db), expected.grads[2]!.map((g, i) => g + bias[i]!)); // prettier-ignore
    })(),
  );

  it.each([
    [1, 8],
    [5, 12],
    [33, 64],
  ])('layer norm and its gradients: n=%i d=%i', (n, d) =>
    inFrame(() => {
      const x = normals(n * d).map((v) => 3 * v + 5);
      const [weight, bias, dy] = [normals(d, 'w'), normals(d, 'b'), normals(n * d, 'dy')];
      const tensors = [matrix(x, d), tf.tensor1d(weight), tf.tensor1d(bias)] as const;
      const expected = oracle([...tensors], () => layerNorm(...tensors), dy);
      const [out, stats, dx] = [k.temporary(n * d), k.temporary(2 * n), k.temporary(n * d)];
      const [input, w] = [k.upload(x), k.upload(weight)];
      k.layerNorm({ x: input, weight: w, bias: k.upload(bias), out, stats, rows: n, width: d });
      close(k.readFloats(out), expected.value);
      const [dw, db] = [k.upload(new Float32Array(d)), k.upload(new Float32Array(d))];
      k.layerNormBackward({
        dy: k.upload(dy),
        x: input,
        stats,
        weight: w,
        dx,
        dWeight: dw,
        dBias: db,
        rows: n,
        width: d,
      });
      close(k.readFloats(dx), expected.grads[0]!, 5e-6);
      close(k.readFloats(dw), expected.grads[1]!);
      close(k.readFloats(db), expected.grads[2]!);
      const residual = k.upload(x);
      k.layerNormBackward({
        dy: k.upload(dy),
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
      close(k.readFloats(residual), expected.grads[0]!.map((g, i) => g + x[i]!)); // prettier-ignore
    })(),
  );

  it(
    'layer norm of rows that hardly vary, where ε counts',
    inFrame(() => {
      const [n, d] = [5, 12];
      const x = normals(n * d).map((v) => 1e-3 * v);
      const [weight, bias] = [normals(d, 'w'), normals(d, 'b')];
      const expected = layerNorm(matrix(x, d), tf.tensor1d(weight), tf.tensor1d(bias));
      const [out, stats] = [k.temporary(n * d), k.temporary(2 * n)];
      const [w, b] = [k.upload(weight), k.upload(bias)];
      k.layerNorm({ x: k.upload(x), weight: w, bias: b, out, stats, rows: n, width: d });
      close(k.readFloats(out), expected.dataSync<'float32'>());
    }),
  );

  it(
    'embedding and its gradients',
    inFrame(() => {
      const [n, d, v, p] = [29, 12, 13, 7];
      const [wte, wpe, dy] = [normals(v * d), normals(p * d), normals(n * d, 'dy')];
      const [ids, positions] = [integers(n, v), integers(n, p)];
      const tensors = [matrix(wte, d), matrix(wpe, d)] as const;
      const index = [tf.tensor1d(ids, 'int32'), tf.tensor1d(positions, 'int32')] as const;
      const expected = oracle([...tensors], () => embedding(...tensors, ...index), dy);
      const out = k.temporary(n * d);
      const [i, j] = [k.upload(ids), k.upload(positions)];
      k.embedding({ wte: k.upload(wte), wpe: k.upload(wpe), ids: i, positions: j, out, tokens: n, width: d });
      close(k.readFloats(out), expected.value);
      const [dwte, dwpe] = [k.upload(new Float32Array(v * d)), k.upload(new Float32Array(p * d))];
      k.embeddingBackward({
        dx: k.upload(dy),
        ids: i,
        positions: j,
        dWte: dwte,
        dWpe: dwpe,
        tokens: n,
        width: d,
      });
      close(k.readFloats(dwte), expected.grads[0]!);
      close(k.readFloats(dwpe), expected.grads[1]!);
    }),
  );

  it(
    'GELU and its gradient, also far out',
    inFrame(() => {
      const x = Float32Array.from([
        ...normals(240),
        0,
        -0,
        1e-6,
        -30,
        30,
        -9,
        9,
        100,
        -100,
        5,
        -5,
        -6,
        6,
        1,
        -1,
        0.5,
      ]);
      const dy = normals(x.length, 'dy');
      const tensor = tf.tensor1d(x);
      const expected = oracle([tensor], () => gelu(tensor), dy);
      const out = k.temporary(x.length);
      const input = k.upload(x);
      k.gelu({ x: input, out, length: x.length });
      close(k.readFloats(out), expected.value, 1e-6);
      k.geluBackward({ x: input, dy: k.upload(dy), dx: out, length: x.length });
      close(k.readFloats(out), expected.grads[0]!, 1e-6);
    }),
  );

  it.each([
    [[1], [0], 1, 4],
    [[5, 1, 7], [0, 1, 7], 2, 4],
    [[13, 8, 2, 23], [4, 8, 2, 0], 3, 8],
    [[0, 37, 3], [0, 11, 0], 2, 16],
  ])(
    'attention and its gradients: lengths %j prefixes %j heads=%i headDim=%i',
    (lengths, prefixes, heads, headDim) =>
      inFrame(() => {
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
        const kept = k.readFloats(out);
        k.attentionBackward({
          qkv: input,
          dOut: k.upload(dOut),
          rows,
          shape,
          probabilities,
          dQkv: dqkv,
          out,
        });
        const grads = k.readFloats(dqkv);
        k.attention({ qkv: input, rows, shape, out });
        expect(k.readFloats(out)).toEqual(kept);
        lengths.forEach((t, r) => {
          if (t === 0) return;
          const cut = (x: Float32Array, width: number) =>
            x.slice(offsets[r]! * width, (offsets[r]! + t) * width);
          const row = matrix(cut(qkv, 3 * d), 3 * d);
          const expected = oracle([row], () => attention(row, heads, prefixes[r]!), cut(dOut, d));
          close(cut(kept, d), expected.value);
          close(cut(grads, 3 * d), expected.grads[0]!, 5e-6);
        });
      })(),
  );

  it.each([
    [1, 13, 1],
    [5, 357, 3],
    [9, 8, 80],
  ])('token log-probability, entropy and gradients: rows=%i V=%i logits ±%i', (rows, v, scale) =>
    inFrame(() => {
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
      const [buffer, label] = [k.upload(padded), k.upload(labels)];
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
      close([...k.readFloats(lp), ...k.readFloats(h)], expected.value);
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
      const gradient = k.readFloats(buffer);
      const unpadded = logits.map((_, i) => gradient[Math.floor(i / v) * width + (i % v)]!);
      close(unpadded, expected.grads[0]!, 1e-5);
      gradient.forEach((g, i) => i % width >= v && expect(g).toBe(0));
    })(),
  );

  it(
    'scalar head and its gradients',
    inFrame(() => {
      const [rows, d] = [7, 12];
      const [x, weight, bias, dy] = [
        normals(rows * d),
        normals(d, 'w'),
        normals(1, 'b'),
        normals(rows, 'dy'),
      ];
      const tensors = [matrix(x, d), tf.tensor1d(weight), tf.tensor1d(bias)] as const;
      const expected = oracle([...tensors], () => scalarHead(...tensors), dy);
      const [input, w, out] = [k.upload(x), k.upload(weight), k.temporary(rows)];
      k.scalarHead({ x: input, weight: w, bias: k.upload(bias), out, rows, width: d });
      close(k.readFloats(out), expected.value);
      const [dx, dw, db] = [rows * d, d, 1].map((size) => k.upload(new Float32Array(size)));
      k.scalarHeadBackward({
        dOut: k.upload(dy),
        x: input,
        weight: w,
        dx: dx!,
        dWeight: dw!,
        dBias: db!,
        rows,
        width: d,
      });
      [dx, dw, db].forEach((buffer, i) => close(k.readFloats(buffer!), expected.grads[i]!));
    }),
  );

  it(
    'gathers and scatters rows',
    inFrame(() => {
      const x = normals(6 * 8);
      const index = k.upload(Int32Array.from([4, 0, 4]));
      const [out, sum] = [k.temporary(3 * 8), k.upload(new Float32Array(6 * 8))];
      k.gatherRows({ x: k.upload(x), index, out, rows: 3, width: 8 });
      expect(k.readFloats(out)).toEqual(
        Float32Array.from([4, 0, 4].flatMap((r) => [...x.subarray(r * 8, r * 8 + 8)])),
      );
      k.scatterRows({ dy: out, index, out: sum, rows: 3, width: 8 });
      const total = k.readFloats(sum);
      expect(total.slice(32, 40)).toEqual(x.slice(32, 40).map((v) => 2 * v));
      expect(total.slice(0, 8)).toEqual(x.slice(0, 8));
      expect(total.slice(8, 32)).toEqual(new Float32Array(24));
    }),
  );

  it('exp and log are accurate to float32', () => {
    const x = Float32Array.from({ length: 4000 }, (_, i) => -86.9 + (i * 174.8) / 4000);
    const worst = (a: Float32Array, b: number[]) =>
      Math.max(...b.map((e, i) => Math.abs(a[i]! - e) / (Math.abs(e) || 1)));
    expect(worst(k.elementwise('exp', x), Array.from(x, Math.exp))).toBeLessThan(4e-7);
    const y = Float32Array.from({ length: 4000 }, (_, i) => Math.fround(1.013 ** (i - 2000)));
    expect(worst(k.elementwise('log', y), Array.from(y, Math.log))).toBeLessThan(4e-7);
    expect(k.elementwise('exp', Float32Array.of(NaN, -1000))[0]).toBeNaN();
    expect(k.elementwise('exp', Float32Array.of(NaN, -1000))[1]).toBeLessThan(1e-37);
  });
});
