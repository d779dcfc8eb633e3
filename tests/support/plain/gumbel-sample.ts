import { gumbelRow } from '../../../src/random/noise';

/** argmax of logits[v] / temperature + Gumbel noise over ids that are not banned; temperature 0: no noise. */
export function gumbelSample(
  logits: ArrayLike<number>,
  temperature: number,
  banned: readonly number[],
  at: { key: number; row: number; step: number },
): number {
  const noise = new Float32Array(logits.length);
  if (temperature > 0) gumbelRow(at.key, at.row, at.step, noise);
  let best = -1;
  let top = -Infinity;
  for (let j = 0; j < logits.length; j++) {
    const value = logits[j]! / (temperature || 1) + noise[j]!;
    if (value > top && !banned.includes(j)) [best, top] = [j, value];
  }
  return best;
}
