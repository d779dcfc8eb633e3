import * as tf from '@tensorflow/tfjs-core';

/** x[r, d] · weight[d] + bias[1] → [r]. */
export const scalarHead = (x: tf.Tensor2D, weight: tf.Tensor1D, bias: tf.Tensor1D) =>
  tf.add(tf.sum(tf.mul(x, weight), 1), bias) as tf.Tensor1D;
