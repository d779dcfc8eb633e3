import * as tf from '@tensorflow/tfjs-core';
import { maskedMean } from './masked';
import { clip, maximum } from './nan-safe';

/**
 * What a token weighs. `grpo`: answers count alike, so a token of a long answer counts less (Shao et al. 2024 eq. 3);
 * `dapo`: tokens count alike over the batch (Yu et al. 2025 eq. 8); `dr-grpo`: every token counts 1/longest answer
 * allowed, so that length changes no weight (Liu et al. 2025).
 */
export const GRPO_NORMALISATIONS = ['grpo', 'dapo', 'dr-grpo'] as const;
export type GrpoNormalisation = (typeof GRPO_NORMALISATIONS)[number];

export interface GrpoOptions {
  /** ρ is held above 1 − this where the advantage is negative; null: no clipping at all. */
  clipRange: number | null;
  /** ρ is held below 1 + this where the advantage is positive; larger than `clipRange` in DAPO ("clip-higher"). */
  clipHigh: number;
  /** Weight of the k3 estimate of KL(π ‖ π_ref) in the loss. */
  beta: number;
  normalisation: GrpoNormalisation;
  /** Longest answer allowed, tokens. */
  maxLength: number;
}

export interface GrpoLoss {
  loss: tf.Scalar;
  /** Share of tokens where the clipped branch is the larger loss. */
  clipFraction: tf.Scalar;
  /** Mean over tokens of the k3 estimate of KL(π ‖ π_ref), nats. */
  kl: tf.Scalar;
  /** ½·E[(log ratio)²], nats: the quadratic estimate of KL(old ‖ new). */
  approxKl: tf.Scalar;
  ratioMean: tf.Scalar;
  ratioVar: tf.Scalar;
}

/**
 * GRPO: l = −min(ρA, clip(ρ, 1 − ε, 1 + ε_high)A) + β·k3 per token, ρ = exp(log π − log π_old),
 * k3 = exp(d) − d − 1 with d = log π_ref − log π (Shao et al. 2024 eq. 3, 4). `logProbs`, `old`, `reference` and `mask`
 * [B, C]; `advantages` [B, 1], one for all tokens of an answer.
 */
export function grpoLoss(
  logProbs: tf.Tensor,
  old: tf.Tensor,
  reference: tf.Tensor,
  advantages: tf.Tensor,
  mask: tf.Tensor,
  { clipRange, clipHigh, beta, normalisation, maxLength }: GrpoOptions,
): GrpoLoss {
  const logRatio = tf.mul(tf.sub(logProbs, old), mask);
  const ratio = tf.exp(logRatio);
  const unclipped = tf.neg(tf.mul(advantages, ratio));
  const clipped =
    clipRange === null ? unclipped : tf.neg(tf.mul(advantages, clip(ratio, 1 - clipRange, 1 + clipHigh)));
  const away = tf.mul(tf.sub(reference, logProbs), mask);
  const kl = tf.sub(tf.sub(tf.exp(away), away), 1);
  const surrogate = clipRange === null ? unclipped : maximum(unclipped, clipped);
  const perToken = beta === 0 ? surrogate : tf.add(surrogate, tf.mul(beta, kl));
  const ratioMean = maskedMean(ratio, mask);
  return {
    loss: normalised(perToken, mask, normalisation, maxLength),
    clipFraction: maskedMean(tf.cast(tf.greater(clipped, unclipped), 'float32'), mask),
    kl: maskedMean(kl, mask),
    approxKl: tf.mul(0.5, maskedMean(tf.square(logRatio), mask)) as tf.Scalar,
    ratioMean,
    ratioVar: maskedMean(tf.square(tf.sub(ratio, ratioMean)), mask),
  };
}

function normalised(
  perToken: tf.Tensor,
  mask: tf.Tensor,
  normalisation: GrpoNormalisation,
  maxLength: number,
): tf.Scalar {
  const rows = tf.sum(tf.mul(perToken, mask), 1);
  switch (normalisation) {
    case 'grpo':
      return tf.mean(tf.div(rows, maximum(tf.sum(mask, 1), tf.onesLike(rows)))) as tf.Scalar;
    case 'dapo':
      return maskedMean(perToken, mask);
    case 'dr-grpo':
      return tf.div(tf.mean(rows), maxLength) as tf.Scalar;
    default:
      normalisation satisfies never;
      throw new RangeError(`unknown normalisation: ${String(normalisation)}`);
  }
}
