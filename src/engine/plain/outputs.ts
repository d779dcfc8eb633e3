import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { GptConfig } from '../../model/config';
import type { Outputs, Wanted } from '../types';
import { attentionMask, pickMatrix, type PackedBatch } from './batch';
import { headOf, hiddenStates, logitsOf, type Weights } from './forward';
import { oneHot } from './ops';

/** Hidden states of a packed batch, [B, T, d]. */
function hiddenOf(weights: Weights, config: GptConfig, batch: PackedBatch): Tensor3D {
  const { B, T, prefixes } = batch;
  const mask = tf.tensor3d(attentionMask(T, prefixes), [prefixes ? B : 1, T, T]);
  return hiddenStates(weights, config, batch.ids, B, T, mask);
}

/** Hidden states at the positions that predict the completion tokens, [B·C, d]. Column c is position start − 1 + c. */
function predictors(hidden: Tensor3D, { B, T, C, starts, lengths }: PackedBatch): Tensor2D {
  const d = hidden.shape[2];
  const first = starts[0]!;
  if (starts.every((s) => s === first))
    return tf.reshape(tf.slice(hidden, [0, first - 1, 0], [B, C, d]), [B * C, d]);
  const positions = starts.map((s) => s - 1);
  const counts = starts.map((s, b) => lengths[b]! - s);
  return tf.reshape(tf.matMul(tf.tensor3d(pickMatrix(positions, counts, C, T), [B, C, T]), hidden), [
    B * C,
    d,
  ]);
}

/** Hidden states at each row's last token, [B, d]. */
function lastHidden(hidden: Tensor3D, { B, T, lengths }: PackedBatch): Tensor2D {
  const last = lengths.map((n) => n - 1);
  const ones = lengths.map(() => 1);
  const pick = tf.tensor3d(pickMatrix(last, ones, 1, T), [B, 1, T]);
  return tf.reshape(tf.matMul(pick, hidden), [B, hidden.shape[2]]);
}

/** Logits after each row's last token, [B, V]. */
export function nextLogitsOf(weights: Weights, config: GptConfig, batch: PackedBatch): Tensor2D {
  return logitsOf(weights, lastHidden(hiddenOf(weights, config, batch), batch));
}

/** The wanted outputs; reading one that was not wanted throws instead of giving zeros. */
export function outputsOf(weights: Weights, config: GptConfig, batch: PackedBatch, want: Wanted): Outputs {
  const { B, C } = batch;
  const hidden = hiddenOf(weights, config, batch);
  const mask = tf.tensor2d(batch.mask, [B, C]);
  const column = (x: Tensor1D) => tf.mul(tf.reshape(x, [B, C]), mask) as Tensor2D;
  const found: Partial<Outputs> = { mask };
  if (C > 0 && (want.logProbs || want.entropy || want.values)) {
    const states = predictors(hidden, batch);
    if (want.values) found.values = column(headOf(weights, states));
    if (want.logProbs || want.entropy) {
      const logits = logitsOf(weights, states);
      const logP = tf.logSoftmax(logits);
      const picked = oneHot(tf.tensor1d(batch.targets, 'int32'), config.vocabSize);
      if (want.logProbs) found.logProbs = column(tf.sum(tf.mul(logP, picked), 1));
      if (want.entropy) found.entropy = column(tf.neg(tf.sum(tf.mul(tf.exp(logP), logP), 1)));
    }
  } else {
    for (const name of ['logProbs', 'entropy', 'values'] as const)
      if (want[name]) found[name] = tf.zeros([B, C]);
  }
  if (want.scores) found.scores = headOf(weights, lastHidden(hidden, batch));
  return guard(found);
}

function guard(found: Partial<Outputs>): Outputs {
  const outputs = {};
  for (const name of ['logProbs', 'entropy', 'values', 'scores', 'mask'] as const)
    Object.defineProperty(outputs, name, {
      enumerable: found[name] !== undefined,
      get() {
        if (!found[name]) throw new TypeError(`the loss reads '${name}', which its term does not want`);
        return found[name];
      },
    });
  return outputs as Outputs;
}
