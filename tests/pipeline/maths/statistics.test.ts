import { describe, expect, it } from 'vitest';
import {
  distinctN,
  mean,
  shareWon,
  standardDeviation,
  studentT95,
  wilsonInterval,
} from '../../../src/pipeline/maths/statistics';
import { rngFrom } from '../../../src/random/rng';

describe('mean and deviation', () => {
  it('closed forms', () => {
    expect(mean([])).toBe(0);
    expect(mean([1, 2, 6])).toBe(3);
    expect(standardDeviation([])).toBe(0);
    expect(standardDeviation([5])).toBe(0);
    expect(standardDeviation([1, 2, 3, 4])).toBeCloseTo(Math.sqrt(5 / 3), 12);
    expect(standardDeviation([1e9, 1e9 + 1, 1e9 + 2])).toBeCloseTo(1, 9); // no cancellation
  });
});

describe('Student’s t', () => {
  /** Two-sided 95 % quantiles as tables print them (three decimals). */
  const TABLE: Record<number, number> = {
    1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262, 10: 2.228,
    11: 2.201, 12: 2.179, 13: 2.16, 14: 2.145, 15: 2.131, 16: 2.12, 17: 2.11, 18: 2.101, 19: 2.093, 20: 2.086,
    21: 2.08, 22: 2.074, 23: 2.069, 24: 2.064, 25: 2.06, 26: 2.056, 27: 2.052, 28: 2.048, 29: 2.045, 30: 2.042,
    40: 2.021, 50: 2.009, 60: 2, 80: 1.99, 100: 1.984, 120: 1.98, 200: 1.972,
  }; // prettier-ignore

  it('has the quantiles of the tables', () => {
    for (const [df, t] of Object.entries(TABLE)) expect(studentT95(Number(df)).toFixed(3)).toBe(t.toFixed(3));
  });

  it('has closed forms for one and two degrees of freedom, falls with more and ends at the normal one', () => {
    expect(studentT95(1)).toBeCloseTo(Math.tan((0.95 * Math.PI) / 2), 9);
    expect(studentT95(2)).toBeCloseTo(0.95 * Math.sqrt(2 / (1 - 0.95 ** 2)), 10);
    for (let df = 2; df <= 200; df++) expect(studentT95(df)).toBeLessThan(studentT95(df - 1));
    expect(studentT95(10_000)).toBeCloseTo(1.9602, 4);
  });

  it.each([0, -1, 1.5, NaN])('refuses %f degrees of freedom', (df) => {
    expect(() => studentT95(df)).toThrow(RangeError);
  });
});

describe('the share of comparisons won', () => {
  it('counts ties half and is absent where nothing was compared', () => {
    expect(shareWon([0.1, -2, 0, 0])).toBe(0.5);
    expect(shareWon([3, 0])).toBe(0.75);
    expect(shareWon([])).toBeUndefined();
  });
});

describe('the Wilson interval', () => {
  it('holds both roots of (p̂ − p)² = z²·p(1 − p)/n', () => {
    for (const [wins, n] of [
      [0, 5],
      [3, 10],
      [37.5, 64],
      [64, 64],
    ] as const)
      // prettier-ignore
      for (const p of Object.values(wilsonInterval(wins, n)) as number[]) {
        const z2 = 1.959963984540054 ** 2;
        expect((wins / n - p) ** 2).toBeCloseTo((z2 * p * (1 - p)) / n, 12);
      }
  });

  it('contains the rate, stays in [0, 1], is symmetric and narrows with n', () => {
    for (const [wins, n] of [
      [0, 1],
      [1, 1],
      [3, 10],
      [499, 500],
    ] as const) {
      // prettier-ignore
      const { low, high } = wilsonInterval(wins, n);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
      expect(low).toBeLessThanOrEqual(wins / n);
      expect(high).toBeGreaterThanOrEqual(wins / n - 1e-12);
      const mirror = wilsonInterval(n - wins, n);
      expect(mirror.low).toBeCloseTo(1 - high, 12);
    }
    const width = (n: number) => wilsonInterval(n / 2, n).high - wilsonInterval(n / 2, n).low;
    expect(width(400)).toBeCloseTo(width(100) / 2, 2);
  });

  it('covers the truth about 95 times in 100', () => {
    const rng = rngFrom('coverage');
    const trials = 2000;
    let covered = 0;
    for (let i = 0; i < trials; i++) {
      const wins = Array.from({ length: 60 }, () => rng.bernoulli(0.3)).filter(Boolean).length;
      const { low, high } = wilsonInterval(wins, 60);
      if (low <= 0.3 && 0.3 <= high) covered++;
    }
    expect(covered / trials).toBeGreaterThan(0.93);
    expect(covered / trials).toBeLessThan(0.97);
  });

  it.each([
    [0, 0],
    [-1, 5],
    [6, 5],
    [1, NaN],
  ] as const)('refuses %f wins of %f', (wins, n) => {
    // prettier-ignore
    expect(() => wilsonInterval(wins, n)).toThrow(RangeError);
  });
});

describe('the rest', () => {
  it('distinct n-grams', () => {
    expect(distinctN([], 1)).toBe(0);
    expect(distinctN([[1]], 2)).toBe(0);
    expect(distinctN([[1, 1, 1, 1]], 1)).toBe(0.25);
    expect(distinctN([[1, 2], [1, 2]], 2)).toBe(0.5); // prettier-ignore
    expect(distinctN([[1, 2, 3]], 2)).toBe(1);
    expect(distinctN([[1, 12], [11, 2]], 2)).toBe(1); // prettier-ignore
  });
});
