import * as tf from '@tensorflow/tfjs-core';

/** From logits[r, V]: log-probability of labels[r] and entropy of the distribution, nats. */
export function tokenLogProb(
  logits: tf.Tensor2D,
  labels: readonly number[],
): { logProbs: tf.Tensor1D; entropy: tf.Tensor1D } {
  const logP = tf.logSoftmax(logits);
  const picked = tf.cast(tf.oneHot(tf.tensor1d([...labels], 'int32'), logits.shape[1]), 'float32');
  return {
    logProbs: tf.sum(tf.mul(logP, picked), 1),
    entropy: tf.neg(tf.sum(tf.mul(tf.exp(logP), logP), 1)),
  };
}
