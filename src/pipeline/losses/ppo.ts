import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction, Matrix } from '../../engine/types';
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

/** What a minibatch was collected with, [B, C] each. */
export interface PpoTargets {
  oldLogProbs: Matrix;
  advantages: Matrix;
  oldValues: Matrix;
  returns: Matrix;
}

export interface PpoCoefficients {
  clipRange: number | null;
  valueClip: number | null;
  entropyCoef: number;
  valueCoef: number;
}

const tensor = ({ data, rows, cols }: Matrix) => tf.tensor2d(data, [rows, cols]);

/**
 * The policy's loss, less the entropy bonus, plus the value loss where the policy has the value head (`sharedValue`):
 * Schulman et al. 2017 eq. 9. Wants logProbs and entropy, and values if shared.
 */
export function ppoLoss(e: PpoTargets, s: PpoCoefficients, sharedValue: boolean): LossFunction {
  const form: LossFunction = (outputs) => {
    const { logProbs, entropy, mask } = outputs;
    const policyLoss = ppoPolicyLoss(
      logProbs,
      tensor(e.oldLogProbs),
      tensor(e.advantages),
      mask,
      s.clipRange,
    );
    const meanEntropy = maskedMean(entropy, mask);
    let loss = tf.sub(policyLoss.loss, tf.mul(s.entropyCoef, meanEntropy)) as tf.Scalar;
    const metrics: Record<string, tf.Scalar> = {
      policyLoss: policyLoss.loss,
      clipFraction: policyLoss.clipFraction,
      approxKl: policyLoss.approxKl,
      ratio: policyLoss.ratioMean,
      ratioVar: policyLoss.ratioVar,
      entropy: meanEntropy,
    };
    if (sharedValue) {
      const valueLoss = valueLossOf(outputs.values, mask, e, s.valueClip);
      loss = tf.add(loss, tf.mul(s.valueCoef, valueLoss.loss)) as tf.Scalar;
      metrics['valueLoss'] = valueLoss.loss;
      metrics['valueClipFraction'] = valueLoss.clipFraction;
    }
    return { loss, metrics };
  };
  const { oldLogProbs, advantages } = e;
  const names = ['policyLoss', 'clipFraction', 'approxKl', 'ratio', 'ratioVar', 'entropy'];
  return Object.assign(form, {
    kernel: {
      operation: 'actorCriticLoss',
      policy: { oldLogProbs, advantages, clipRange: s.clipRange, entropyCoef: s.entropyCoef },
      value: sharedValue ? valueKernel(e, s.valueClip, s.valueCoef) : null,
      metrics: sharedValue ? [...names, ...VALUE_METRICS] : names,
    },
  } satisfies Pick<LossFunction, 'kernel'>);
}

/** The loss of a value model of its own; wants values. */
export function separateValueLoss(e: PpoTargets, valueClip: number | null): LossFunction {
  const form: LossFunction = ({ values, mask }) => {
    const { loss, clipFraction } = valueLossOf(values, mask, e, valueClip);
    return { loss, metrics: { valueLoss: loss, valueClipFraction: clipFraction } };
  };
  return Object.assign(form, {
    kernel: {
      operation: 'actorCriticLoss',
      policy: null,
      value: valueKernel(e, valueClip, 1),
      metrics: [null, null, null, null, null, null, ...VALUE_METRICS],
    },
  } satisfies Pick<LossFunction, 'kernel'>);
}

const VALUE_METRICS = ['valueLoss', 'valueClipFraction'];

const valueKernel = ({ oldValues, returns }: PpoTargets, clipRange: number | null, coef: number) => ({
  oldValues,
  returns,
  clipRange,
  coef,
});

const valueLossOf = (values: tf.Tensor, mask: tf.Tensor, e: PpoTargets, clipRange: number | null) =>
  ppoValueLoss(values, tensor(e.oldValues), tensor(e.returns), mask, clipRange);
