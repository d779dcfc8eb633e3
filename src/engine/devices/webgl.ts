import type { DeviceGuard } from '../../kernels/guard';
import type { GlContext } from '../../kernels/webgl/context';
import { foreign, message, MessageError, type Message } from '../../messages';
import { isSoftwareName } from './software';
import { DeviceWatch } from './watch';

/** A WebGL2 context of our own on an invisible canvas. */
export interface WebGlDevice {
  readonly context: GlContext;
  /** Name of the graphics processor. */
  readonly adapter: string;
  /** The "GPU" is emulated on the processor. */
  readonly software: boolean;
  /** Resolves with the reason once the context is gone. */
  readonly lost: Promise<Message>;
  /** Gives the context back (browsers allow only a few). */
  close(): void;
}

const ATTRIBUTES: WebGLContextAttributes = {
  alpha: false,
  antialias: false,
  depth: false,
  stencil: false,
  powerPreference: 'high-performance',
};

/** Throws a MessageError where WebGL2 is missing or cannot render 32-bit floats. */
export function openWebGl(): WebGlDevice {
  const gl = createContext(ATTRIBUTES);
  if (!gl) throw new MessageError(message('engine.unavailable', { backend: 'webgl' }));
  if (!gl.getExtension('EXT_color_buffer_float')) throw new MessageError(message('engine.noFloats', {}));
  const watch = watchContext(gl);
  const adapter = rendererName(gl);
  const software = isSoftwareName(adapter);
  const guard: DeviceGuard = {
    check: () => checkContext(gl, watch),
    fail: (reason) => watch.fail(reason),
    orLost: (work) => watch.orLost(work),
  };
  return {
    context: { gl, guard },
    adapter,
    software,
    lost: watch.lost,
    close() {
      watch.close();
      giveBack(gl);
    },
  };
}

const LOST = message('device.context', {});

/** Watches a context, ours or tfjs's, for its loss. */
export function watchContext(gl: WebGL2RenderingContext): DeviceWatch {
  const watch = new DeviceWatch();
  gl.canvas.addEventListener('webglcontextlost', (event) => {
    event.preventDefault();
    const { statusMessage } = event as WebGLContextEvent;
    watch.fail(statusMessage ? foreign(statusMessage) : LOST);
  });
  return watch;
}

/** Throws DeviceLostError if the context is gone; its event may be still to come. */
export function checkContext(gl: WebGL2RenderingContext, watch: DeviceWatch): void {
  if (gl.isContextLost()) throw watch.fail(LOST);
  watch.check();
}

/** A WebGL2 context on a new invisible canvas, or null where there is none. */
export function createContext(attributes?: WebGLContextAttributes): WebGL2RenderingContext | null {
  const canvas =
    typeof OffscreenCanvas === 'function'
      ? new OffscreenCanvas(1, 1)
      : typeof document === 'object'
        ? document.createElement('canvas')
        : null;
  return (canvas?.getContext('webgl2', attributes) as WebGL2RenderingContext | null | undefined) ?? null;
}

export function rendererName(gl: WebGL2RenderingContext): string {
  const names = gl.getExtension('WEBGL_debug_renderer_info');
  return String(gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
}

/** Loses a context on purpose: browsers allow only a few at a time. */
export function giveBack(gl: WebGL2RenderingContext): void {
  gl.getExtension('WEBGL_lose_context')?.loseContext();
}
