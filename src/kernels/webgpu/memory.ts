import { KernelError, trouble } from '../guard';
import type { DeviceBuffer, PackedMatrix } from '../kernels';

/** A GPUBuffer with a number of its own, so that bind groups can be looked up. */
export interface RawBuffer {
  readonly id: number;
  readonly gpu: GPUBuffer;
}

/** A range of a GPU buffer. */
export interface GpuBuffer extends DeviceBuffer {
  readonly raw: RawBuffer;
  /** In bytes, a multiple of 256. */
  readonly offset: number;
  /** Bytes to bind: at least 4 · length. */
  readonly size: number;
  /** Names (raw, offset, size) in the cache of bind groups. */
  readonly key: string;
}

/** Any matrix is a right operand as it is, or read as its transpose. */
export interface GpuMatrix extends PackedMatrix {
  readonly buffer: GpuBuffer;
  /** Absent for 32-bit floats; half floats begin at this vector of the buffer. */
  readonly halfFrom?: number;
  readonly transposed: boolean;
}

const ALIGN = 256;
const UPLOAD_BYTES = 1 << 18;
const roundUp = (n: number, step: number) => Math.ceil(n / step) * step;

/** Bytes rounded up to four sizes per octave: ragged batches of about one size look the same. */
export function bucket(bytes: number): number {
  const step = 2 ** Math.max(8, Math.floor(Math.log2(Math.max(1, bytes))) - 2);
  return Math.max(ALIGN, roundUp(bytes, step));
}

/** The most that is kept ready beyond what was asked for. */
const HEADROOM_BYTES = 1 << 20;

/**
 * Bytes of a temporary that is asked for at this size: up to twice as many, since the next ragged batch may be larger.
 * What an epoch has seen then leaves room for what later ones bring.
 */
export const withHeadroom = (bytes: number): number => bucket(bytes + Math.min(bytes, HEADROOM_BYTES));

interface UploadChunk {
  raw: RawBuffer;
  bytes: ArrayBuffer;
  floats: Float32Array;
  ints: Int32Array;
  used: number;
  /** Bytes that the GPU already has. */
  sent: number;
}

/**
 * Buffers of one device. Lasting ones are plain GPU buffers. Temporaries are numbered in the order in which
 * a frame asks for them: the k-th always gets slot k, which only grows, so that a steady state creates no
 * GPU object and finds all its bind groups. Uploads of a frame are laid end to end and sent in one write.
 */
export class GpuMemory {
  private nextId = 0;
  private held = 0;
  private readonly slots: (GpuBuffer | undefined)[] = [];
  private cursor = 0;
  private depth = 0;
  private readonly uploads: UploadChunk[] = [];
  private chunk = 0;
  private doomed: GPUBuffer[] = [];
  private readonly adopted = new WeakMap<GPUBuffer, RawBuffer>();

  constructor(
    private readonly device: GPUDevice,
    /** A raw buffer is going away. */
    private readonly onRetire: () => void,
  ) {}

  get bytes(): number {
    return this.held;
  }

  get frames(): number {
    return this.depth;
  }

  allocate(length: number): GpuBuffer {
    const size = roundUp(Math.max(4 * length, 16), ALIGN);
    return view(this.create(size), 0, size, length);
  }

  free(buffer: GpuBuffer): void {
    this.retire(buffer.raw);
  }

  slice(buffer: GpuBuffer, offset: number, length: number): GpuBuffer {
    if (offset === 0 && length === buffer.length) return buffer;
    if (offset % 64 !== 0) throw new RangeError('views of GPU buffers start at multiples of 64 elements');
    if (offset + length > buffer.length) throw new RangeError('a view must end inside its buffer');
    return view(buffer.raw, buffer.offset + 4 * offset, Math.max(16, roundUp(4 * length, 16)), length);
  }

  /** Opens a frame; the result closes it. */
  open(): () => void {
    if (this.depth === 0) this.rewindUploads();
    const { cursor } = this;
    this.depth++;
    return () => {
      this.depth--;
      this.cursor = cursor;
    };
  }

  temporary(length: number): GpuBuffer {
    if (this.depth === 0) throw new TypeError('A temporary buffer needs an enclosing frame');
    const at = this.cursor++;
    const slot = this.slots[at];
    if (slot && slot.size >= 4 * length) return { ...slot, length };
    if (slot) this.retire(slot.raw);
    const size = withHeadroom(4 * length);
    return (this.slots[at] = view(this.create(size), 0, size, length));
  }

  upload(data: Float32Array | Int32Array): GpuBuffer {
    if (this.depth === 0) throw new TypeError('An upload needs an enclosing frame');
    const size = bucket(data.byteLength);
    let chunk = this.uploads[this.chunk];
    while (chunk && chunk.used + size > chunk.bytes.byteLength) chunk = this.uploads[++this.chunk];
    chunk ??= this.addChunk(Math.max(UPLOAD_BYTES, size));
    (data instanceof Float32Array ? chunk.floats : chunk.ints).set(data, chunk.used / 4);
    const buffer = view(chunk.raw, chunk.used, size, data.length);
    chunk.used += size;
    return buffer;
  }

  /** A buffer that somebody else owns, to read from. */
  adopt(gpu: GPUBuffer, length: number): GpuBuffer {
    let raw = this.adopted.get(gpu);
    if (!raw) this.adopted.set(gpu, (raw = { id: this.nextId++, gpu }));
    return view(raw, 0, gpu.size, length);
  }

  /** Sends what was uploaded since the last call. Call right before submitting. */
  sendUploads(): void {
    for (const chunk of this.uploads) {
      const { raw, bytes, sent, used } = chunk;
      if (used > sent) this.device.queue.writeBuffer(raw.gpu, sent, bytes, sent, used - sent);
      chunk.sent = used;
    }
  }

  /** Destroys retired buffers. Call right after submitting: no recorded command needs them any more. */
  sweep(): void {
    for (const buffer of this.doomed) buffer.destroy();
    this.doomed = [];
  }

  private rewindUploads(): void {
    for (const chunk of this.uploads) chunk.used = chunk.sent = 0;
    this.chunk = 0;
  }

  private addChunk(size: number): UploadChunk {
    const bytes = new ArrayBuffer(size);
    const raw = this.create(size);
    const chunk = {
      raw,
      bytes,
      floats: new Float32Array(bytes),
      ints: new Int32Array(bytes),
      used: 0,
      sent: 0,
    };
    this.chunk = this.uploads.push(chunk) - 1;
    return chunk;
  }

  private create(size: number): RawBuffer {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const { maxBufferSize, maxStorageBufferBindingSize: bound } = this.device.limits;
    if (size > Math.min(maxBufferSize, bound)) throw new KernelError(trouble('device.memory', {}));
    this.held += size;
    return { id: this.nextId++, gpu: this.device.createBuffer({ size, usage }) };
  }

  private retire(raw: RawBuffer): void {
    this.held -= raw.gpu.size;
    this.doomed.push(raw.gpu);
    this.onRetire();
  }
}

const view = (raw: RawBuffer, offset: number, size: number, length: number): GpuBuffer => ({
  raw,
  offset,
  size,
  length,
  key: `${raw.id}.${offset}.${size}`,
});
