import type { Counters } from '../kernels';
import type { Device } from './device';
import { Root, texels, type GlBuffer } from './memory';
import { WIDTH } from './textures';

/** A float texture whose texels, row by row, are the numbers of a buffer, four by four. */
export interface SharedTexture {
  texture: WebGLTexture;
  width: number;
  height: number;
}

/** What somebody else (tfjs) needs to draw in the same context and from the same textures. */
export class Sharing {
  constructor(private readonly device: Device) {}

  /** To be raised by the guest for what it asks of the device. */
  get counters(): Counters {
    return this.device.counters;
  }

  /** To be called before the guest changes the state of the context. */
  disturb(): void {
    this.device.disturb();
  }

  /** The texture behind a buffer that is no view of part of another. */
  whole(buffer: GlBuffer): SharedTexture {
    if (buffer.start !== 0) throw new RangeError('only a buffer of its own can be handed out');
    const { handle, rows } = this.device.source(buffer);
    return { texture: handle, width: WIDTH, height: rows };
  }

  /** Rows and columns that a texture of the guest must have to be adopted as so many numbers. */
  shapeFor(length: number): [rows: number, columns: number] {
    const count = texels(length);
    return count <= WIDTH ? [1, count] : [Math.ceil(count / WIDTH), WIDTH];
  }

  /** A texture of the guest, for operations to read; the guest keeps it until they are drawn. */
  adopt(texture: WebGLTexture, length: number): GlBuffer {
    const root = new Root(length);
    root.texture = this.device.pool.adopt(texture, this.shapeFor(length)[0]);
    return { root, start: 0, length };
  }
}
