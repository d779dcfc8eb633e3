import { message, sentence, type Message } from '../messages';
import { createContext, giveBack, rendererName } from './devices/webgl';
import { describeAdapter, fastestAdapter } from './devices/webgpu';
import { isSoftwareName } from './devices/software';
import type { BackendName } from './types';

export interface AdapterDescription {
  /** Adapter or processor in words. */
  adapter: string;
  /** The same where the words are ours, for the page in its language. */
  words?: Message;
  /** True if a "GPU" is emulated on the processor. */
  software: boolean;
}

/** What a backend would run on, without starting it; null if it is not available here. */
export async function describeBackend(backend: BackendName): Promise<AdapterDescription | null> {
  if (backend === 'webgpu') return describeWebGpu();
  if (backend === 'webgl') return describeWebGl();
  const cores = globalThis.navigator?.hardwareConcurrency;
  const language = backend === 'wasm' ? 'WebAssembly' : 'JavaScript';
  const words = message('engine.processor', { language, threads: cores || null });
  return { adapter: sentence(words), words, software: false };
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
