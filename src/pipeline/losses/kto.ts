import * as tf from '@tensorflow/tfjs-core';
import { orNaNOf } from './nan-safe';

export interface KtoOptions {
  /** How strongly the value saturates; the implicit KL constraint. */
  beta: number;
  /** Weight of answers labelled good, and of those labelled bad. */
  desirableWeight: number;
  undesirableWeight: number;
}

export interface KtoLoss {
  /** Per answer, [P]. */
  losses: tf.Tensor1D;
  /** Implicit rewards β·(log π − log π_ref), [P], no gradient intended. */
  rewards: tf.Tensor1D;
}

/**
 * KTO (Ethayarajh et al. 2024 eq. 8): λ_y − v with v = λ_D·σ(β(r − z₀)) for good and λ_U·σ(β(z₀ − r)) for bad answers,
 * r = log π − log π_ref. `policy` and `reference` are log-probs summed over completion tokens, [P]; `desirable` [P] is 1
 * or 0; `z0` the estimate of KL(π ‖ π_ref) on mismatched prompts and answers, ≥ 0, through which no gradient flows.
 * Labels need not come in pairs. At the reference with z₀ = 0 every loss is λ/2.
 */
export function ktoLoss(
  policy: tf.Tensor1D,
  reference: tf.Tensor1D,
  desirable: tf.Tensor1D,
  z0: number,
  { beta, desirableWeight, undesirableWeight }: KtoOptions,
): KtoLoss {
  const ratio = tf.sub(policy, reference);
  const sign = tf.sub(tf.mul(2, desirable), 1);
  const weight = tf.add(tf.mul(desirableWeight, desirable), tf.mul(undesirableWeight, tf.sub(1, desirable)));
  const surprise = tf.mul(tf.mul(beta, sign), tf.sub(ratio, z0));
  const value = orNaNOf(surprise, tf.sigmoid(surprise));
  return {
    losses: tf.mul(weight, tf.sub(1, value)) as tf.Tensor1D,
    rewards: tf.mul(beta, ratio) as tf.Tensor1D,
  };
}
