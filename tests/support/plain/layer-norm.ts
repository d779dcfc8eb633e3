import * as tf from '@tensorflow/tfjs-core';
import { LAYER_NORM_EPSILON } from '../../../src/kernels/kernels';

/** Layer norm of x[n, d] over its last axis (Ba et al. 2016). */
export function layerNorm(x: tf.Tensor2D, weight: tf.Tensor1D, bias: tf.Tensor1D): tf.Tensor2D {
  const centred = tf.sub(x, tf.mean(x, 1, true));
  const variance = tf.mean(tf.square(centred), 1, true);
  const normal = tf.mul(centred, tf.rsqrt(tf.add(variance, LAYER_NORM_EPSILON)));
  return tf.add(tf.mul(normal, weight), bias);
}
