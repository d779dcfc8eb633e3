import type { AdamWOptions } from '../../engine/types';

/** Linear warm-up, then cosine decay to `finalFraction` of the peak. `step` counts from 0. */
export function cosineSchedule(
  step: number,
  steps: number,
  peak: number,
  warmup: number,
  finalFraction = 0.1,
): number {
  const cosine = 0.5 * (1 + Math.cos((Math.PI * step) / steps));
  return peak * Math.min(1, (step + 1) / warmup) * (finalFraction + (1 - finalFraction) * cosine);
}

/** Linear warm-up, then constant. `step` counts from 0. */
export const warmupSchedule = (step: number, peak: number, warmup: number): number =>
  peak * Math.min(1, (step + 1) / warmup);

/** AdamW as used by every stage: β = (.9, .98), clipping at 1; stages override what differs. */
export const adamw = (learningRate: number, overrides: Partial<AdamWOptions> = {}): AdamWOptions => ({
  learningRate,
  beta1: 0.9,
  beta2: 0.98,
  epsilon: 1e-8,
  weightDecay: 0,
  maxGradNorm: 1,
  ...overrides,
});
