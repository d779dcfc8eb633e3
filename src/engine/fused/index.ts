import { message, sentence } from '../../messages';
import type { Engine, EngineInfo, EngineOptions } from '../types';
import { engineOn } from './engine';

/** Fused engine on our own kernels; throws a MessageError if the backend does not work here. */
export async function createFusedEngine(
  backend: 'wasm' | 'webgl' | 'webgpu',
  options: EngineOptions = {},
): Promise<Engine> {
  return { wasm: onWasm, webgl: onWebGl, webgpu: onWebGpu }[backend](options);
}

/** SIMD WASM; works in Node, pages and workers. Results are the same for any number of threads. */
async function onWasm({ threads }: EngineOptions): Promise<Engine> {
  const [{ WasmKernels }, { openWasm }] = await Promise.all([
    import('../../kernels/wasm/kernels'),
    import('../devices/wasm'),
  ]);
  const { loaded, words, note, lost, close } = await openWasm(threads);
  const { pool } = loaded;
  return {
    ...engineOn(
      new WasmKernels(loaded),
      {
        ...{ backend: 'wasm', kind: 'fused', adapter: sentence(words), words, software: false },
        ...(note ? { note } : {}),
      },
      { lost, close },
    ),
    ...(pool ? { limitThreads: (count: number) => pool.setLimit(count) } : {}),
  };
}

/** WebGPU on a device of our own; tfjs is loaded, and joins it, when the first loss needs it. */
async function onWebGpu({ precision, wholeRollouts }: EngineOptions): Promise<Engine> {
  const [{ WebGpuKernels }, { openWebGpu }] = await Promise.all([
    import('../../kernels/webgpu/kernels'),
    import('../devices/webgpu'),
  ]);
  const { gpu, adapter, adapterInfo, software, lost, close } = await openWebGpu();
  const half = precision === 'f16';
  const info: EngineInfo = {
    ...{ backend: 'webgpu', kind: 'fused', adapter, software },
    ...(half ? { precision, note: message('engine.half', {}) } : {}),
  };
  const kernels = new WebGpuKernels(gpu, { half, rollouts: wholeRollouts ?? !software });
  const share = async () => (await import('../devices/tfjs-webgpu')).shareWebGpu(kernels, adapterInfo);
  return engineOn(kernels, info, { lost, close, share });
}

/** WebGL2 on a context of our own; tfjs is loaded, and joins it, when the first loss needs it. */
async function onWebGl(): Promise<Engine> {
  const [{ WebGlKernels }, { openWebGl }] = await Promise.all([
    import('../../kernels/webgl/kernels'),
    import('../devices/webgl'),
  ]);
  const { context, adapter, software, lost, close } = openWebGl();
  const info: EngineInfo = { backend: 'webgl', kind: 'fused', adapter, software };
  const kernels = new WebGlKernels(context);
  const share = async () => (await import('../devices/tfjs-webgl')).shareWebGl(kernels, context);
  return engineOn(kernels, info, { lost, close, share });
}
