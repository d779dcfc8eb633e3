import * as tf from '@tensorflow/tfjs-core';
import { maskedMean } from './masked';
import { clip, exp, maximum } from './nan-safe';

export interface PolicyLoss {
  loss: tf.Scalar;
  /** Share of tokens where clipping cuts the gradient (the clipped branch is the larger loss). */
  clipFraction: tf.Scalar;
  /** ½·E[(log ratio)²], nats: the quadratic estimate of KL(old ‖ new). */
  approxKl: tf.Scalar;
  ratioMean: tf.Scalar;
  ratioVar: tf.Scalar;
}

/**
 * PPO's clipped surrogate, a token-level mean over the mask (Schulman et al. 2017 eq. 7):
 * L = −E[min(ρA, clip(ρ, 1−ε, 1+ε)A)], ρ = exp(log π − log π_old). All inputs [B, C].
 * `clipRange` null: the unclipped surrogate −E[ρA] (to show what breaks).
 */
export function ppoPolicyLoss(
  logProbs: tf.Tensor,
  oldLogProbs: tf.Tensor,
  advantages: tf.Tensor,
  mask: tf.Tensor,
  clipRange: number | null,
): PolicyLoss {
  const logRatio = tf.mul(tf.sub(logProbs, oldLogProbs), mask);
  const ratio = exp(logRatio);
  const unclipped = tf.neg(tf.mul(advantages, ratio));
  const clipped =
    clipRange === null ? unclipped : tf.neg(tf.mul(advantages, clip(ratio, 1 - clipRange, 1 + clipRange)));
  const ratioMean = maskedMean(ratio, mask);
  return {
    loss: maskedMean(clipRange === null ? unclipped : maximum(unclipped, clipped), mask),
    clipFraction: maskedMean(tf.cast(tf.greater(clipped, unclipped), 'float32'), mask),
    approxKl: tf.mul(0.5, maskedMean(tf.square(logRatio), mask)) as tf.Scalar,
    ratioMean,
    ratioVar: maskedMean(tf.square(tf.sub(ratio, ratioMean)), mask),
  };
}

export interface ValueLoss {
  loss: tf.Scalar;
  clipFraction: tf.Scalar;
}

/**
 * Clipped value loss, token-level mean over the mask, [B, C] inputs:
 * ½·E[max((V − R)², (clip(V, V_old − ε, V_old + ε) − R)²)], as in the reference implementations of PPO.
 * `clipRange` null: plain ½·E[(V − R)²].
 */
export function ppoValueLoss(
  values: tf.Tensor,
  oldValues: tf.Tensor,
  returns: tf.Tensor,
  mask: tf.Tensor,
  clipRange: number | null,
): ValueLoss {
  const error = tf.square(tf.sub(values, returns));
  if (clipRange === null)
    return { loss: tf.mul(0.5, maskedMean(error, mask)) as tf.Scalar, clipFraction: tf.scalar(0) };
  const moved = tf.sub(values, oldValues);
  const clamped = clip(moved, -clipRange, clipRange);
  const near = tf.add(oldValues, clamped);
  const clippedError = tf.square(tf.sub(near, returns));
  return {
    loss: tf.mul(0.5, maskedMean(maximum(error, clippedError), mask)) as tf.Scalar,
    // old + (V − old) is V only up to rounding: what was not clamped was not clipped
    clipFraction: maskedMean(
      tf.mul(
        tf.cast(tf.notEqual(clamped, moved), 'float32'),
        tf.cast(tf.greater(clippedError, error), 'float32'),
      ),
      mask,
    ),
  };
}
