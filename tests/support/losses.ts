import * as tf from '@tensorflow/tfjs-core';
import type { Scalar } from '@tensorflow/tfjs-core';
import type { AdamWOptions, LossFunction, LossTerm, Sequence } from '../../src/engine/types';

/** Mean negative log-likelihood over the completion tokens, nats. */
export const meanNll: LossFunction = ({ logProbs, mask }) => {
  const loss = tf.neg(tf.div(tf.sum(logProbs), tf.sum(mask))) as Scalar;
  return { loss, metrics: { nll: loss } };
};

export const pretrainTerm = (rows: readonly (readonly number[])[]): LossTerm => ({
  batch: rows.map((ids) => ({ ids, start: 1 })),
  want: { logProbs: true },
  loss: meanNll,
});

/** Reads every output, so that every path has a gradient. Columns weigh differently, so that a shift shows. */
export const everything: LossFunction = ({ logProbs, entropy, values, scores, mask }) => {
  const [B, C] = mask.shape;
  const weight = tf.reshape(tf.div(tf.range(1, B * C + 1), B * C), [B, C]);
  const part = (x: tf.Tensor) => tf.sum(tf.mul(x, weight));
  const loss = tf.addN([
    part(logProbs),
    tf.mul(part(entropy), 0.3),
    part(tf.square(values)),
    tf.sum(tf.square(tf.add(scores, 1))),
  ]) as Scalar;
  return { loss, metrics: { entropy: tf.sum(entropy) as Scalar } };
};

export const wantAll = { logProbs: true, entropy: true, values: true, scores: true } as const;

/** Ragged rows, different starts, one prefix-LM row. Ids below 11. */
export const raggedBatch: Sequence[] = [
  { ids: [1, 5, 6, 7, 2], start: 3 },
  { ids: [1, 4, 8, 9, 10, 3, 2], start: 4, prefix: 4 },
  { ids: [1, 9, 9, 2], start: 1 },
  { ids: [1, 3, 4], start: 3 },
];

export const adam: AdamWOptions = {
  learningRate: 3e-2,
  beta1: 0.9,
  beta2: 0.95,
  epsilon: 1e-8,
  weightDecay: 0.01,
  maxGradNorm: 1,
};

/** Ragged rows as a matrix, 0 behind their ends. */
export function padded(rows: readonly (readonly number[])[]): tf.Tensor2D {
  const cols = Math.max(...rows.map((row) => row.length));
  return tf.tensor2d(rows.map((row) => [...row, ...Array.from({ length: cols - row.length }, () => 0)]));
}

/** The rows of a matrix, as long as they were before they were padded. */
export function unpadded(matrix: tf.Tensor, lengths: readonly number[]): number[][] {
  const cols = matrix.shape[1]!;
  const data = matrix.dataSync();
  return lengths.map((n, i) => Array.from(data.slice(i * cols, i * cols + n)));
}
