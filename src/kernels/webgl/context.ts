import type { DeviceGuard } from '../guard';

/** A WebGL2 context that can render 32-bit floats, as it is handed to the kernels. */
export interface GlContext {
  readonly gl: WebGL2RenderingContext;
  readonly guard: DeviceGuard;
}
