import { createContext, giveBack, rendererName } from './devices/webgl';
import { describeAdapter, fastestAdapter } from './devices/webgpu';
import { isSoftwareName } from './devices/software';
import type { BackendName } from './types';

export interface AdapterDescription {
  /** Adapter or processor in words. */
  adapter: string;
  /** True if a "GPU" is emulated on the processor. */
  software: boolean;
}

/** What a backend would run on, without starting it; null if it is not available here. */
export async function describeBackend(backend: BackendName): Promise<AdapterDescription | null> {
  if (backend === 'webgpu') return describeWebGpu();
  if (backend === 'webgl') return describeWebGl();
  const cores = globalThis.navigator?.hardwareConcurrency;
  const where = backend === 'wasm' ? 'processor, WebAssembly' : 'processor, JavaScript';
  return { adapter: cores ? `${where} (1 of ${cores} threads)` : where, software: false };
}

async function describeWebGpu(): Promise<AdapterDescription | null> {
  try {
    const adapter = await fastestAdapter();
    return adapter && describeAdapter(adapter);
  } catch {
    return null;
  }
}

function describeWebGl(): AdapterDescription | null {
  const gl = createContext();
  if (!gl) return null;
  const adapter = rendererName(gl);
  giveBack(gl);
  return { adapter, software: isSoftwareName(adapter) };
}
