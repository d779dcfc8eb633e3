import type { GptConfig } from '../../model/config';
import { PAD } from '../../model/tokens';
import { checkBatch } from '../shared/batch';
import type { Batch } from '../types';

/** A batch padded on the right and laid out for upload. B rows, T positions, C completion columns. */
export interface PackedBatch {
  B: number;
  T: number;
  C: number;
  /** [B, T] token ids. */
  ids: Int32Array;
  /** [B, C] completion tokens; 0 on padding. */
  targets: Int32Array;
  /** [B, C] 1 on completion tokens. */
  mask: Float32Array;
  /** [B] index of each row's first completion token. */
  starts: number[];
  /** [B] tokens per row. */
  lengths: number[];
  /** [B] prefix-LM lengths; null when every row is causal. */
  prefixes: number[] | null;
}

/** Checks and packs a batch. T is rounded up to a multiple of `granularity`, so that few shapes occur. */
export function packBatch(batch: Batch, config: GptConfig, granularity: number): PackedBatch {
  checkBatch(batch, config);
  const B = batch.length;
  const longest = Math.max(...batch.map((s) => s.ids.length));
  const T = Math.min(config.nPositions, Math.ceil(longest / granularity) * granularity);
  const C = Math.max(...batch.map((s) => s.ids.length - s.start));
  const ids = new Int32Array(B * T).fill(PAD);
  const targets = new Int32Array(B * C);
  const mask = new Float32Array(B * C);
  batch.forEach(({ ids: row, start }, b) => {
    ids.set(row, b * T);
    for (let t = start; t < row.length; t++) {
      targets[b * C + t - start] = row[t]!;
      mask[b * C + t - start] = 1;
    }
  });
  const prefixes = batch.map((s) => s.prefix ?? 0);
  return {
    B,
    T,
    C,
    ids,
    targets,
    mask,
    starts: batch.map((s) => s.start),
    lengths: batch.map((s) => s.ids.length),
    prefixes: prefixes.some((p) => p > 1) ? prefixes : null,
  };
}

/**
 * Added to attention scores where attention is not allowed. Finite, and small enough that float32's exp
 * gives exactly 0: −1e9 can become inf in WebGL's softmax.
 */
export const BLOCKED = -1e4;

/** Additive attention mask: [1, T, T] if all rows are causal, else [B, T, T] with two-way prefixes. */
export function attentionMask(T: number, prefixes: readonly number[] | null): Float32Array {
  const rows = prefixes ?? [0];
  const out = new Float32Array(rows.length * T * T);
  rows.forEach((prefix, b) => {
    for (let i = 0; i < T; i++)
      for (let j = i + 1; j < T; j++) if (j >= prefix) out[(b * T + i) * T + j] = BLOCKED;
  });
  return out;
}

/**
 * [B, C, T] matrix with a single 1 per completion token: row c of sequence b picks position
 * `positions[b] + c`. Rows past the sequence's end are zero.
 */
export function pickMatrix(
  positions: readonly number[],
  counts: readonly number[],
  C: number,
  T: number,
): Float32Array {
  const out = new Float32Array(positions.length * C * T);
  positions.forEach((first, b) => {
    for (let c = 0; c < counts[b]!; c++) out[(b * C + c) * T + first + c] = 1;
  });
  return out;
}
