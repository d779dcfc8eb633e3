import * as tf from '@tensorflow/tfjs-core';

/**
 * Operations of losses through which "not a number" passes on every backend, so that a model that has diverged
 * never shows an ordinary loss. In tfjs it becomes a number in `clipByValue` (WebAssembly, WebGPU), `relu6` and
 * the second operand of `maximum` and `minimum` (WebAssembly), infinity in `softplus` (WebGL,
 * WebGPU) and whatever the driver makes of it in `exp` and `log` (WebGPU); on WebGL 0/0 is 1. Values and
 * gradients of numbers are those of tfjs, bit for bit.
 */

/** y, but x wherever x is not a number. Shapes equal. */
export const orNaNOf = (x: tf.Tensor, y: tf.Tensor): tf.Tensor => tf.where(tf.isNaN(x), x, y);

/** x held between two bounds; the gradient passes where x lies between them, bounds included. */
export const clip = (x: tf.Tensor, low: number, high: number): tf.Tensor =>
  orNaNOf(x, tf.clipByValue(x, low, high));

/** e to the power of x. */
export const exp = (x: tf.Tensor): tf.Tensor => orNaNOf(x, tf.exp(x));

/** Natural logarithm. */
export const log = (x: tf.Tensor): tf.Tensor => orNaNOf(x, tf.log(x));

/** The larger of a and b, which has the gradient; a where they are equal. Shapes equal. */
export const maximum = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => orNaNOf(b, tf.maximum(a, b)); // a passes by itself
