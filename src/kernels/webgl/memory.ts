import { afterwards } from '../afterwards';
import type { DeviceBuffer, PackedMatrix } from '../kernels';
import { sizeClass, type Texture, type TexturePool } from './textures';

/** Contents that are put together when they are first asked for. */
export interface Lazy {
  draw(): void;
  needed: boolean;
  /** The rows of a product, four to a tile, the n-th of each tile in the n-th of these; `width` floats each. */
  tiles?: { rows: readonly GlBuffer[]; width: number };
}

/**
 * Memory behind a buffer and its views. The texture is taken when something is first written, and is
 * exchanged for another one when an operation reads and writes the same buffer: views must look it up.
 */
export class Root {
  texture: Texture | null = null;
  /** Contents as they came from the host, until something overwrites them. */
  host: Float32Array | null = null;
  /** `host` is not in the texture yet: it is uploaded when a shader first reads it. */
  pending = false;
  /** `host` is worth keeping once it is uploaded (index arrays: some operations look into them). */
  keep = false;
  /** Ranges of texels [first, end] written since all of it was set to zero; null if that is unknown. */
  written: [number, number][] | null = null;
  /** Texels that some operation needs in it, beyond its length. */
  least = 0;
  alive = true;
  /** What has to be drawn before it is read; what is not `needed` is forgotten where all of it is overwritten. */
  lazy: Lazy | null = null;

  constructor(
    readonly length: number,
    /** Of a temporary: its number in the order in which the frame asked; −1 for lasting buffers. */
    readonly slot = -1,
  ) {}
}

/** A view of a root: `start` counts texels of four floats. */
export interface GlBuffer extends DeviceBuffer {
  readonly root: Root;
  readonly start: number;
}

/** The matrix itself, read as w[k, n] or, if `transposed`, as the rows of w[n, k]. Nothing is copied. */
export interface GlMatrix extends PackedMatrix {
  readonly buffer: GlBuffer;
  readonly transposed: boolean;
}

/** The tiles that a buffer is still to be put together from, if its rows are so wide. */
export function tilesOf({ root, start }: GlBuffer, width: number): readonly GlBuffer[] | null {
  const tiles = start === 0 ? root.lazy?.tiles : undefined;
  return tiles?.width === width ? tiles.rows : null;
}

export const texels = (length: number): number => (length + 3) >> 2;

/** Texels that are kept ready beyond what was asked for, at most. */
const HEADROOM = 1 << 16;

/**
 * Lasting buffers, and temporaries that go back to the pool at the end of their frame. The k-th temporary of a frame
 * always gets a texture with room for the largest one it has been so far, and for one up to twice as large: ragged
 * batches then ask the pool for the same sizes again and again.
 */
export class Memory {
  private readonly frames: Root[][] = [];
  private readonly rooms: number[] = [];
  private cursor = 0;

  constructor(
    private readonly pool: TexturePool,
    /** Called before temporaries are released: draws what was put off. */
    private readonly settle: () => void = () => undefined,
  ) {}

  get bytes(): number {
    return this.pool.bytes;
  }

  lasting(length: number): GlBuffer {
    return { root: new Root(length), start: 0, length };
  }

  temporary(length: number): GlBuffer {
    const frame = this.frames[this.frames.length - 1];
    if (!frame) throw new TypeError('A temporary buffer needs an enclosing frame');
    const root = new Root(length, this.cursor++);
    frame.push(root);
    return { root, start: 0, length };
  }

  slice(buffer: GlBuffer, offset: number, length: number): GlBuffer {
    if (offset % 4 !== 0) throw new RangeError(`a view cannot start at element ${offset}`);
    if (offset + length > buffer.length) throw new RangeError('a view reaches beyond its buffer');
    return { root: buffer.root, start: buffer.start + offset / 4, length };
  }

  /** Temporaries made inside f are released when it returns, or when the promise it returns settles. */
  frame<T>(f: () => T): T {
    if (this.frames.length === 0) this.pool.tick();
    const frame: Root[] = [];
    const { cursor } = this;
    this.frames.push(frame);
    return afterwards(f, () => {
      try {
        this.settle();
      } finally {
        this.frames.pop();
        this.cursor = cursor;
        for (const root of frame) if (root.alive) this.release(root);
      }
    });
  }

  /** A texture with room for a buffer. */
  texture(root: Root): Texture {
    return this.pool.take(this.room(root));
  }

  /** Outputs of one draw need textures of one size: each gets the room of the largest. */
  level(buffers: readonly GlBuffer[]): void {
    const most = Math.max(...buffers.map(({ root }) => this.room(root)));
    for (const { root } of buffers) if (root.slot >= 0) this.rooms[root.slot] = most;
  }

  /** Its texture is as large as it would be made now. */
  fits(root: Root): boolean {
    return root.texture?.rows === sizeClass(this.room(root));
  }

  private room({ slot, length, least }: Root): number {
    const count = Math.max(texels(length), least);
    if (slot < 0) return count;
    if ((this.rooms[slot] ?? 0) < count) this.rooms[slot] = count + Math.min(count, HEADROOM);
    return this.rooms[slot]!;
  }

  release(root: Root): void {
    if (!root.alive) throw new TypeError('this buffer has already been freed');
    root.alive = false;
    root.lazy = null;
    root.host = null;
    if (root.texture) this.pool.give(root.texture);
    root.texture = null;
  }
}
