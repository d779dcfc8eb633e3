import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWebGpu, type WebGpuDevice } from '../../../../src/engine/devices/webgpu';
import { WebGpuKernels } from '../../../../src/kernels/webgpu/kernels';
import { TILE, tileFor, WIDE_TILE } from '../../../../src/kernels/webgpu/matmul';
import { MODEL_SIZES } from '../../../../src/model/config';
import { matrix, normals } from '../../../kernels/harness';
import { relativeL2 } from '../../../support/numbers';

describe('tiles', () => {
  const shapes = (d: number) => [[d, 3 * d], [d, d], [d, 4 * d], [4 * d, d], [d, 357], [357, d]] as const; // prettier-ignore

  it('are wide where matrices are, but not for one row of each sequence', () => {
    const tiles = (d: number, few: boolean) => [...new Set(shapes(d).map(([k, n]) => tileFor({ k, n }, few)))]; // prettier-ignore
    for (const size of ['nano', 'tiny', 'small'] as const)
      expect(tiles(MODEL_SIZES[size].nEmbd, false), size).toEqual([TILE]);
    expect(tiles(MODEL_SIZES.medium.nEmbd, false)).toEqual([WIDE_TILE]);
    expect(tiles(MODEL_SIZES.medium.nEmbd, true)).toEqual([TILE]);
  });
});

/** The matrices of the medium model, on few rows: a row's result does not depend on how many there are. */
describe('wide tiles on WebGPU', () => {
  let device: WebGpuDevice;
  let k: WebGpuKernels;
  beforeAll(async () => {
    await tf.setBackend('cpu');
    device = await openWebGpu();
    k = new WebGpuKernels(device.gpu);
  });
  afterAll(() => device.close());

  it.each([
    [65, 256, 256, false],
    [3, 256, 1024, false],
    [3, 1024, 256, false],
    [5, 256, 357, true],
    [5, 1024, 256, true],
    [3, 357, 256, false],
  ])('%i × [%i, %i], transposed %s', async (m, depth, n, transposed) => {
    const stride = Math.ceil(depth / 4) * 4;
    const width = Math.ceil(n / 4) * 4;
    const x = normals(m * stride);
    const w = normals(depth * n, 'w');
    const bias = normals(width, 'b');
    const residual = normals(m * width, 'r');
    const run = (few: boolean) =>
      k.frame(() => {
        const out = k.temporary(m * width);
        const [rows, cols] = transposed ? [n, depth] : [depth, n];
        const packed = k.packMatrix({ matrix: k.upload(w), rows, cols, transposed });
        k.linear({
          ...{ x: k.upload(x), w: packed, out, m, xStride: stride, few },
          ...{ bias: k.upload(bias), residual: k.upload(residual) },
        });
        return k.readFloats(out);
      });
    const [wide, narrow] = [await run(false), await run(true)];
    const right = transposed ? tf.transpose(matrix(w, depth)) : matrix(w, n);
    const product = tf.matMul(tf.slice(matrix(x, stride), [0, 0], [m, depth]), right as tf.Tensor2D);
    const expected = product.dataSync<'float32'>();
    const at = (found: Float32Array) =>
      Float32Array.from({ length: m * n }, (_, i) => {
        const cell = Math.floor(i / n) * width + (i % n);
        return found[cell]! - bias[i % n]! - residual[cell]!;
      });
    expect(relativeL2(at(wide), expected)).toBeLessThan(3e-6);
    expect(relativeL2(at(narrow), expected)).toBeLessThan(3e-6);
  });

  it('with GELU and its gradient', async () => {
    const [m, d, n] = [3, 256, 1024];
    const [x, w, bias] = [normals(m * d), normals(d * n, 'w').map((v) => v / 16), normals(n, 'b')];
    const [wide, apart] = await k.frame(async () => {
      const packed = k.packMatrix({ matrix: k.upload(w), rows: d, cols: n, transposed: false });
      const [out, active, alone] = [k.temporary(m * n), k.temporary(m * n), k.temporary(m * n)];
      const b = k.upload(bias);
      k.linearGelu({ x: k.upload(x), w: packed, bias: b, out, active, m });
      k.gelu({ x: out, out: alone, length: m * n });
      const dx = k.temporary(m * n);
      const both = k.temporary(m * n);
      k.linearGeluBackward({ x: k.upload(x), w: packed, before: out, out: both, m });
      k.linear({ x: k.upload(x), w: packed, out: dx, m });
      k.geluBackward({ x: out, dy: dx, dx, length: m * n });
      const [a, c, e, f] = await k.readAll([active, alone, both, dx]);
      return [
        [a!, e!],
        [c!, f!],
      ] as const;
    });
    wide.forEach((found, i) => expect(relativeL2(found, apart[i]!)).toBeLessThan(1e-6));
  });

  it('refuses a buffer that the device cannot bind, and goes on', async () => {
    const most = device.gpu.device.limits.maxStorageBufferBindingSize;
    expect(() => k.allocate(most / 4 + 64)).toThrow('device.memory');
    expect(await k.frame(() => k.readFloats(k.upload(Float32Array.of(1, 2, 3, 4))))).toEqual(
      Float32Array.of(1, 2, 3, 4),
    );
  });
});
