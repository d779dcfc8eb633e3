import * as tf from '@tensorflow/tfjs-core';

/** Mean of `x` over the entries where `mask` is 1. Shapes equal; at least one entry must be unmasked. */
export const maskedMean = (x: tf.Tensor, mask: tf.Tensor): tf.Scalar =>
  tf.div(tf.sum(tf.mul(x, mask)), tf.sum(mask)) as tf.Scalar;

/** log σ(x), stable for large |x|: −softplus(−x). */
export const logSigmoid = (x: tf.Tensor): tf.Tensor => tf.neg(tf.softplus(tf.neg(x)));
