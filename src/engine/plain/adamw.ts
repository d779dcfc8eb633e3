import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D } from '@tensorflow/tfjs-core';
import type { AdamWOptions } from '../types';

/** Parameters and both moments, each one flat buffer of N floats. */
export type AdamWState = { p: Tensor1D; m: Tensor1D; v: Tensor1D };

/** Global L2 norm. Summed in two levels, so that float32 stays accurate over a million numbers. N is a multiple of 64. */
export function globalNorm(g: Tensor1D): Scalar {
  return tf.sqrt(tf.sum(tf.sum(tf.square(tf.reshape(g, [-1, 64])), 1)));
}

/**
 * One step of AdamW (Loshchilov & Hutter 2019, algorithm 2) as in torch.optim.AdamW, after clipping as in
 * torch.nn.utils.clip_grad_norm_: g ← g · min(1, max/(‖g‖ + 1e−6)).
 *
 * @param decay [N] 1 where weight decay applies
 * @param step number of this step, from 1
 */
export function adamwStep(
  { p, m, v }: AdamWState,
  g: Tensor1D,
  norm: Scalar,
  decay: Tensor1D,
  step: number,
  options: AdamWOptions,
): AdamWState {
  const { learningRate, beta1, beta2, epsilon, weightDecay, maxGradNorm } = options;
  if (maxGradNorm !== null && maxGradNorm < Infinity)
    // a norm that is not a number comes first: WebAssembly's `minimum` drops it as the second operand
    g = tf.mul(g, tf.minimum(tf.div(maxGradNorm, tf.add(norm, 1e-6)), 1));
  const m1: Tensor1D = tf.add(tf.mul(m, beta1), tf.mul(g, 1 - beta1));
  const v1: Tensor1D = tf.add(tf.mul(v, beta2), tf.mul(tf.square(g), 1 - beta2));
  const denominator = tf.add(tf.mul(tf.sqrt(v1), 1 / Math.sqrt(1 - beta2 ** step)), epsilon);
  const move = tf.mul(tf.div(m1, denominator), learningRate / (1 - beta1 ** step));
  const kept = weightDecay === 0 ? p : tf.sub(p, tf.mul(tf.mul(p, decay), learningRate * weightDecay));
  return { p: tf.sub(kept, move), m: m1, v: v1 };
}
