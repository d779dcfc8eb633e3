/** Mean; 0 of an empty list. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return values.length ? sum / values.length : 0;
}

/** Sample standard deviation (n − 1); 0 with fewer than two values. */
export function standardDeviation(values: ArrayLike<number>): number {
  if (values.length < 2) return 0;
  const m = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! - m) ** 2;
  return Math.sqrt(sum / (values.length - 1));
}

export interface Interval {
  low: number;
  high: number;
}

const Z95 = 1.959963984540054;

/**
 * Wilson score interval of a binomial proportion, two-sided 95 % (Wilson 1927). `wins` may be
 * fractional (ties count half). Throws a RangeError unless 0 ≤ wins ≤ trials and trials > 0.
 */
export function wilsonInterval(wins: number, trials: number): Interval {
  if (!(trials > 0) || wins < 0 || wins > trials)
    throw new RangeError(`wilsonInterval: ${wins} wins of ${trials}`);
  const p = wins / trials;
  const z2 = Z95 * Z95;
  const centre = p + z2 / (2 * trials);
  const spread = Z95 * Math.sqrt((p * (1 - p)) / trials + z2 / (4 * trials * trials));
  const scale = 1 / (1 + z2 / trials);
  return { low: Math.max(0, (centre - spread) * scale), high: Math.min(1, (centre + spread) * scale) };
}

/** Distinct n-grams over all n-grams in the texts, 0…1 (Li et al. 2016); 0 if there is none. */
export function distinctN(texts: readonly (readonly number[])[], n: number): number {
  const seen = new Set<string>();
  let count = 0;
  for (const text of texts)
    for (let i = 0; i + n <= text.length; i++) {
      seen.add(text.slice(i, i + n).join(' '));
      count++;
    }
  return count ? seen.size / count : 0;
}
