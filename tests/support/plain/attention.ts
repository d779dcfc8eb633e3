import * as tf from '@tensorflow/tfjs-core';

/** Attention of one row (Vaswani et al. 2017): qkv[T, 3d] → [T, d]; causal but for the two-way prefix. */
export function attention(qkv: tf.Tensor2D, heads: number, prefix: number): tf.Tensor2D {
  const [T, width] = qkv.shape;
  const headDim = width / 3 / heads;
  const hidden = (i: number, j: number) => j > i && !(i < prefix && j < prefix);
  const mask = tf.tensor2d(
    Array.from({ length: T * T }, (_, at) => (hidden(Math.floor(at / T), at % T) ? -1e4 : 0)),
    [T, T],
  );
  const part = (which: number, h: number) =>
    tf.slice(qkv, [0, (which * heads + h) * headDim], [T, headDim]) as tf.Tensor2D;
  const outputs = Array.from({ length: heads }, (_, h) => {
    const scores = tf.matMul(part(0, h), tf.transpose(part(1, h)));
    const p = tf.softmax(tf.add(tf.div(scores, Math.sqrt(headDim)), mask)) as tf.Tensor2D;
    return tf.matMul(p, part(2, h));
  });
  return tf.concat(outputs, 1) as tf.Tensor2D;
}
