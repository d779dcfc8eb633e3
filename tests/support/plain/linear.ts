import * as tf from '@tensorflow/tfjs-core';

/** x[m, k] · w[k, n] + bias[n] (+ residual[m, n]). */
export function linear(
  x: tf.Tensor2D,
  w: tf.Tensor2D,
  bias: tf.Tensor1D,
  residual?: tf.Tensor2D,
): tf.Tensor2D {
  const y = tf.add(tf.matMul(x, w), bias) as tf.Tensor2D;
  return residual ? tf.add(y, residual) : y;
}
