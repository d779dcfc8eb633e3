import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../../engine/types';
import { logSigmoid, shareGreater } from './masked';

/**
 * Bradley–Terry loss per pair, [P] nats: −log σ(r_chosen − r_rejected − margin).
 * Ouyang et al. 2022 eq. 1; the margin, one for all pairs or [P], as in Llama 2 (Touvron et al. 2023 eq. 2).
 */
export function pairwiseRewardLoss(
  chosen: tf.Tensor1D,
  rejected: tf.Tensor1D,
  margin: tf.Tensor1D | number = 0,
): tf.Tensor1D {
  return tf.neg(logSigmoid(tf.sub(tf.sub(chosen, rejected), margin))) as tf.Tensor1D;
}

/** Loss over a batch whose first half is the chosen and second half the rejected answers of the same pairs. */
export const rewardModelLoss: LossFunction = ({ scores }) => {
  const pairs = scores.shape[0] / 2;
  const chosen = tf.slice1d(scores, 0, pairs);
  const rejected = tf.slice1d(scores, pairs, pairs);
  return {
    loss: tf.mean(pairwiseRewardLoss(chosen, rejected)) as tf.Scalar,
    metrics: {
      accuracy: shareGreater(chosen, rejected),
      margin: tf.mean(tf.sub(chosen, rejected)) as tf.Scalar,
      min_reward: tf.min(scores) as tf.Scalar,
      mean_reward: tf.mean(scores) as tf.Scalar,
      max_reward: tf.max(scores) as tf.Scalar,
    },
  };
};

rewardModelLoss.kernel = {
  operation: 'pairwiseLogisticLoss',
  metrics: ['accuracy', 'margin', 'min_reward', 'mean_reward', 'max_reward'],
};
