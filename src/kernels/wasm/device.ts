import type { Message } from '../../messages';
import type { DeviceBuffer } from '../kernels';
import type { KernelExports, LoadedKernels } from './load';
import { LinearMemory, type WasmBuffer } from './memory';
import { cut, LEAST_WORK, type Spread } from './spread';
import type { ThreadPool } from './threads';

/** Byte address of a buffer. */
export const at = (buffer: DeviceBuffer): number => (buffer as WasmBuffer).ptr;

/** Arguments of an export for outputs from … to − 1, with the address of scratch memory of its own. */
export type Arguments = (from: number, to: number, scratch: number) => number[];

/** A loaded module: its memory as buffers, and two ways to call its exports. */
export class WasmDevice {
  readonly hostMemory = true;
  readonly relaxed: boolean;
  readonly pool: ThreadPool | null;
  /** Why there is only one thread where more were asked for; else null. */
  readonly note: Message | null;
  /** Work that makes it worth to hand a task to another thread (tests set 0). */
  leastWork = LEAST_WORK;
  /** The exports, on this thread alone: all that a new kernel needs. */
  protected readonly call: KernelExports;
  private readonly memory: LinearMemory;

  constructor({ exports, memory, relaxed, pool, note }: LoadedKernels) {
    this.relaxed = relaxed;
    this.pool = pool;
    this.note = note;
    this.call = exports;
    this.memory = new LinearMemory(memory, this.call.heapBase!());
  }

  /** The ranges of its outputs in which `spread` calls a kernel. */
  protected ranges(how: Spread): ReturnType<typeof cut> {
    return cut(how, this.pool?.limit ?? 1, this.leastWork);
  }

  /**
   * Calls an export once for each range of its outputs, by whichever threads there are. The ranges depend on
   * their number, the results do not: no output may depend on another range.
   */
  protected spread(name: string, how: Spread, args: Arguments): void {
    this.pool?.assertAlive();
    const ranges = this.ranges(how);
    const call = (room: number, bytes: number) => {
      const parts = ranges.map(([from, to], i) => args(from, to, room + i * bytes));
      if (parts.length === 1) this.call[name]!(...parts[0]!);
      else this.pool!.run(name, parts);
    };
    if (!how.scratch) return call(0, 0);
    const floats = (how.scratch + 15) & ~15; // no two threads write to one cache line
    this.frame(() => call(this.temporary(ranges.length * floats).ptr, floats * 4));
  }

  allocate(length: number): WasmBuffer {
    const buffer = this.memory.allocate(length);
    this.zero(buffer);
    return buffer;
  }

  free(buffer: DeviceBuffer): void {
    this.memory.free(buffer as WasmBuffer);
  }

  frame<T>(f: () => T): T {
    return this.memory.frame(f);
  }

  temporary(length: number): WasmBuffer {
    return this.memory.temporary(length);
  }

  upload(data: Float32Array | Int32Array): WasmBuffer {
    const buffer = this.memory.temporary(data.length);
    this.write(buffer, data);
    return buffer;
  }

  slice(buffer: DeviceBuffer, offset: number, length: number): WasmBuffer {
    return { ptr: at(buffer) + offset * 4, length };
  }

  write(buffer: DeviceBuffer, data: Float32Array | Int32Array): void {
    const view = data instanceof Float32Array ? this.memory.floats : this.memory.ints;
    view.set(data, at(buffer) >> 2);
  }

  readFloats(buffer: DeviceBuffer): Float32Array {
    const first = at(buffer) >> 2;
    return this.memory.floats.slice(first, first + buffer.length);
  }

  readInts(buffer: DeviceBuffer): Int32Array {
    const first = at(buffer) >> 2;
    return this.memory.ints.slice(first, first + buffer.length);
  }

  readAll(buffers: readonly DeviceBuffer[]): Float32Array[] {
    return buffers.map((buffer) => this.readFloats(buffer));
  }

  zero(buffer: DeviceBuffer): void {
    const first = at(buffer) >> 2;
    this.memory.floats.fill(0, first, first + buffer.length);
  }

  bytes(): number {
    return this.memory.bytes;
  }
}
