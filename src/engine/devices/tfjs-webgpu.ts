import * as tf from '@tensorflow/tfjs-core';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { GpuBuffer } from '../../kernels/webgpu/memory';
import type { WebGpuKernels } from '../../kernels/webgpu/kernels';
import type { Sharing } from '../../kernels/webgpu/sharing';
import { register, type SharedTfjs } from './tfjs';

/** What tfjs keeps to itself (4.22, pinned). */
interface Inside {
  commandEncoder: GPUCommandEncoder | null;
  dispatchCountInPass: number;
  commandQueueOwnedIds: WeakSet<object>;
  tensorDataPendingDisposal: object[];
  uniformPendingDisposal: GPUBuffer[];
  stagingPendingDisposal: GPUBuffer[];
  releaseResource(dataId: object): void;
}

/**
 * tfjs's backend, recording into the command encoder of our kernels: whoever records first runs first, and one
 * submission takes the commands of both.
 */
class SharedBackend extends WebGPUBackend {
  constructor(
    device: GPUDevice,
    info: GPUAdapterInfo | undefined,
    private readonly sharing: Sharing,
  ) {
    super(device, info);
    sharing.invite({
      endPass: () => this.endComputePassEncoder(),
      submitted: () => this.afterSubmission(),
    });
  }

  private get inside(): Inside {
    return this as unknown as Inside;
  }

  override ensureCommandEncoderReady(): void {
    this.inside.commandEncoder = this.sharing.encoder();
  }

  override submitQueue(): void {
    this.sharing.submit();
  }

  override runWebGPUProgram(
    ...args: Parameters<WebGPUBackend['runWebGPUProgram']>
  ): ReturnType<WebGPUBackend['runWebGPUProgram']> {
    this.sharing.counters.dispatches++;
    if (this.sharing.inFrame) this.inside.dispatchCountInPass = 0; // the frame submits, no count of dispatches
    return super.runWebGPUProgram(...args);
  }

  override getBufferData(buffer: GPUBuffer): Promise<ArrayBuffer> {
    this.sharing.counters.readbacks++;
    return super.getBufferData(buffer);
  }

  override async read(dataId: object): Promise<tf.backend_util.TypedArray> {
    const length = this.lengthOf(dataId);
    return cut((await super.read(dataId)) as tf.backend_util.TypedArray, length);
  }

  override readSync(dataId: object): tf.backend_util.TypedArray {
    const length = this.lengthOf(dataId);
    return cut(super.readSync(dataId) as tf.backend_util.TypedArray, length);
  }

  override dispose(): void {
    this.sharing.invite(null);
    super.dispose();
  }

  private lengthOf(dataId: object): number {
    return tf.util.sizeFromShape(this.tensorMap.get(dataId).shape);
  }

  /** As at the end of tfjs's `submitQueue`: nothing that is still to run needs what was kept for it. */
  private afterSubmission(): void {
    const { inside } = this;
    inside.commandEncoder = null;
    inside.dispatchCountInPass = 0;
    inside.commandQueueOwnedIds = new WeakSet();
    for (const dataId of inside.tensorDataPendingDisposal) {
      inside.releaseResource(dataId);
      this.tensorMap.delete(dataId);
    }
    for (const buffer of inside.uniformPendingDisposal) this.bufferManager.releaseBuffer(buffer);
    for (const buffer of inside.stagingPendingDisposal) this.bufferManager.releaseBuffer(buffer, false);
    inside.tensorDataPendingDisposal = [];
    inside.uniformPendingDisposal = [];
    inside.stagingPendingDisposal = [];
  }
}

/** Buffers of ours are longer than their tensors: tfjs would hand out all that they hold. */
const cut = (values: tf.backend_util.TypedArray, length: number) =>
  values.length > length ? values.subarray(0, length) : values;

/** tfjs on the device of our kernels. */
export function shareWebGpu(kernels: WebGpuKernels, info?: GPUAdapterInfo): SharedTfjs {
  const { gpu, sharing } = kernels;
  const backend = new SharedBackend(gpu.device, info, sharing);
  return {
    ...register('webgpu', backend, gpu.guard),
    tensor: (buffer, shape) =>
      tf.tensor({ buffer: sharing.whole(buffer as GpuBuffer), zeroCopy: true }, shape, 'float32'),
    buffer(tensor) {
      const { resource, values } = backend.tensorMap.get(tensor.dataId);
      return resource
        ? sharing.adopt(resource as GPUBuffer, tensor.size)
        : kernels.upload(Float32Array.from(values as Float32Array));
    },
    bytes: () => backend.memory().numBytesAllocatedInGPU,
  };
}
