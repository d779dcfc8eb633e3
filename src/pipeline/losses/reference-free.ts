import * as tf from '@tensorflow/tfjs-core';
import { logSigmoid } from './masked';
import { log, maximum } from './nan-safe';

/** A mean probability is kept this far from 1, where its odds have no end. */
const MARGIN = 1e-6;

/** Mean log-prob of the completion tokens of each row, nats, [B]; `logProbs` and `mask` [B, C]. */
export const meanLogProbs = (logProbs: tf.Tensor, mask: tf.Tensor): tf.Tensor1D => {
  const tokens = tf.sum(mask, 1);
  return tf.div(tf.sum(logProbs, 1), maximum(tokens, tf.onesLike(tokens)));
};

/**
 * SimPO (Meng et al. 2024 eq. 6): −log σ(β·c − β·r − γ) on mean log-probs per token of the chosen and the rejected
 * answers, [P] each, nats. No reference; γ is the margin by which chosen answers should win.
 */
export const simpoLoss = (
  chosen: tf.Tensor1D,
  rejected: tf.Tensor1D,
  { beta, gamma }: { beta: number; gamma: number },
): tf.Tensor1D => tf.neg(logSigmoid(tf.sub(tf.mul(beta, tf.sub(chosen, rejected)), gamma))) as tf.Tensor1D;

/**
 * log of the odds ratio p/(1 − p) of chosen to rejected answers, p = exp(mean log-prob per token), [P] each
 * (Hong et al. 2024 eq. 4, 5).
 */
export function logOddsRatio(chosen: tf.Tensor1D, rejected: tf.Tensor1D): tf.Tensor1D {
  const logOdds = (x: tf.Tensor) => {
    const left = tf.neg(tf.expm1(x));
    return tf.sub(x, log(maximum(left, tf.fill(left.shape, MARGIN))));
  };
  return tf.sub(logOdds(chosen), logOdds(rejected));
}

/** ORPO's second term (Hong et al. 2024 eq. 7): −log σ(log odds ratio), [P]. */
export const orpoOddsLoss = (chosen: tf.Tensor1D, rejected: tf.Tensor1D): tf.Tensor1D =>
  tf.neg(logSigmoid(logOddsRatio(chosen, rejected))) as tf.Tensor1D;
