import type { Kernels, DeviceBuffer, Rows } from '../../kernels/kernels';
import type { GptConfig } from '../../model/config';
import { checkBatch } from '../shared/batch';
import type { Batch, Matrix, Wanted } from '../types';

/** A batch laid end to end on the device: N tokens, no padding. */
export interface RaggedBatch {
  rows: Rows;
  /** N */
  tokens: number;
  /** [N] int32 */
  ids: DeviceBuffer;
  /** [N] int32 */
  positions: DeviceBuffer;
  /** Tokens whose hidden state a head reads: first the predictors of completion tokens, then last tokens. */
  heads: DeviceBuffer;
  /** [predictors] int32, the predicted tokens. */
  labels: DeviceBuffer;
  /** Number of predictors (0 if nothing about completion tokens is wanted). */
  predictors: number;
  /** Index in the [B, C] outputs of each predictor. */
  cells: Int32Array;
  /** Number of last tokens: B if scores are wanted, else 0. */
  lasts: number;
  mask: Matrix;
}

/**
 * Packs a batch and uploads its index arrays (temporaries of the enclosing frame). A row's last token
 * only predicts what lies beyond the sequence, so it is left out unless its score is wanted.
 */
export function packBatch(kernels: Kernels, batch: Batch, want: Wanted, config: GptConfig): RaggedBatch {
  checkBatch(batch, config);
  const wantsTokens = Boolean(want.logProbs || want.entropy || want.values);
  const wantsScores = Boolean(want.scores);
  const lengths = batch.map(({ ids, prefix = 0 }) =>
    wantsScores || prefix === ids.length ? ids.length : ids.length - 1,
  );
  const C = Math.max(...batch.map(({ ids, start }) => ids.length - start));
  const mask = new Float32Array(batch.length * C);
  const offsets = new Int32Array(batch.length + 1);
  lengths.forEach((length, b) => (offsets[b + 1] = offsets[b]! + length));
  const tokens = offsets[batch.length]!;
  const ids = new Int32Array(tokens);
  const positions = new Int32Array(tokens);
  const heads: number[] = [];
  const labels: number[] = [];
  const cells: number[] = [];
  batch.forEach((sequence, b) => {
    const first = offsets[b]!;
    for (let t = 0; t < lengths[b]!; t++) {
      ids[first + t] = sequence.ids[t]!;
      positions[first + t] = t;
    }
    for (let t = sequence.start; t < sequence.ids.length; t++) {
      const cell = b * C + t - sequence.start;
      mask[cell] = 1;
      if (!wantsTokens) continue;
      heads.push(first + t - 1);
      labels.push(sequence.ids[t]!);
      cells.push(cell);
    }
  });
  const predictors = heads.length;
  if (wantsScores) lengths.forEach((length, b) => heads.push(offsets[b]! + length - 1));
  return {
    rows: {
      count: batch.length,
      offsets: kernels.upload(offsets),
      prefixes: kernels.upload(Int32Array.from(batch, (s) => s.prefix ?? 0)),
      lengths,
    },
    tokens,
    ids: kernels.upload(ids),
    positions: kernels.upload(positions),
    heads: kernels.upload(Int32Array.from(heads)),
    labels: kernels.upload(Int32Array.from(labels)),
    predictors,
    cells: Int32Array.from(cells),
    lasts: wantsScores ? batch.length : 0,
    mask: { rows: batch.length, cols: C, data: mask },
  };
}
