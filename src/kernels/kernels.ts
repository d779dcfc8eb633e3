import type { DeviceBuffer, PackedMatrix } from './buffers';
import type { Operations } from './operations';

export type * from './buffers';

/**
 * What a fused engine is made of: memory of a device and the operations on it (operations.ts). Every backend
 * offers the same list under the same names; the sequences of calls (forward, backward, decode) live in
 * src/engine/fused. Nothing here knows a model, an engine or where the device came from.
 */

/** Host memory answers at once, a GPU after a round trip. `await` works on both. */
export type MaybePromise<T> = T | Promise<T>;

/** What has been asked of a device since it was opened. */
export interface Counters {
  dispatches: number;
  /** Round trips that waited for data. */
  readbacks: number;
  submits: number;
}

export interface Kernels extends Operations<DeviceBuffer, PackedMatrix> {
  /**
   * True if buffers live in host memory: reads cost nothing and answer at once, shapes may vary freely.
   * False for a GPU: decoding then keeps its tokens on the device and reads them once at the end.
   */
  readonly hostMemory: boolean;

  /** A zero-filled buffer that lives until `free`. */
  allocate(length: number): DeviceBuffer;
  free(buffer: DeviceBuffer): void;
  /**
   * Runs f; temporaries made inside are released afterwards, if f returns a promise, once it has settled.
   * Frames nest like a stack: whoever calls serialises asynchronous frames of one device.
   */
  frame<T>(f: () => T): T;
  /** An uninitialised buffer that lives until the end of the enclosing frame. */
  temporary(length: number): DeviceBuffer;
  /** A temporary with the given contents. */
  upload(data: Float32Array | Int32Array): DeviceBuffer;
  /** A view of part of a buffer. */
  slice(buffer: DeviceBuffer, offset: number, length: number): DeviceBuffer;
  write(buffer: DeviceBuffer, data: Float32Array | Int32Array): void;
  /**
   * Copies to the host what a buffer holds at this point of the sequence; later operations may overwrite
   * it before the promise resolves. Rejects with the error of the device's guard if the device fails.
   */
  readFloats(buffer: DeviceBuffer): MaybePromise<Float32Array>;
  readInts(buffer: DeviceBuffer): MaybePromise<Int32Array>;
  /** `readFloats` of several buffers in one round trip. */
  readAll(buffers: readonly DeviceBuffer[]): MaybePromise<Float32Array[]>;
  zero(buffer: DeviceBuffer): void;
  /** Bytes held in buffers from `allocate` and in scratch memory. */
  bytes(): number;
  /** Called before each update: a promise to wait for where the device is too far behind. */
  ready?(): Promise<void> | null;
  counters?(): Counters;
}

/** ε of every layer norm, as in GPT-2; the WASM source has the same number compiled in. */
export const LAYER_NORM_EPSILON = 1e-5;

/** v rounded up to a multiple of 4: the row stride of logits. */
export const roundUp4 = (v: number): number => (v + 3) & ~3;
