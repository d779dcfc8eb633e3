import type { Matrix } from '../../engine/types';
import { rowSums, zeros, zipWith } from './matrix';

/**
 * Per-token estimators of KL(π ‖ ref) from samples of π, nats (Schulman 2020, "Approximating KL
 * divergence"), with log r = log ref − log π: k1 = −log r (unbiased, can be negative), k2 = ½(log r)²
 * (low variance, biased), k3 = r − 1 − log r (unbiased, never negative).
 */
export const klEstimators = {
  k1: (policy: Matrix, reference: Matrix, mask: Matrix): Matrix =>
    zipWith((p, q, m) => (m ? p - q : 0), policy, reference, mask),
  k2: (policy: Matrix, reference: Matrix, mask: Matrix): Matrix =>
    zipWith((p, q, m) => (m ? 0.5 * (q - p) ** 2 : 0), policy, reference, mask),
  k3: (policy: Matrix, reference: Matrix, mask: Matrix): Matrix =>
    zipWith((p, q, m) => (m ? Math.exp(q - p) - 1 - (q - p) : 0), policy, reference, mask),
};

/** KL of each sampled sequence: the sum of k1 over its completion tokens, [B] nats. */
export const sequenceKl = (policy: Matrix, reference: Matrix, mask: Matrix): Float64Array =>
  rowSums(klEstimators.k1(policy, reference, mask));

/**
 * Reward of each token: −klCoef·k1, and the sequence's score on its last unmasked token
 * (Ziegler et al. 2019; Ouyang et al. 2022 eq. 2). `kl` and `mask` [B, C], `scores` [B].
 */
export function penalisedRewards(
  kl: Matrix,
  mask: Matrix,
  scores: ArrayLike<number>,
  klCoef: number,
): Matrix {
  const rewards = zeros(kl.rows, kl.cols);
  for (let r = 0; r < kl.rows; r++) {
    let last = -1;
    for (let c = 0; c < kl.cols; c++) {
      const i = r * kl.cols + c;
      if (mask.data[i] === 0) continue;
      rewards.data[i] = -klCoef * kl.data[i]!;
      last = i;
    }
    if (last >= 0) rewards.data[last]! += scores[r]!;
  }
  return rewards;
}

/**
 * Adaptive KL coefficient (Ziegler et al. 2019 §2.2): proportional control towards `target` nats per
 * sequence, error clipped to ±0.2. `samples` is the number of sequences behind `observedKl`. A batch longer than the
 * horizon counts as one horizon, so that no step is larger than ±20 % (theirs are 0.1 of the error): the coefficient
 * keeps its sign. From 0 it never moves.
 */
export function adaptKlCoef(
  klCoef: number,
  observedKl: number,
  { target, horizon, samples }: { target: number; horizon: number; samples: number },
): number {
  const error = Math.min(0.2, Math.max(-0.2, observedKl / target - 1));
  return klCoef * (1 + error * Math.min(1, samples / horizon));
}

/** Analytic KL of best-of-n from the policy it samples, nats: ln n − (n − 1)/n (Stiennon et al. 2020, G.3). */
export const bestOfNKl = (n: number): number => Math.log(n) - (n - 1) / n;
