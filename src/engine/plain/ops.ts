import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { LAYER_NORM_EPSILON } from '../../kernels/kernels';

type Ternary = (a: Tensor, b: Tensor, c: Tensor) => Tensor;

/** x·W + b for x [N, in], W [in, out], b [out]. */
export function linear(x: Tensor2D, weight: Tensor2D, bias: Tensor1D): Tensor2D {
  return tf.add(tf.matMul(x, weight), bias);
}

const GELU_C = Math.sqrt(2 / Math.PI);

/** σ(2u), u = √(2/π)(x + 0.044715 x³); clamped where σ is 0 or 1 in float32, as WebGL's exp would overflow (NaN comes back with the x before it). */
function geluGate(x: Tensor): Tensor {
  const u2 = tf.mul(x, tf.add(tf.mul(tf.square(x), 2 * GELU_C * 0.044715), 2 * GELU_C));
  return tf.sigmoid(tf.clipByValue(u2, -30, 30));
}

/**
 * GELU, tanh form (Hendrycks & Gimpel 2016), as in GPT-2: ½x(1 + tanh u) = x σ(2u).
 * Derivative: σ(2u) + x σ(2u)(1 − σ(2u)) · 2√(2/π)(1 + 3 · 0.044715 x²).
 */
export const gelu = tf.customGrad((...args: unknown[]) => {
  const [x, save] = args as [Tensor, (saved: Tensor[]) => void];
  const gate = geluGate(x);
  save([x, gate]);
  const gradFunc = (dy: Tensor, saved: Tensor[]) => {
    const [x, gate] = saved as [Tensor, Tensor];
    const du2 = tf.add(tf.mul(tf.square(x), 6 * GELU_C * 0.044715), 2 * GELU_C);
    const spread = tf.mul(gate, tf.sub(1, gate));
    return tf.mul(dy, tf.add(gate, tf.mul(tf.mul(x, spread), du2)));
  };
  return { value: tf.mul(x, gate), gradFunc };
}) as <T extends Tensor>(x: T) => T;

/**
 * Layer normalisation over the last axis of x [N, d] (Ba et al. 2016), γ and β [d].
 * With g = dy·γ and x̂ = (x − μ)/σ: dx = (g − mean g − x̂ · mean(g x̂)) / σ.
 */
const layerNormWithGradient = tf.customGrad((...args: unknown[]) => {
  const [x, gamma, beta, save] = args as [Tensor, Tensor, Tensor, (saved: Tensor[]) => void];
  const centred = tf.sub(x, tf.mean(x, 1, true));
  const variance = tf.mean(tf.square(centred), 1, true);
  const inverse = tf.rsqrt(tf.add(variance, LAYER_NORM_EPSILON));
  const normal = tf.mul(centred, inverse);
  save([normal, inverse, gamma]);
  const gradFunc = (dy: Tensor, saved: Tensor[]) => {
    const [normal, inverse, gamma] = saved as [Tensor, Tensor, Tensor];
    const dyNormal = tf.mul(dy, normal);
    const g = tf.mul(dy, gamma);
    const projection = tf.mul(normal, tf.mean(tf.mul(g, normal), 1, true));
    const dx = tf.mul(tf.sub(tf.sub(g, tf.mean(g, 1, true)), projection), inverse);
    return [dx, tf.sum(dyNormal, 0), tf.sum(dy, 0)];
  };
  return { value: tf.add(tf.mul(normal, gamma), beta), gradFunc };
}) as Ternary;

export function layerNorm(x: Tensor2D, gamma: Tensor1D, beta: Tensor1D): Tensor2D {
  return layerNormWithGradient(x, gamma, beta) as Tensor2D;
}

/** [N] int32 → [N, depth] float32. */
export function oneHot(ids: Tensor1D, depth: number): Tensor2D {
  return tf.cast(tf.oneHot(ids, depth), 'float32') as Tensor2D;
}
