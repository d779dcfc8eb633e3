import * as tf from '@tensorflow/tfjs-core';

/** ½x(1 + tanh(√(2/π)(x + 0.044715x³))) (Hendrycks & Gimpel 2016, as in GPT-2). */
export function gelu<T extends tf.Tensor>(x: T): T {
  const cube = tf.mul(x, tf.square(x));
  const u = tf.mul(tf.add(x, tf.mul(cube, 0.044715)), Math.sqrt(2 / Math.PI));
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(u), 1));
}
