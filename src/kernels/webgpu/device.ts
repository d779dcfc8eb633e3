import type { DeviceGuard } from '../guard';

/** A WebGPU device, as it is handed to the kernels. */
export interface Gpu {
  readonly device: GPUDevice;
  readonly guard: DeviceGuard;
}
