import * as tf from '@tensorflow/tfjs-core';

/** wte[V, d] at ids[n] + wpe[P, d] at positions[n] → [n, d]. */
export const embedding = (wte: tf.Tensor2D, wpe: tf.Tensor2D, ids: tf.Tensor1D, positions: tf.Tensor1D) =>
  tf.add(tf.gather(wte, ids), tf.gather(wpe, positions)) as tf.Tensor2D;
