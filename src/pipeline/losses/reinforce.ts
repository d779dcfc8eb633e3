import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction, Matrix } from '../../engine/types';

/**
 * REINFORCE on whole answers: L = −mean over answers of A·Σ_t log π(y_t) (Williams 1992; Ahmadian et al. 2024 eq. 5).
 * `advantages` [B], one for each answer, no gradient; the length of an answer is not divided out.
 */
export function reinforceLoss(advantages: readonly number[]): LossFunction {
  const rows = advantages.length;
  const loss: LossFunction = ({ logProbs }) => {
    const answers = tf.sum(logProbs, 1); // 0 outside the mask
    return { loss: tf.neg(tf.mean(tf.mul(tf.tensor1d([...advantages]), answers))) as tf.Scalar };
  };
  loss.linearWeights = ({ cols, data }: Matrix) =>
    data.map((m, i) => (m * -advantages[Math.floor(i / cols)]!) / rows);
  return loss;
}
