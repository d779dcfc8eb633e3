/** ‖a − b‖ / ‖b‖; the plain distance if b is 0. */
export function relativeL2(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`lengths differ: ${a.length} and ${b.length}`);
  let difference = 0;
  let size = 0;
  for (let i = 0; i < a.length; i++) {
    difference += (a[i]! - b[i]!) ** 2;
    size += b[i]! ** 2;
  }
  return Math.sqrt(difference) / (Math.sqrt(size) || 1);
}

/**
 * Upper tail of the χ² distribution by the Wilson–Hilferty cube-root approximation: good to about 1e-3 for
 * 5 or more degrees of freedom, which is enough to reject at 1e-4.
 */
export function chiSquareTail(statistic: number, freedom: number): number {
  const spread = 2 / (9 * freedom);
  const z = (Math.cbrt(statistic / freedom) - (1 - spread)) / Math.sqrt(spread);
  return normalTail(z);
}

/** P(Z > z), Abramowitz & Stegun 26.2.17, absolute error below 7.5e-8. */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const poly =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly;
}

/** χ² statistic of counts against expected probabilities; cells expecting fewer than 5 are pooled. */
export function chiSquare(
  counts: ArrayLike<number>,
  probabilities: ArrayLike<number>,
): { statistic: number; freedom: number; p: number } {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i]!;
  let statistic = 0;
  let cells = 0;
  let pooledCount = 0;
  let pooledExpected = 0;
  const add = (count: number, expected: number) => {
    statistic += (count - expected) ** 2 / expected;
    cells++;
  };
  for (let i = 0; i < counts.length; i++) {
    const expected = total * probabilities[i]!;
    if (expected >= 5) add(counts[i]!, expected);
    else {
      pooledCount += counts[i]!;
      pooledExpected += expected;
    }
  }
  if (pooledExpected > 1) add(pooledCount, pooledExpected);
  return { statistic, freedom: cells - 1, p: chiSquareTail(statistic, cells - 1) };
}
