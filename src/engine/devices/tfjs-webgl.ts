import * as tf from '@tensorflow/tfjs-core';
import { GPGPUContext, MathBackendWebGL, setWebGLContext } from '@tensorflow/tfjs-backend-webgl';
import type { GlContext } from '../../kernels/webgl/context';
import type { WebGlKernels } from '../../kernels/webgl/kernels';
import type { GlBuffer } from '../../kernels/webgl/memory';
import type { Sharing } from '../../kernels/webgl/sharing';
import { register, type SharedTfjs } from './tfjs';

/** Flags that tfjs finds out by asking a context; it is asked once, before tfjs forgets ours. */
const FLAGS = [
  'HAS_WEBGL',
  'WEBGL_VERSION',
  'WEBGL_BUFFER_SUPPORTED',
  'WEBGL_MAX_TEXTURE_SIZE',
  'WEBGL_MAX_TEXTURES_IN_SHADER',
  'WEBGL_DISJOINT_QUERY_TIMER_EXTENSION_VERSION',
  'WEBGL_RENDER_FLOAT32_ENABLED',
  'WEBGL_DOWNLOAD_FLOAT_ENABLED',
  'WEBGL_FENCE_API_ENABLED',
];

/** tfjs's part of a context: it tells our kernels before it changes what they have set. */
class SharedContext extends GPGPUContext {
  constructor(
    { gl }: GlContext,
    private readonly sharing: Sharing,
  ) {
    super(gl as unknown as WebGLRenderingContext);
    // all that touches the context asks first whether it is still there
    Object.assign(this, { throwIfDisposed: () => sharing.disturb() });
  }

  override executeProgram(): void {
    this.sharing.counters.dispatches++;
    super.executeProgram();
  }
}

class SharedBackend extends MathBackendWebGL {
  constructor(
    context: GPGPUContext,
    private readonly sharing: Sharing,
  ) {
    super(context);
  }

  override read(dataId: object): Promise<tf.backend_util.TypedArray> {
    this.count(dataId);
    return super.read(dataId) as Promise<tf.backend_util.TypedArray>;
  }

  override readSync(dataId: object): tf.backend_util.TypedArray {
    this.count(dataId);
    return super.readSync(dataId) as tf.backend_util.TypedArray;
  }

  private count(dataId: object): void {
    if (this.texData.get(dataId).texture) this.sharing.counters.readbacks++;
  }
}

/** tfjs in the context of our kernels. */
export function shareWebGl(kernels: WebGlKernels, context: GlContext): SharedTfjs {
  const { sharing } = kernels;
  const backend = open(context, sharing);
  const { run, close } = register('webgl', backend, context.guard);
  return {
    run,
    tensor: (buffer, shape) =>
      tf.tensor({ ...sharing.whole(buffer as GlBuffer), channels: 'RGBA' }, shape, 'float32'),
    buffer(tensor) {
      const { values, slice } = backend.texData.get(tensor.dataId);
      if (values && !slice) return kernels.upload(Float32Array.from(values as Float32Array));
      const { texture } = tensor.dataToGPU({ customTexShape: sharing.shapeFor(tensor.size) });
      return sharing.adopt(texture!, tensor.size);
    },
    bytes: () => (backend.memory() as unknown as { numBytesInGPUAllocated: number }).numBytesInGPUAllocated,
    close,
  };
}

/**
 * tfjs remembers the context of the last backend as that of all to come; its own backend, there or still to
 * be made, must not get ours.
 */
function open(context: GlContext, sharing: Sharing): SharedBackend {
  const own = tf.findBackend('webgl') as MathBackendWebGL | null;
  setWebGLContext(2, context.gl as unknown as WebGLRenderingContext);
  try {
    for (const flag of FLAGS) tf.env().get(flag);
    tf.env().set('WEBGL_USE_SHAPES_UNIFORMS', true); // one shader serves many shapes
    return new SharedBackend(new SharedContext(context, sharing), sharing);
  } finally {
    sharing.disturb();
    setWebGLContext(2, own?.gpgpu.gl ?? null!);
  }
}
