import * as tf from '@tensorflow/tfjs-core';

/** Mean of `x` over the entries where `mask` is 1. Shapes equal; at least one entry must be unmasked. */
export const maskedMean = (x: tf.Tensor, mask: tf.Tensor): tf.Scalar =>
  tf.div(tf.sum(tf.mul(x, mask)), tf.sum(mask)) as tf.Scalar;

/** log σ(x), stable for large |x|: −softplus(−x). */
export const logSigmoid = (x: tf.Tensor): tf.Tensor => tf.neg(tf.softplus(tf.neg(x)));

/** Share of pairs with `a` above `b`, ties half, [P] each: a model that tells nothing apart gets one half. */
export const shareGreater = (a: tf.Tensor1D, b: tf.Tensor1D): tf.Scalar => {
  const share = (of: tf.Tensor) => tf.mean(tf.cast(of, 'float32'));
  return tf.mul(0.5, tf.add(share(tf.greater(a, b)), share(tf.greaterEqual(a, b)))) as tf.Scalar;
};
