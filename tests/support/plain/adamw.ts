import type { AdamWStep } from '../../../src/kernels/kernels';

export interface AdamWBuffers {
  parameters: number[];
  first: number[];
  second: number[];
}

/** √Σ x². */
export const globalNorm = (x: readonly number[]): number => Math.hypot(...x);

/** One AdamW step in place (Loshchilov & Hutter 2019; clipping as torch clip_grad_norm_). */
export function adamw(
  { parameters, first, second }: AdamWBuffers,
  gradients: readonly number[],
  decay: readonly number[],
  step: AdamWStep,
): void {
  const norm = globalNorm(gradients);
  const clip = norm > step.maxNorm ? step.maxNorm / (norm + 1e-6) : 1;
  gradients.forEach((raw, i) => {
    const g = raw * clip;
    first[i] = step.beta1 * first[i]! + (1 - step.beta1) * g;
    second[i] = step.beta2 * second[i]! + (1 - step.beta2) * g * g;
    const denominator = Math.sqrt(second[i]! / step.correction2) + step.epsilon;
    parameters[i]! -= step.learningRate * step.weightDecay * decay[i]! * parameters[i]!;
    parameters[i]! -= (step.learningRate * first[i]!) / step.correction1 / denominator;
  });
}
