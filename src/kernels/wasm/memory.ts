import { afterwards } from '../afterwards';
import type { DeviceBuffer } from '../kernels';

/** A range of the module's linear memory; `ptr` is a byte address, a multiple of 64 for whole buffers. */
export interface WasmBuffer extends DeviceBuffer {
  readonly ptr: number;
}

interface Block {
  ptr: number;
  bytes: number;
}

const ALIGN = 64;
const PAGE = 65536;
/** Bytes of scratch that are kept ready beyond what was needed, at most. */
const HEADROOM = 1 << 22;
const align = (n: number) => Math.ceil(n / ALIGN) * ALIGN;

/**
 * Linear memory: a first-fit free list for lasting buffers, and on top of it a stack of scratch blocks
 * for temporaries, reused by every call. Between calls scratch holds nothing, so a buffer that needs room takes that of
 * the scratch, which begins anew behind it: else every model would leave a hole. Growing detaches views, so views are
 * made on demand.
 */
export class LinearMemory {
  private readonly holes: Block[] = [];
  private readonly used = new Map<number, number>();
  private top: number;
  private scratch: Block[] = [];
  private scratchIndex = 0;
  private scratchOffset = 0;
  /** Most bytes of scratch that one call has used. */
  private peak = 0;
  private depth = 0;
  private held = 0;
  private cachedFloats = new Float32Array(0);
  private cachedInts = new Int32Array(0);

  constructor(
    private readonly memory: WebAssembly.Memory,
    base: number,
  ) {
    this.top = align(base);
  }

  get floats(): Float32Array {
    if (this.cachedFloats.buffer !== this.memory.buffer)
      this.cachedFloats = new Float32Array(this.memory.buffer);
    return this.cachedFloats;
  }

  get ints(): Int32Array {
    if (this.cachedInts.buffer !== this.memory.buffer) this.cachedInts = new Int32Array(this.memory.buffer);
    return this.cachedInts;
  }

  /** Bytes in use, scratch included. */
  get bytes(): number {
    return this.held;
  }

  allocate(length: number): WasmBuffer {
    if (this.depth === 0) this.dropScratch();
    return { ptr: this.take(align(length * 4)), length };
  }

  free(buffer: WasmBuffer): void {
    this.release(buffer.ptr);
  }

  /** Temporaries made inside f are released when it returns, or when the promise it returns settles. */
  frame<T>(f: () => T): T {
    if (this.depth === 0) this.mergeScratch();
    const { scratchIndex, scratchOffset } = this;
    this.depth++;
    return afterwards(f, () => {
      this.depth--;
      this.scratchIndex = scratchIndex;
      this.scratchOffset = scratchOffset;
    });
  }

  temporary(length: number): WasmBuffer {
    if (this.depth === 0) throw new TypeError('A temporary buffer needs an enclosing frame');
    const bytes = align(length * 4);
    while (true) {
      const block = this.scratch[this.scratchIndex];
      if (!block) {
        const size = Math.max(bytes, 1 << 20);
        this.scratch.push({ ptr: this.take(size), bytes: size });
      } else if (this.scratchOffset + bytes <= block.bytes) {
        const ptr = block.ptr + this.scratchOffset;
        this.scratchOffset += bytes;
        this.peak = Math.max(this.peak, this.scratchEnd());
        return { ptr, length };
      } else {
        this.scratchIndex++;
        this.scratchOffset = 0;
      }
    }
  }

  private scratchEnd(): number {
    let bytes = this.scratchOffset;
    for (let i = 0; i < this.scratchIndex; i++) bytes += this.scratch[i]!.bytes;
    return bytes;
  }

  /**
   * Between calls: several scratch blocks become one, so that later calls find all they need at once. It gets twice
   * what was needed (at most HEADROOM more), also where a single block is nearly full: batches are ragged, and a later
   * one may be larger.
   */
  private mergeScratch(): void {
    this.scratchIndex = 0;
    this.scratchOffset = 0;
    const held = this.scratch.reduce((sum, block) => sum + block.bytes, 0);
    const room = Math.min(this.peak, HEADROOM);
    const spare = held - this.peak;
    if (this.peak === 0 || (this.scratch.length === 1 && 4 * spare >= room)) return;
    const bytes = Math.max(held, align(this.peak + room));
    this.dropScratch();
    this.scratch = [{ ptr: this.take(bytes), bytes }];
  }

  private dropScratch(): void {
    for (const block of this.scratch) this.release(block.ptr);
    this.scratch = [];
  }

  private take(bytes: number): number {
    this.held += bytes;
    const at = this.holes.findIndex((hole) => hole.bytes >= bytes);
    let ptr: number;
    if (at >= 0) {
      const hole = this.holes[at]!;
      ptr = hole.ptr;
      hole.ptr += bytes;
      hole.bytes -= bytes;
      if (hole.bytes === 0) this.holes.splice(at, 1);
    } else {
      const last = this.holes[this.holes.length - 1];
      if (last && last.ptr + last.bytes === this.top) {
        this.holes.pop();
        this.top = last.ptr;
      }
      ptr = this.top;
      this.top += bytes;
      // one spare page: kernels may read a vector past the end of a buffer
      const missing = Math.ceil((this.top + PAGE - this.memory.buffer.byteLength) / PAGE);
      if (missing > 0) this.memory.grow(missing);
    }
    this.used.set(ptr, bytes);
    return ptr;
  }

  private release(ptr: number): void {
    const bytes = this.used.get(ptr);
    if (bytes === undefined) throw new TypeError('Buffer freed twice');
    this.used.delete(ptr);
    this.held -= bytes;
    const after = this.holes.findIndex((hole) => hole.ptr > ptr);
    const at = after < 0 ? this.holes.length : after;
    this.holes.splice(at, 0, { ptr, bytes });
    this.join(at);
    if (at > 0) this.join(at - 1);
  }

  /** Joins hole `at` with the next one if they touch. */
  private join(at: number): void {
    const hole = this.holes[at]!;
    const next = this.holes[at + 1];
    if (next && hole.ptr + hole.bytes === next.ptr) {
      hole.bytes += next.bytes;
      this.holes.splice(at + 1, 1);
    }
  }
}
