import { message, MessageError, sentence } from '../../messages';
import type { Engine, EngineInfo, EngineOptions } from '../types';
import { engineOn } from './engine';

/** Fused engine on our own kernels; throws with a plain reason if the backend does not work here. */
export async function createFusedEngine(
  backend: 'wasm' | 'webgl' | 'webgpu',
  options: EngineOptions = {},
): Promise<Engine> {
  return { wasm: onWasm, webgl: onWebGl, webgpu: onWebGpu }[backend](options);
}

/** SIMD WASM; works in Node, pages and workers. Results are the same for any number of threads. */
async function onWasm({ threads = 1 }: EngineOptions): Promise<Engine> {
  const { WasmKernels } = await import('../../kernels/wasm/kernels');
  const kernels = await WasmKernels.create(undefined, threads);
  const { relaxed, note, pool } = kernels;
  const words = message('engine.simd', { relaxed, threads: pool?.size ?? 1 });
  const info: EngineInfo = {
    ...{ backend: 'wasm', kind: 'fused', adapter: sentence(words), words, software: false },
    ...(note ? { note } : {}),
  };
  if (!pool) return engineOn(kernels, info);
  return {
    ...engineOn(kernels, info, { lost: pool.lost, close: () => pool.close() }),
    limitThreads: (count) => pool.setLimit(count),
  };
}

/** WebGPU on a device of our own. */
async function onWebGpu(): Promise<Engine> {
  const [{ WebGpuKernels }, { describeBackend }] = await Promise.all([
    import('../../kernels/webgpu/kernels'),
    import('../adapter'),
  ]);
  const description = await describeBackend('webgpu');
  if (!description) throw new MessageError(message('engine.unavailable', { backend: 'webgpu' }));
  const kernels = await WebGpuKernels.create();
  return engineOn(
    kernels,
    { backend: 'webgpu', kind: 'fused', ...description },
    { lost: kernels.gpu.lost, close: () => kernels.dispose() },
  );
}

/** WebGL2 on a context of our own. */
async function onWebGl(): Promise<Engine> {
  const [{ WebGlKernels }, { isSoftwareAdapter }] = await Promise.all([
    import('../../kernels/webgl/kernels'),
    import('../adapter'),
  ]);
  const kernels = WebGlKernels.open();
  const { adapter, lost } = kernels;
  return engineOn(
    kernels,
    { backend: 'webgl', kind: 'fused', adapter, software: isSoftwareAdapter(adapter) },
    { lost, close: () => kernels.dispose() },
  );
}
