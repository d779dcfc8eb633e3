import * as tf from '@tensorflow/tfjs-core';
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
