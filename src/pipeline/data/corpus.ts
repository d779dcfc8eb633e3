import type { Batch } from '../../engine/types';

/** Rows of the packed corpus at random offsets; every token but the first is predicted. */
export function corpusBatch(corpus: Uint16Array, offsets: readonly number[], length: number): Batch {
  return offsets.map((o) => ({ ids: Array.from(corpus.subarray(o, o + length)), start: 1 }));
}
