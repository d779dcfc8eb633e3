import { message, sentence, type Message } from '../messages';
import type { BackendName } from './types';

export interface AdapterDescription {
  /** Adapter or processor in words. */
  adapter: string;
  /** The same where the words are ours, for the page in its language. */
  words?: Message;
  /** True if a "GPU" is emulated on the processor. */
  software: boolean;
}

/** Names that software rasterisers report: Chrome, Mesa, Windows, and generic wordings. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|lavapipe|basic render|\bwarp\b|software/i;

export const isSoftwareAdapter = (name: string): boolean => SOFTWARE.test(name);

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
    const adapter = await globalThis.navigator?.gpu?.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) return null;
    const { vendor, architecture, device, description } = adapter.info;
    const name = description || [vendor, architecture, device].filter(Boolean).join(' ') || 'unnamed GPU';
    const fallback = (adapter.info as { isFallbackAdapter?: boolean }).isFallbackAdapter === true;
    return { adapter: name, software: fallback || isSoftwareAdapter(`${name} ${architecture}`) };
  } catch {
    return null;
  }
}

function describeWebGl(): AdapterDescription | null {
  const canvas =
    typeof OffscreenCanvas === 'function'
      ? new OffscreenCanvas(1, 1)
      : typeof document === 'object'
        ? document.createElement('canvas')
        : null;
  const gl = canvas?.getContext('webgl2') as WebGL2RenderingContext | null | undefined;
  if (!gl) return null;
  const extension = gl.getExtension('WEBGL_debug_renderer_info');
  const name = String(gl.getParameter(extension ? extension.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension('WEBGL_lose_context')?.loseContext(); // browsers allow only a few contexts
  return { adapter: name, software: isSoftwareAdapter(name) };
}
