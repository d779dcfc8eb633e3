import type { Matrix } from '../../engine/types';
import { maskedMean, zeros } from './matrix';

export interface Advantages {
  /** [B, C] */
  advantages: Matrix;
  /** advantages + values, [B, C]; from the unwhitened advantages. */
  returns: Matrix;
}

/**
 * Generalised advantage estimation (Schulman et al. 2016 eq. 16), right to left:
 * δ_t = r_t + γ·V_{t+1} − V_t, A_t = δ_t + γλ·A_{t+1}; nothing is bootstrapped after a row's last token.
 * All [B, C]; entries outside the mask are 0.
 */
export function generalizedAdvantages(
  rewards: Matrix,
  values: Matrix,
  mask: Matrix,
  gamma: number,
  lambda: number,
): Advantages {
  const { rows, cols } = rewards;
  const advantages = zeros(rows, cols);
  const returns = zeros(rows, cols);
  for (let r = 0; r < rows; r++) {
    let running = 0;
    let nextValue = 0;
    for (let c = cols - 1; c >= 0; c--) {
      const i = r * cols + c;
      if (mask.data[i] === 0) continue;
      const delta = rewards.data[i]! + gamma * nextValue - values.data[i]!;
      running = delta + gamma * lambda * running;
      nextValue = values.data[i]!;
      advantages.data[i] = running;
      returns.data[i] = running + values.data[i]!;
    }
  }
  return { advantages, returns };
}

/**
 * (x − mean)/√(var + 1e-8) over the unmasked entries, unbiased variance; masked entries stay 0.
 * `shiftMean` false keeps the mean (used for rewards, not for advantages).
 */
export function whiten(x: Matrix, mask: Matrix, shiftMean = true): Matrix {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < x.data.length; i++)
    if (mask.data[i]! > 0) {
      sum += x.data[i]!;
      count++;
    }
  const mean = count ? sum / count : 0;
  let squares = 0;
  for (let i = 0; i < x.data.length; i++) if (mask.data[i]! > 0) squares += (x.data[i]! - mean) ** 2;
  const scale = 1 / Math.sqrt((count > 1 ? squares / (count - 1) : 0) + 1e-8);
  const out = zeros(x.rows, x.cols);
  for (let i = 0; i < x.data.length; i++)
    if (mask.data[i]! > 0) out.data[i] = (x.data[i]! - mean) * scale + (shiftMean ? 0 : mean);
  return out;
}

/** 1 − Var(returns − values) / Var(returns) over the unmasked entries, [B, C] each; 1 is a perfect value function, undefined where all returns are equal. */
export function explainedVariance(values: Matrix, returns: Matrix, mask: Matrix): number | undefined {
  const variance = (of: (i: number) => number) => {
    const m: Matrix = { ...mask, data: mask.data.map((_, i) => of(i)) };
    const centre = maskedMean(m, mask);
    return maskedMean({ ...m, data: m.data.map((x) => (x - centre) ** 2) }, mask);
  };
  const all = variance((i) => returns.data[i]!);
  return all > 0 ? 1 - variance((i) => returns.data[i]! - values.data[i]!) / all : undefined;
}
