import type { DeviceGuard } from '../guard';

/** A WebGL2 context that can render 32-bit floats, as it is handed to the kernels. */
export interface GlContext {
  readonly gl: WebGL2RenderingContext;
  /** The graphics processor is emulated on the processor: few reads count for more than many threads. */
  readonly emulated: boolean;
  readonly guard: DeviceGuard;
}
