import * as tf from '@tensorflow/tfjs-core';
import { message, MessageError } from '../../messages';
import type { BackendName } from '../types';

/** True in Node (not in a page or a web worker). */
export const inNode = typeof process === 'object' && typeof process.versions?.node === 'string';

/** Our handle on one tfjs backend: making it current, and reading from it without hanging on a lost device. */
export interface Backend {
  readonly name: BackendName;
  /** Results live in host memory: reading a token costs nothing, shapes may change freely. */
  readonly hostMemory: boolean;
  /** Makes this backend the current one. Call at the start of every synchronous section. */
  use(): void;
  /** Host copy of a float32 tensor. Rejects when the device was lost or reported an error. */
  read(tensor: tf.Tensor): Promise<Float32Array>;
}

/** Loads, registers and starts a tfjs backend; throws with a plain reason when this machine has none. */
export async function openBackend(name: BackendName): Promise<Backend> {
  tf.enableProdMode(); // silences hints for the console; checks stay on
  await loadPackage(name);
  if (tf.findBackendFactory(name) == null)
    throw new MessageError(message('engine.unavailable', { backend: name }));
  if (!(await tf.setBackend(name))) throw new MessageError(message('engine.noStart', { backend: name }));
  await tf.ready();
  if (name === 'webgl' && !tf.env().getBool('WEBGL_RENDER_FLOAT32_CAPABLE'))
    throw new MessageError(message('engine.noFloats', {}));
  const failed = deviceFailure(name);
  const use = () => {
    if (tf.getBackend() !== name) void tf.setBackend(name); // synchronous once the backend has started
  };
  return {
    name,
    hostMemory: name === 'cpu' || name === 'wasm',
    use,
    read: (tensor) => Promise.race([tensor.data<'float32'>(), failed]),
  };
}

async function loadPackage(name: BackendName): Promise<void> {
  switch (name) {
    case 'cpu':
      await import('@tensorflow/tfjs-backend-cpu');
      return;
    case 'wasm': {
      const wasm = await import('@tensorflow/tfjs-backend-wasm');
      // One thread everywhere: the threaded build needs cross-origin isolation, which static hosts lack.
      tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
      if (tf.engine().registry['wasm'] == null) wasm.setWasmPaths(await wasmPaths());
      return;
    }
    case 'webgl':
      await import('@tensorflow/tfjs-backend-webgl');
      tf.env().set('WEBGL_USE_SHAPES_UNIFORMS', true); // one shader serves many shapes
      return;
    case 'webgpu':
      await import('@tensorflow/tfjs-backend-webgpu');
      tf.env().set('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE', 100);
      return;
  }
}

/** Where the WASM binaries are: the package's folder in Node, bundled assets in a browser. */
async function wasmPaths(): Promise<string | Record<string, string>> {
  if (inNode) {
    const { createRequire } = process.getBuiltinModule('node:module');
    return createRequire(import.meta.url)
      .resolve('@tensorflow/tfjs-backend-wasm/package.json')
      .replace(/package\.json$/, 'dist/');
  }
  const [scalar, simd] = await Promise.all([
    import('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url'),
    import('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url'),
  ]);
  return {
    'tfjs-backend-wasm.wasm': scalar.default,
    'tfjs-backend-wasm-simd.wasm': simd.default,
    'tfjs-backend-wasm-threaded-simd.wasm': simd.default, // never loaded, but tfjs asks for an entry
  };
}

/**
 * Never resolves; rejects once the GPU is lost or reports an error. Both would otherwise pass in silence:
 * after a lost WebGL context `data()` hangs, and an invalid WebGPU command only logs and leaves garbage.
 */
function deviceFailure(name: BackendName): Promise<never> {
  const failure = new Promise<never>((_, reject) => {
    if (name === 'webgl') {
      const { gpgpu } = tf.backend() as unknown as { gpgpu: { gl: WebGL2RenderingContext } };
      gpgpu.gl.canvas.addEventListener('webglcontextlost', () =>
        reject(new MessageError(message('device.context', {}))),
      );
    } else if (name === 'webgpu') {
      const { device } = tf.backend() as unknown as { device: GPUDevice };
      void device.lost.then((info) =>
        reject(new MessageError(message('device.gone', { reason: info.message || info.reason }))),
      );
      device.addEventListener('uncapturederror', (event) =>
        reject(
          new MessageError(
            message('device.error', { text: (event as GPUUncapturedErrorEvent).error.message }),
          ),
        ),
      );
    }
  });
  failure.catch(() => undefined); // reported by the next read, not as an unhandled rejection
  return failure;
}
