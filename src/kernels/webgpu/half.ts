import type { Context } from './context';
import { groupsFor } from './context';
import type { GpuBuffer, RawBuffer } from './memory';
import type { Program } from './programs';

/**
 * Half floats, two in a word. WGSL packs and unpacks them on every device; `shader-f16` would only be needed to compute
 * with them, and sums stay in 32 bits.
 */
export const UNPACK_HALF = /* wgsl */ `
fn fromHalf(bits: vec2u) -> vec4f { return vec4f(unpack2x16float(bits.x), unpack2x16float(bits.y)); }
`;

const program: Program = {
  name: 'toHalf',
  uniforms: { vectors: 'u32' },
  reads: { x: 'vec4f' },
  writes: { out: 'vec2u' },
  code: /* wgsl */ `
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) at: vec3u, @builtin(num_workgroups) groups: vec3u) {
  for (var i = at.x; i < u.vectors; i += 64u * groups.x) {
    let v = x[i];
    out[i] = vec2u(pack2x16float(v.xy), pack2x16float(v.zw));
  }
}
`,
};

/** out[length / 2 words] = x[length] as half floats. */
function toHalf(context: Context, x: GpuBuffer, out: GpuBuffer): void {
  const vectors = Math.ceil(x.length / 4);
  context.run(program, [x, out], [vectors], groupsFor(vectors));
}

/** A matrix in half floats: from vector `start` of the buffer on. */
export interface HalfMatrix {
  buffer: GpuBuffer;
  start: number;
}

interface Owner {
  allocate(length: number): GpuBuffer;
  free(buffer: GpuBuffer): void;
}

/**
 * Copies of matrices in half floats. A lasting buffer (the flat parameters) is copied as a whole by one dispatch, and
 * again only after something has written to it; a matrix of a temporary is copied each time.
 */
export class HalfCopies {
  /** Lasting buffers, and their copies once they have been asked for. */
  private readonly lasting = new Map<RawBuffer, { whole: GpuBuffer; copy?: GpuBuffer; fresh: boolean }>();

  constructor(
    private readonly context: Context,
    private readonly owner: Owner,
  ) {}

  /** A lasting buffer has been made. */
  add(whole: GpuBuffer): void {
    this.lasting.set(whole.raw, { whole, fresh: false });
  }

  /** It is going away. */
  remove({ raw }: GpuBuffer): void {
    const copy = this.lasting.get(raw)?.copy;
    this.lasting.delete(raw);
    if (copy) this.owner.free(copy);
  }

  /** Something writes to the buffer. */
  touch({ raw }: GpuBuffer): void {
    const entry = this.lasting.get(raw);
    if (entry) entry.fresh = false;
  }

  of(matrix: GpuBuffer): HalfMatrix {
    const entry = this.lasting.get(matrix.raw);
    if (!entry) {
      const buffer = this.context.temporary(Math.ceil(matrix.length / 2));
      toHalf(this.context, matrix, buffer);
      return { buffer, start: 0 };
    }
    entry.copy ??= this.owner.allocate(Math.ceil(entry.whole.length / 2));
    if (!entry.fresh) toHalf(this.context, entry.whole, entry.copy);
    entry.fresh = true;
    return { buffer: entry.copy, start: matrix.offset / 16 };
  }
}
