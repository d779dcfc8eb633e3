import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../../engine/types';
import { maskedMean } from './masked';
import { clip, exp, log } from './nan-safe';

/** Probabilities are kept this far from 1, where −log(1 − p) has no end. */
const MARGIN = 1e-6;

/**
 * Unlikelihood of tokens, nats: mean of −log(1 − p) over the mask (Welleck et al. 2019, eq. 5 and 6).
 * `logProbs` [B, C] under the policy. 0 for impossible tokens, large for certain ones; its gradient with
 * respect to log p is p/(1 − p), so tokens that are already unlikely are left alone.
 */
export function unlikelihoodLoss(logProbs: tf.Tensor, mask: tf.Tensor): tf.Scalar {
  const p = tf.mul(exp(logProbs), mask); // 0 outside the mask: log(1 − 0) adds nothing
  return tf.neg(maskedMean(log(clip(tf.sub(1, p), MARGIN, 1)), mask)) as tf.Scalar;
}

/**
 * Likelihood of the chosen answers and `coefficient` times the unlikelihood of the rejected ones, over a batch whose
 * first half are the chosen, whose second half the rejected answers. Wants logProbs.
 */
export function unlikelihoodOnPairs(coefficient: number): LossFunction {
  const form: LossFunction = ({ logProbs, mask }) => {
    const [rows, cols] = logProbs.shape;
    const half = (x: tf.Tensor2D, from: number) => tf.slice2d(x, [from, 0], [rows / 2, cols]);
    const likelihood = tf.neg(maskedMean(half(logProbs, 0), half(mask, 0)));
    const unlikelihood = unlikelihoodLoss(half(logProbs, rows / 2), half(mask, rows / 2));
    const sum = (from: number) => tf.mean(tf.sum(half(logProbs, from), 1)) as tf.Scalar;
    return {
      loss: tf.add(likelihood, tf.mul(coefficient, unlikelihood)) as tf.Scalar,
      metrics: {
        'loss/likelihood': likelihood as tf.Scalar,
        'loss/unlikelihood': unlikelihood,
        'logps/chosen': sum(0),
        'logps/rejected': sum(rows / 2),
      },
    };
  };
  return Object.assign(form, {
    kernel: {
      operation: 'likelihoodLoss',
      likely: 'first half',
      likelihoodCoef: 1,
      unlikelihoodCoef: coefficient,
      metrics: ['loss/likelihood', 'loss/unlikelihood', 'logps/chosen', 'logps/rejected'],
    },
  } satisfies Pick<LossFunction, 'kernel'>);
}
