import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWebGpu, type WebGpuDevice } from '../../../../src/engine/devices/webgpu';
import type { GpuBuffer } from '../../../../src/kernels/webgpu/memory';
import { WebGpuKernels } from '../../../../src/kernels/webgpu/kernels';
import { normals } from '../../../kernels/harness';
import { relativeL2 } from '../../../support/numbers';

/** Products with weights in half floats against those in 32 bits, on one device. */
describe('half floats on WebGPU', () => {
  let device: WebGpuDevice;
  let full: WebGpuKernels;
  let half: WebGpuKernels;
  beforeAll(async () => {
    device = await openWebGpu();
    full = new WebGpuKernels(device.gpu);
    half = new WebGpuKernels(device.gpu, { half: true });
  });
  afterAll(() => device.close());

  /** Numbers that half floats hold exactly: 11 bits, exponents from −10 to 1. */
  const exact = (length: number) => normals(length, 'w').map((x) => Math.round(x * 256) / 1024);

  interface Product {
    x: Float32Array;
    w: Float32Array;
    rows: number;
    cols: number;
    transposed: boolean;
    m: number;
  }
  const product = (k: WebGpuKernels, { x, w, rows, cols, transposed, m }: Product) =>
    k.frame(() => {
      const n = Math.ceil((transposed ? rows : cols) / 4) * 4;
      const out = k.temporary(m * n);
      const packed = k.packMatrix({ matrix: k.upload(w), rows, cols, transposed });
      k.linear({ x: k.upload(x), w: packed, out, m, xStride: x.length / m });
      return k.readFloats(out);
    });

  it.each([
    [5, 12, 36, false],
    [7, 20, 13, true],
    [3, 256, 357, true],
    [3, 256, 260, false],
  ])('are summed in 32 bits: %i × [%i, %i], transposed %s', async (m, k, n, transposed) => {
    const [rows, cols] = transposed ? [n, k] : [k, n];
    const shape = { x: normals(m * k), rows, cols, transposed, m };
    const same = { ...shape, w: exact(k * n) };
    expect(await product(half, same)).toEqual(await product(full, same));
    const rounded = { ...shape, w: normals(k * n, 'w') };
    const off = relativeL2(await product(half, rounded), await product(full, rounded));
    // rounding to 11 bits is off by 2⁻¹² of a number at most, 2⁻¹² / √3 on average of those uniform in a binade
    expect(off).toBeLessThan(3e-4);
    expect(off).toBeGreaterThan(1e-5);
  });

  it('follow what is written to lasting buffers, and are not made twice', async () => {
    const [k, n, m] = [8, 64, 3];
    const x = normals(m * k);
    const flat = half.allocate(2 * k * n);
    const second = half.slice(flat, k * n, k * n);
    const run = (matrix: GpuBuffer) =>
      half.frame(() => {
        const out = half.temporary(m * n);
        const w = half.packMatrix({ matrix, rows: k, cols: n, transposed: false });
        half.linear({ x: half.upload(x), w, out, m });
        return half.readFloats(out);
      });
    const expected = (w: Float32Array) => product(full, { x, w, rows: k, cols: n, transposed: false, m });
    const [a, b] = [exact(k * n), exact(k * n).map((v) => -2 * v)];
    const dispatches = () => half.counters().dispatches;
    half.write(second, a);
    expect(await run(second)).toEqual(await expected(a));
    const before = dispatches();
    expect(await run(second)).toEqual(await expected(a));
    expect(dispatches() - before).toBe(1); // the product alone
    half.write(second, b);
    expect(await run(second)).toEqual(await expected(b));
    half.frame(() => half.gelu({ x: second, out: second, length: 4 })); // any kernel that writes
    const changed = await half.readFloats(second);
    expect(changed.subarray(4)).toEqual(b.subarray(4));
    expect(relativeL2(await run(second), await expected(changed))).toBeLessThan(1e-3);
    half.zero(flat);
    expect(await run(second)).toEqual(new Float32Array(m * n));
    half.free(flat);
    const bytes = half.bytes();
    const other = half.allocate(2 * k * n);
    await run(half.slice(other, 0, k * n));
    half.free(other);
    expect(half.bytes()).toBe(bytes);
  });
});
