import * as tf from '@tensorflow/tfjs-core';

/** x[index], 0 where the index is negative: [cells]. */
export const gatherCells = (x: tf.Tensor1D, index: tf.Tensor1D) => {
  const found = tf.gather(x, tf.cast(tf.maximum(index, 0), 'int32'));
  return tf.where(tf.less(index, 0), tf.zerosLike(found), found) as tf.Tensor1D;
};
