import { KernelError, trouble } from '../guard';
import type { GlContext } from './context';

/** Texels of four floats per texture row; a power of two, so that shaders address with shifts. */
export const WIDTH_BITS = 10;
export const WIDTH = 1 << WIDTH_BITS;

/** A float texture used as flat memory: texel t lies at (t mod WIDTH, ⌊t / WIDTH⌋). */
export interface Texture {
  readonly id: number;
  readonly handle: WebGLTexture;
  /** Height; a size class of the pool. */
  readonly rows: number;
}

const BYTES_PER_ROW = WIDTH * 16;

/** Heights are rounded up to 1, 2, 3, 4, 6, 8, 12, …: batches of many shapes then share few sizes. */
export function sizeClass(texels: number): number {
  const rows = Math.max(1, Math.ceil(texels / WIDTH));
  const power = 2 ** Math.ceil(Math.log2(rows));
  return rows <= power * 0.75 && power >= 4 ? power * 0.75 : power;
}

/** Free textures that no frame has asked for in so long are deleted. */
const KEEP_FRAMES = 512;

/** Framebuffers that are kept; ragged batches combine textures in ever new ways. */
const MAX_FRAMEBUFFERS = 512;

/** Reuses textures by size, and caches the framebuffers that draw into them. */
export class TexturePool {
  bytes = 0;
  private readonly gl: WebGL2RenderingContext;
  private readonly maxRows: number;
  private readonly free = new Map<number, { texture: Texture; since: number }[]>();
  private readonly framebuffers = new Map<string, WebGLFramebuffer>();
  private readonly checked = new Set<number>();
  private readonly adopted = new WeakMap<WebGLTexture, Texture>();
  private nextId = 0;
  private clock = 0;

  constructor(private readonly context: GlContext) {
    this.gl = context.gl;
    this.maxRows = this.gl.getParameter(this.gl.MAX_TEXTURE_SIZE) as number;
  }

  /** A texture with room for that many texels; contents undefined. */
  take(texels: number): Texture {
    const rows = sizeClass(texels);
    return this.free.get(rows)?.pop()?.texture ?? this.create(rows);
  }

  /** A texture that somebody else owns, to read from. */
  adopt(handle: WebGLTexture, rows: number): Texture {
    let texture = this.adopted.get(handle);
    if (!texture) this.adopted.set(handle, (texture = { id: this.nextId++, handle, rows }));
    return texture;
  }

  give(texture: Texture): void {
    const list = this.free.get(texture.rows);
    const entry = { texture, since: this.clock };
    if (list) list.push(entry);
    else this.free.set(texture.rows, [entry]);
  }

  /** Marks the passing of time: long unused textures go. */
  tick(): void {
    if (++this.clock % KEEP_FRAMES !== 0) return;
    for (const [rows, list] of this.free) {
      const kept = list.filter(({ texture, since }) => {
        if (this.clock - since < KEEP_FRAMES) return true;
        this.destroy(texture);
        return false;
      });
      this.free.set(rows, kept);
    }
  }

  /** The framebuffer whose colour attachments are these textures. */
  framebuffer(textures: readonly Texture[]): WebGLFramebuffer {
    let key = ',';
    for (const { id } of textures) key += `${id},`;
    const known = this.framebuffers.get(key);
    if (known) return known;
    const { gl } = this;
    if (this.framebuffers.size >= MAX_FRAMEBUFFERS) this.forgetFramebuffers(() => true);
    const framebuffer = gl.createFramebuffer();
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    const attachments = textures.map(({ handle }, i) => {
      const attachment = gl.COLOR_ATTACHMENT0 + i;
      gl.framebufferTexture2D(gl.FRAMEBUFFER, attachment, gl.TEXTURE_2D, handle, 0);
      return attachment;
    });
    gl.drawBuffers(attachments);
    this.check(textures.length);
    this.framebuffers.set(key, framebuffer);
    return framebuffer;
  }

  /** The first framebuffer of each number of attachments is asked whether the device can draw into it. */
  private check(attachments: number): void {
    const { gl } = this;
    if (this.checked.has(attachments)) return;
    this.checked.add(attachments);
    if (gl.checkFramebufferStatus(gl.FRAMEBUFFER) === gl.FRAMEBUFFER_COMPLETE) return;
    this.context.guard.check();
    throw new KernelError(trouble('device.attachments', { count: attachments }));
  }

  private forgetFramebuffers(which: (key: string) => boolean): void {
    for (const [key, framebuffer] of this.framebuffers) {
      if (!which(key)) continue;
      this.gl.deleteFramebuffer(framebuffer);
      this.framebuffers.delete(key);
    }
  }

  private create(rows: number): Texture {
    const { gl } = this;
    const { guard } = this.context;
    guard.check();
    if (rows > this.maxRows)
      throw new RangeError(`a buffer of ${rows} texture rows; this device takes ${this.maxRows}`);
    const handle = gl.createTexture();
    gl.activeTexture(gl.TEXTURE0 + SPARE_UNIT);
    gl.bindTexture(gl.TEXTURE_2D, handle);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA32F, WIDTH, rows);
    for (const [name, value] of [
      [gl.TEXTURE_MIN_FILTER, gl.NEAREST],
      [gl.TEXTURE_MAG_FILTER, gl.NEAREST],
      [gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE],
      [gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE],
    ] as const)
      gl.texParameteri(gl.TEXTURE_2D, name, value);
    const error = gl.getError();
    if (error !== gl.NO_ERROR) {
      guard.check();
      gl.deleteTexture(handle);
      throw new KernelError(
        error === gl.OUT_OF_MEMORY
          ? trouble('device.memory', {})
          : trouble('device.webglError', { code: error }),
      );
    }
    this.bytes += rows * BYTES_PER_ROW;
    return { id: this.nextId++, handle, rows };
  }

  private destroy(texture: Texture): void {
    const { gl } = this;
    this.forgetFramebuffers((key) => key.includes(`,${texture.id},`));
    gl.deleteTexture(texture.handle);
    this.bytes -= texture.rows * BYTES_PER_ROW;
  }
}

/** Texture unit for creating and uploading; shaders use the units below it. */
export const SPARE_UNIT = 15;
