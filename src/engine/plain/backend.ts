import * as tf from '@tensorflow/tfjs-core';
import { message, MessageError, type Message } from '../../messages';
import type { DeviceWatch } from '../devices/watch';
import { checkContext, watchContext } from '../devices/webgl';
import { watchGpu } from '../devices/webgpu';
import type { BackendName } from '../types';

/** True in Node (not in a page or a web worker). */
export const inNode = typeof process === 'object' && typeof process.versions?.node === 'string';

/** Our handle on one tfjs backend: making it current, and not hanging on a device that is gone. */
export interface Backend {
  readonly name: BackendName;
  /** Results live in host memory: reading a token costs nothing, shapes may change freely. */
  readonly hostMemory: boolean;
  /** Resolves with the reason once the device is gone; absent where there is none to lose. */
  readonly lost?: Promise<Message>;
  /** Makes this backend the current one. Call at the start of every synchronous section. */
  activate(): void;
  /** Runs work on this backend; what fails because the device is gone rejects with DeviceLostError. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Host copy of a float32 tensor. Rejects with DeviceLostError once the device is gone. */
  read(tensor: tf.Tensor): Promise<Float32Array>;
}

/**
 * tfjs has one device per backend, shared by all engines on it. Without watching, its end would pass in
 * silence: after a lost WebGL context `data()` hangs, and an invalid WebGPU command only logs and leaves
 * garbage.
 */
interface Device {
  watch: DeviceWatch;
  /** Throws DeviceLostError if the device is gone. */
  check(): void;
}

const devices = new Map<BackendName, Device>();

/** Loads, registers and starts a tfjs backend; throws with a plain reason when this machine has none. */
export async function openBackend(name: BackendName): Promise<Backend> {
  tf.enableProdMode(); // silences hints for the console; checks stay on
  await loadPackage(name);
  if (tf.findBackendFactory(name) == null)
    throw new MessageError(message('engine.unavailable', { backend: name }));
  if (devices.get(name)?.watch.failed) retire(name);
  if (!(await tf.setBackend(name))) throw new MessageError(message('engine.noStart', { backend: name }));
  await tf.ready();
  if (name === 'webgl' && !tf.env().getBool('WEBGL_RENDER_FLOAT32_CAPABLE'))
    throw new MessageError(message('engine.noFloats', {}));
  const device = watched(name);
  const activate = () => {
    device?.check();
    if (tf.getBackend() !== name) void tf.setBackend(name); // synchronous once the backend has started
  };
  return {
    name,
    hostMemory: name === 'cpu' || name === 'wasm',
    ...(device ? { lost: device.watch.lost } : {}),
    activate,
    async run(work) {
      try {
        activate();
        return await work();
      } catch (error) {
        device?.check(); // what fails on a device that is gone fails because of it
        throw error;
      }
    },
    async read(tensor) {
      const data = tensor.data<'float32'>();
      if (!device) return data;
      const found = await device.watch.orLost(data);
      device.check(); // a context lost meanwhile hands out zeros
      return found;
    },
  };
}

/** Watches the device of the backend that has just been started. */
function watched(name: BackendName): Device | null {
  const known = devices.get(name);
  if (known) return known;
  const device = name === 'webgl' ? webGl() : name === 'webgpu' ? webGpu() : null;
  if (device) devices.set(name, device);
  return device;
}

function webGl(): Device {
  const { gpgpu } = tf.backend() as unknown as { gpgpu: { gl: WebGL2RenderingContext } };
  const watch = watchContext(gpgpu.gl);
  return { watch, check: () => checkContext(gpgpu.gl, watch) };
}

function webGpu(): Device {
  const watch = watchGpu((tf.backend() as unknown as { device: GPUDevice }).device);
  return { watch, check: () => watch.check() };
}

/** Drops a backend whose device is gone, so that the next start opens a new one. */
function retire(name: BackendName): void {
  const factory = tf.findBackendFactory(name);
  try {
    tf.removeBackend(name);
  } catch {
    // it cannot give back what is gone
  }
  if (tf.findBackendFactory(name) == null) tf.registerBackend(name, factory);
  devices.delete(name);
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
