import { describe, expect, it } from 'vitest';
import { categoricalKl, entropyOf, labelLogProbs, logSoftmax } from '../../support/categorical';
import { winRate } from '../../../src/pipeline/measures/evaluate';
import { bestOfNKl } from '../../../src/pipeline/maths/kl';
import { maskedMean, rowSums, selectRows, total, zeros } from '../../../src/pipeline/maths/matrix';
import { cosineSchedule, warmupSchedule } from '../../../src/pipeline/training/optimizer';
import { distinctN, mean, standardDeviation, wilsonInterval } from '../../../src/pipeline/maths/statistics';
import { isLogged } from '../../../src/pipeline/training/guard';
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

describe('the win rate', () => {
  it('counts ties half', () => {
    expect(winRate([1, 0, 2, 5], [0, 1, 2, 5]).winRate).toBe(0.5);
    expect(winRate([1, 1], [0, 1]).winRate).toBe(0.75);
    expect(winRate([0, 0], [0, 0])).toMatchObject({ winRate: 0.5 });
  });

  it('comes with the Wilson interval of its wins', () => {
    const { winRateLow, winRateHigh } = winRate([1, 1, 1, 0], [0, 0, 1, 1]);
    expect({ low: winRateLow, high: winRateHigh }).toEqual(wilsonInterval(2.5, 4));
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

  it('matrices', () => {
    const m = { rows: 2, cols: 3, data: Float32Array.from([1, 2, 3, 4, 5, 6]) };
    expect(Array.from(rowSums(m))).toEqual([6, 15]);
    expect(total(m)).toBe(21);
    expect(maskedMean(m, { ...m, data: Float32Array.from([0, 1, 0, 0, 0, 1]) })).toBe(4);
    expect(maskedMean(m, zeros(2, 3))).toBe(0);
    expect(Array.from(selectRows(m, [1, 0, 1], 2).data)).toEqual([4, 5, 1, 2, 4, 5]);
  });

  it('distributions', () => {
    expect(entropyOf([3, 3, 3, 3])).toBeCloseTo(Math.log(4), 12);
    expect(entropyOf([0, -Infinity])).toBe(0);
    expect(entropyOf([1000, 0])).toBeCloseTo(0, 12);
    expect(categoricalKl([1, 2, 3], [11, 12, 13])).toBeCloseTo(0, 12);
    expect(categoricalKl([0, -Infinity], [0, 0])).toBeCloseTo(Math.LN2, 12);
    expect(Array.from(logSoftmax([0, Math.log(3)]), Math.exp)).toEqual([
      expect.closeTo(0.25),
      expect.closeTo(0.75),
    ]);
    expect(labelLogProbs([[0, 0], [0, Math.log(3)], [9, 9]], [-100, -100, 1])).toEqual([expect.closeTo(Math.log(0.75))]); // prettier-ignore
  });

  it('best of n samples: the analytic KL bounds the measured one', () => {
    expect(bestOfNKl(1)).toBe(0);
    // best of n of a uniform choice among many: density n·u^(n−1), KL = ∫ log(n·u^(n−1)) n·u^(n−1) du
    const steps = 200_000;
    for (const n of [2, 4, 16]) {
      let sum = 0;
      for (let i = 0; i < steps; i++) {
        const density = n * ((i + 0.5) / steps) ** (n - 1);
        sum += (density * Math.log(density)) / steps;
      }
      expect(sum).toBeCloseTo(bestOfNKl(n), 4);
    }
  });

  it('schedules', () => {
    expect(warmupSchedule(0, 1, 4)).toBe(0.25);
    expect(warmupSchedule(99, 1, 4)).toBe(1);
    expect(cosineSchedule(0, 100, 1, 10)).toBeCloseTo(0.1, 9);
    expect(cosineSchedule(50, 100, 1, 10)).toBeCloseTo(0.55, 9);
    expect(cosineSchedule(100, 100, 1, 10)).toBeCloseTo(0.1, 9);
    for (let i = 11; i < 100; i++) expect(cosineSchedule(i, 100, 1, 10)).toBeLessThan(cosineSchedule(i - 1, 100, 1, 10)); // prettier-ignore
  });

  it('the first and the last update are always read', () => {
    for (const updates of [1, 2, 7, 100, 250, 999]) {
      const rows = Array.from({ length: updates }, (_, i) => i + 1).filter((u) => isLogged(u, updates));
      expect(rows[0]).toBe(1);
      expect(rows.at(-1)).toBe(updates);
      expect(rows.length).toBeLessThanOrEqual(152);
    }
  });
});
