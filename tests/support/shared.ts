import { shareWebGl } from '../../src/engine/devices/tfjs-webgl';
import { shareWebGpu } from '../../src/engine/devices/tfjs-webgpu';
import { giveBack, openWebGl } from '../../src/engine/devices/webgl';
import { openWebGpu } from '../../src/engine/devices/webgpu';
import type { SharedTfjs } from '../../src/engine/devices/tfjs';
import { engineOn } from '../../src/engine/fused/engine';
import type { Engine } from '../../src/engine/types';
import type { Kernels } from '../../src/kernels/kernels';
import { WebGlKernels } from '../../src/kernels/webgl/kernels';
import { WebGpuKernels } from '../../src/kernels/webgpu/kernels';

export const SHARING = ['webgpu', 'webgl'] as const;

/** A device with kernels, which tfjs may join. */
export interface OpenDevice {
  kernels: Kernels;
  share(): SharedTfjs;
  /** An engine that puts losses on the device, or (`host`) reads the outputs for them. It owns the device if `owner`. */
  engine(options?: { host?: boolean; owner?: boolean }): Engine;
  /** Makes the device fail. */
  provoke(): void;
  close(): void;
}

export async function openDevice(backend: (typeof SHARING)[number]): Promise<OpenDevice> {
  const info = { backend, kind: 'fused', adapter: 'test', software: true } as const;
  const { kernels, share, lost, close, provoke } = await (backend === 'webgpu' ? webGpu() : webGl());
  return {
    kernels,
    share,
    engine: ({ host = false, owner = false } = {}) =>
      engineOn(kernels, info, {
        lost,
        ...(owner ? { close } : {}),
        ...(host ? {} : { share: async () => share() }),
      }),
    provoke,
    close,
  };
}

async function webGpu() {
  const { gpu, adapterInfo, lost, close } = await openWebGpu();
  const kernels = new WebGpuKernels(gpu);
  const provoke = () => gpu.device.destroy();
  return { kernels, share: () => shareWebGpu(kernels, adapterInfo), lost, close, provoke };
}

async function webGl() {
  const { context, lost, close } = openWebGl();
  const kernels = new WebGlKernels(context);
  const provoke = () => giveBack(context.gl);
  return { kernels, share: () => shareWebGl(kernels, context), lost, close, provoke };
}
