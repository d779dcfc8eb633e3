import type { GpuBuffer } from './memory';
import type { Program } from './programs';

/** What an operation needs to enqueue itself. */
export interface Context {
  /** Enqueues a program on its buffers (in the program's order) with its uniform values (likewise). */
  run(
    program: Program,
    buffers: readonly GpuBuffer[],
    uniforms: readonly number[],
    x: number,
    y?: number,
    z?: number,
  ): void;
  temporary(length: number): GpuBuffer;
  /** The device has subgroups, and they are to be used. */
  readonly subgroups: boolean;
  /** Stands in for an operand that is absent. */
  readonly nothing: GpuBuffer;
}

/** Remembers the result for each argument: program variants are made once. */
export function memoised<K extends string | number | boolean, T>(make: (key: K) => T): (key: K) => T {
  const made = new Map<K, T>();
  return (key) => {
    let found = made.get(key);
    if (found === undefined) made.set(key, (found = make(key)));
    return found;
  };
}

/** Workgroups of 64 threads for `items`; kernels loop when there are more items than threads. */
export const groupsFor = (items: number): number => Math.min(Math.ceil(items / 64), 32768);
