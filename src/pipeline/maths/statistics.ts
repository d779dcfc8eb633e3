/** Sum, in order. */
export const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Mean; 0 of an empty list. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return values.length ? sum / values.length : 0;
}

/** Share of comparisons won (margin above 0), ties half; undefined where nothing was compared. */
export const shareWon = (margins: readonly number[]): number | undefined =>
  margins.length ? mean(margins.map((m) => (m > 0 ? 1 : m === 0 ? 0.5 : 0))) : undefined;

/** Sample standard deviation (n − 1); 0 with fewer than two values. */
export function standardDeviation(values: ArrayLike<number>): number {
  if (values.length < 2) return 0;
  const m = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! - m) ** 2;
  return Math.sqrt(sum / (values.length - 1));
}

/** Pearson's correlation of paired values; undefined where one of them never differs. */
export function correlation(xs: ArrayLike<number>, ys: ArrayLike<number>): number | undefined {
  const [mx, my] = [mean(xs), mean(ys)];
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < xs.length; i++) {
    const [x, y] = [xs[i]! - mx, ys[i]! - my];
    xy += x * y;
    xx += x * x;
    yy += y * y;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : undefined;
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

/**
 * Share of comparisons that would be won if both answers were equally long, in [0, 1]: a logistic regression
 * of winning (gold higher; ties half) on tanh(Δ length / its standard deviation) over the prompts, read where
 * the difference is 0 (Dubois et al. 2024, length-controlled AlpacaEval, without its term for the difficulty
 * of each instruction). Equal to the raw win rate when lengths never differ. A weak ridge (one tenth of an
 * observation) keeps it finite when everything is won.
 */
export function lengthControlledWinRate(
  mine: { gold: ArrayLike<number>; length: ArrayLike<number> },
  theirs: { gold: ArrayLike<number>; length: ArrayLike<number> },
): number {
  const n = mine.gold.length;
  const won = Array.from({ length: n }, (_, i) =>
    mine.gold[i]! > theirs.gold[i]! ? 1 : mine.gold[i]! === theirs.gold[i]! ? 0.5 : 0,
  );
  const longer = won.map((_, i) => mine.length[i]! - theirs.length[i]!);
  const deviation = standardDeviation(longer);
  if (deviation === 0) return mean(won);
  const x = longer.map((d) => Math.tanh(d / deviation));
  const RIDGE = 0.1;
  let [intercept, slope] = [0, 0];
  for (let step = 0; step < 50; step++) {
    let [g0, g1, h00, h01, h11] = [-RIDGE * intercept, -RIDGE * slope, RIDGE, 0, RIDGE];
    for (let i = 0; i < n; i++) {
      const p = 1 / (1 + Math.exp(-(intercept + slope * x[i]!)));
      g0 += won[i]! - p;
      g1 += (won[i]! - p) * x[i]!;
      h00 += p * (1 - p);
      h01 += p * (1 - p) * x[i]!;
      h11 += p * (1 - p) * x[i]! * x[i]!;
    }
    const determinant = h00 * h11 - h01 * h01;
    const [d0, d1] = [(h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant];
    intercept += d0;
    slope += d1;
    if (Math.abs(d0) + Math.abs(d1) < 1e-10) break;
  }
  return 1 / (1 + Math.exp(-intercept));
}

/**
 * Two-sided 95 % quantile of Student's t with a whole number of degrees of freedom, ≥ 1: the t with
 * P(−t < T < t) = 0.95. The probability is a finite sum in θ = arctan(t/√df) (Abramowitz & Stegun 1964, 26.7.3
 * and 26.7.4), rising in θ, so its root is bracketed and halved down to float64.
 */
export function studentT95(df: number): number {
  if (!(Number.isInteger(df) && df >= 1)) throw new RangeError(`Student's t with ${df} degrees of freedom`);
  let [low, high] = [0, Math.PI / 2];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (withinAngle(middle, df) < 0.95) low = middle;
    else high = middle;
  }
  return Math.sqrt(df) * Math.tan((low + high) / 2);
}

/** P(|T| < √df·tan θ) for Student's t. */
function withinAngle(theta: number, df: number): number {
  const odd = df % 2 === 1;
  const [sine, cosine] = [Math.sin(theta), Math.cos(theta)];
  let term = odd ? cosine : 1;
  let sum = 0;
  for (let k = odd ? 1 : 0; k <= df - 2; k += 2) {
    sum += term;
    term *= (cosine * cosine * (k + 1)) / (k + 2);
  }
  return odd ? (2 / Math.PI) * (theta + sine * sum) : sine * sum;
}
