import type { On } from './args';
import type { GlBuffer } from './memory';
import type { RowSource } from './row-source';

/** A draw that is put off: the next operation may take it over. */
export interface Waiting {
  draw(): void;
  /** Released once this is drawn or taken over. */
  scratch?: readonly GlBuffer[];
  /** The rows that it gives: a layer norm can compute them on the way. */
  rows?: {
    source: RowSource;
    inputs: readonly (GlBuffer | null)[];
    ints: readonly number[];
    out: GlBuffer;
    width: number;
  };
  /** The gradient of a matrix: a product with the same `dy` can be drawn with it. */
  weights?: On<'linearBackwardWeight'>;
}
