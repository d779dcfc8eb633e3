import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { registerGradients } from '../../src/engine/shared/gradients';
import { rngFrom } from '../../src/random/rng';
import { openWasmKernels, type ProbedWasmKernels } from '../support/kernels';

export const BUILDS = [
  { name: 'SIMD', relaxed: false },
  { name: 'relaxed SIMD', relaxed: undefined },
] as const;

/** Kernels of one build; `undefined` takes the best that this runtime has. */
export async function openKernels(relaxed: boolean | undefined): Promise<ProbedWasmKernels> {
  registerGradients();
  await tf.setBackend('cpu');
  return openWasmKernels(relaxed);
}

/** Reproducible standard normals. */
export function normals(length: number, label: string | number = 0): Float32Array {
  const rng = rngFrom(1, 'kernels', label, length);
  return Float32Array.from({ length }, () => rng.normal());
}

export function integers(length: number, below: number, label: string | number = 0): Int32Array {
  const rng = rngFrom(2, 'kernels', label, length);
  return Int32Array.from({ length }, () => rng.int(0, below - 1));
}

export const matrix = (data: Float32Array, cols: number): tf.Tensor2D =>
  tf.tensor2d(data, [data.length / cols, cols]);

/** Value of f and the gradients of Σ f ∘ dy with respect to each input, by tfjs on its cpu backend. */
export function oracle(
  inputs: tf.Tensor[],
  f: () => tf.Tensor,
  dy: Float32Array,
): { value: Float32Array; grads: Float32Array[] } {
  const value = f();
  const seed = tf.tensor(dy, value.shape);
  const { grads } = tf
    .engine()
    .gradients(() => tf.sum(tf.mul(f(), seed)) as tf.Tensor, inputs, undefined, true);
  return {
    value: value.dataSync<'float32'>(),
    grads: grads.map((g) => g.dataSync<'float32'>()),
  };
}
