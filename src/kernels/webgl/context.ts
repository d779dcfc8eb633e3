import { isSoftwareAdapter } from '../../engine/adapter';
import { DeviceLostError } from '../../engine/errors';
import { foreign, message, MessageError, sentence, type Message } from '../../messages';

/** A WebGL2 context of our own on an invisible canvas, with what the kernels need of it. */
export interface Context {
  readonly gl: WebGL2RenderingContext;
  /** Adding to float textures by blending works; without it sums take detours. */
  readonly floatBlend: boolean;
  readonly maxTextureSize: number;
  /** Name of the graphics processor. */
  readonly adapter: string;
  /** The "GPU" is emulated on the processor. */
  readonly software: boolean;
  /** Resolves with the reason once the context is gone. */
  readonly lost: Promise<string>;
  /** Throws DeviceLostError if the context is gone. */
  check(): void;
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

/** Throws a plain reason where WebGL2 is missing or cannot render 32-bit floats. */
export function openContext(): Context {
  const canvas =
    typeof OffscreenCanvas === 'function'
      ? new OffscreenCanvas(1, 1)
      : typeof document === 'object'
        ? document.createElement('canvas')
        : null;
  const gl = canvas?.getContext('webgl2', ATTRIBUTES) as WebGL2RenderingContext | null | undefined;
  if (!canvas || !gl) throw new MessageError(message('engine.unavailable', { backend: 'webgl' }));
  if (!gl.getExtension('EXT_color_buffer_float')) throw new MessageError(message('engine.noFloats', {}));
  let reason: Message | null = null;
  let closed = false;
  const lost = new Promise<string>((resolve) =>
    canvas.addEventListener('webglcontextlost', (event) => {
      event.preventDefault();
      const { statusMessage } = event as WebGLContextEvent;
      reason ??= statusMessage ? foreign(statusMessage) : message('device.context', {});
      if (!closed) resolve(sentence(reason));
    }),
  );
  gl.disable(gl.DITHER);
  gl.blendFunc(gl.ONE, gl.ONE);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4);
  gl.pixelStorei(gl.PACK_ALIGNMENT, 4);
  const names = gl.getExtension('WEBGL_debug_renderer_info');
  const adapter = String(gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  return {
    gl,
    floatBlend: gl.getExtension('EXT_float_blend') !== null,
    maxTextureSize: gl.getParameter(gl.MAX_TEXTURE_SIZE) as number,
    adapter,
    software: isSoftwareAdapter(adapter),
    lost,
    check() {
      if (reason !== null || gl.isContextLost())
        throw new DeviceLostError(reason ?? message('device.context', {}));
    },
    close() {
      closed = true;
      gl.getExtension('WEBGL_lose_context')?.loseContext();
    },
  };
}
