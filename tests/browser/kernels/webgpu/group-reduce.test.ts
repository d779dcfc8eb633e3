import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWebGpu, type WebGpuDevice } from '../../../../src/engine/devices/webgpu';
import { WebGpuKernels } from '../../../../src/kernels/webgpu/kernels';
import { integers, normals } from '../../../kernels/harness';
import { relativeL2 } from '../../../support/numbers';

/** Reductions with and without subgroups on one device. */
describe('reductions over a workgroup', () => {
  let device: WebGpuDevice;
  beforeAll(async () => void (device = await openWebGpu()));
  afterAll(() => device.close());

  const both = async (run: (k: WebGpuKernels) => Promise<Float32Array[]>) =>
    Promise.all([true, false].map((subgroups) => run(new WebGpuKernels(device.gpu, { subgroups }))));

  const needsSubgroups = (skip: (note: string) => void) => {
    if (!device.gpu.device.features.has('subgroups')) skip('this device has no subgroups');
  };

  it('are by subgroups where the device has them', () => {
    const { features } = device.gpu.device;
    expect(new WebGpuKernels(device.gpu).subgroups).toBe(features.has('subgroups'));
  });

  it.for([
    [3, 357, 1],
    [5, 13, 80],
    [1, 1024, 3],
  ] as const)(
    'give the same log-probs and entropies: rows, logits, their size %j',
    async ([rows, v, scale], { skip }) => {
      needsSubgroups(skip);
      const [bySubgroups, byHalves] = await both((k) =>
        k.frame(async () => {
          const width = Math.ceil(v / 4) * 4;
          const logits = k.upload(normals(rows * width).map((x) => x * scale));
          const [logProbs, entropy, logSum] = [k.temporary(rows), k.temporary(rows), k.temporary(rows)];
          const labels = k.upload(integers(rows, v));
          k.tokenLogProb({ logits, labels, logProbs, entropy, logSum, rows, vocabulary: v });
          return k.readAll([logProbs, entropy, logSum]);
        }),
      );
      bySubgroups!.forEach((found, i) => expect(relativeL2(found, byHalves![i]!)).toBeLessThan(1e-6));
    },
  );

  it('give the same norm', async ({ skip }) => {
    needsSubgroups(skip);
    const [bySubgroups, byHalves] = await both((k) =>
      k.frame(async () => {
        const norm = k.temporary(1);
        k.globalNorm({ gradients: k.upload(normals(70_000)), norm });
        return k.readAll([norm]);
      }),
    );
    expect(relativeL2(bySubgroups![0]!, byHalves![0]!)).toBeLessThan(1e-6);
  });

  it('give the same attention to a cache', async ({ skip }) => {
    needsSubgroups(skip);
    const [tokens, heads, headDim, capacity] = [3, 2, 32, 130];
    const width = heads * headDim;
    const found = await both((k) =>
      k.frame(async () => {
        const cache = k.layerCache({ slots: tokens, capacity, width });
        k.write(cache.keys, normals(tokens * capacity * width, 'k'));
        k.write(cache.values, normals(tokens * capacity * width, 'v'));
        const out = k.temporary(tokens * width);
        const qkv = k.upload(normals(tokens * 3 * width));
        const slots = k.upload(Int32Array.from({ length: tokens }, (_, i) => i));
        const positions = k.upload(Int32Array.of(0, 77, capacity - 1));
        k.decodeAttention({ qkv, slots, positions, cache, out, tokens, shape: { heads, headDim } });
        return k.readAll([out]);
      }),
    );
    expect(relativeL2(found[0]![0]!, found[1]![0]!)).toBeLessThan(1e-6);
  });
});
