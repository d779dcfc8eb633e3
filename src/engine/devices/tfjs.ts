import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import type { DeviceGuard } from '../../kernels/guard';
import type { DeviceBuffer } from '../../kernels/kernels';

/** tfjs on a device of ours: its tensors and our buffers are each other's inputs, and nothing comes to the host. */
export interface SharedTfjs {
  /**
   * Runs f with tfjs on the shared device and inside `tf.tidy`; what tfjs ran on before, it runs on afterwards. Operations of
   * both sides run in the order of the calls. Throws DeviceLostError where f fails because the device is gone.
   */
  run<T>(f: () => T): T;
  /**
   * A tensor of the numbers of a buffer, float32. On WebGPU it is the buffer itself, so use it before that changes
   * or is released; on WebGL a copy.
   */
  tensor(buffer: DeviceBuffer, shape: number[]): tf.Tensor;
  /** The numbers of a float32 tensor, for operations that are recorded before the end of `run`. Needs a frame. */
  buffer(tensor: tf.Tensor): DeviceBuffer;
  /** Device memory that tfjs holds. */
  bytes(): number;
  /** Removes the backend from tfjs with all its tensors. The device stays open. */
  close(): void;
}

let opened = 0;

/**
 * Registers a backend that runs the kernels of `kind` under a name of its own: tfjs's backend of that name is
 * left as it is, and several devices can be open.
 */
export function register(
  kind: 'webgpu' | 'webgl',
  backend: tf.KernelBackend,
  guard: DeviceGuard,
): Pick<SharedTfjs, 'run' | 'close'> {
  const name = `alignlet-${kind}-${++opened}`; // tfjs splits the keys of its kernels at underscores
  tf.copyRegisteredKernels(kind, name);
  tf.registerBackend(name, () => backend);
  return {
    run<T>(f: () => T): T {
      guard.check();
      const before = tf.getBackend();
      void tf.setBackend(name); // synchronous: the backend is there
      let result: { value: T } | undefined;
      try {
        tf.tidy(() => {
          result = { value: f() };
        });
      } catch (error) {
        guard.check(); // what fails on a device that is gone fails because of it
        throw error;
      } finally {
        void tf.setBackend(before || 'cpu');
      }
      return result!.value;
    },
    close() {
      try {
        tf.removeBackend(name);
      } finally {
        for (const { kernelName } of tf.getKernelsForBackend(name)) tf.unregisterKernel(kernelName, name);
      }
    },
  };
}
