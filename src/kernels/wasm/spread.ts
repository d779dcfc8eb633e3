/** How a kernel may be cut into ranges of its outputs (rows, columns, elements) for several threads. */
export interface Spread {
  /** Number of outputs, and the multiple at which they may be cut (default 1). */
  over: number;
  grain?: number;
  /** About how long it takes, in multiply-adds of a matrix product (some 0.1 ns each). */
  work: number;
  /** Floats of scratch memory for each range. */
  scratch?: number;
}

/** Handing a task to another thread costs some microseconds: less work than this is not worth it (measured). */
export const LEAST_WORK = 60_000;
/** Long tasks are halved, so that a slow thread does not hold up the others. */
const LONG_WORK = 500_000;
/** Room in the pool's list. */
export const MAX_TASKS = 64;

/** Ranges [from, to) of 0 … over for so many threads: a single one if each would be less than `least` work. */
export function cut(
  { over, grain = 1, work }: Spread,
  threads: number,
  least: number,
): readonly (readonly [number, number])[] {
  if (threads === 1 || work < 2 * least) return [[0, over]];
  const grains = Math.ceil(over / grain);
  const tasks = work / threads > LONG_WORK ? threads * 2 : Math.min(threads, work / Math.max(1, least));
  const parts = Math.max(1, Math.floor(Math.min(tasks, grains, MAX_TASKS)));
  const border = (i: number) => Math.min(over, Math.floor((i * grains) / parts) * grain);
  return Array.from({ length: parts }, (_, i) => [border(i), border(i + 1)]);
}
