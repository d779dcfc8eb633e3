import { describe, expect, it } from 'vitest';
import { bestOfNWeights, sampledKl } from '../../../src/pipeline/maths/best-of-n';
import { bestOfNKl } from '../../../src/pipeline/maths/kl';

const sum = (xs: ArrayLike<number>) => Array.from(xs).reduce((a, b) => a + b, 0);

describe('best of n', () => {
  const scores = [0.3, -1, 2, 0.7, 5, 1.1];

  /** Over all n-subsets. */
  function enumerate(n: number): number[] {
    const wins = scores.map(() => 0);
    let subsets = 0;
    for (let bits = 0; bits < 2 ** scores.length; bits++) {
      const chosen = scores.flatMap((_, i) => ((bits >> i) & 1 ? [i] : []));
      if (chosen.length !== n) continue;
      subsets++;
      wins[chosen.reduce((a, b) => (scores[b]! > scores[a]! ? b : a))]!++;
    }
    return wins.map((w) => w / subsets);
  }

  it.each([1, 2, 3, 6])('of %i: each answer is weighted by how often it is the best', (n) => {
    const weights = bestOfNWeights(scores, n);
    enumerate(n).forEach((w, i) => expect(weights[i]).toBeCloseTo(w, 12));
    expect(sum(weights)).toBeCloseTo(1, 12);
  });

  it('refuses more answers than there are', () => {
    expect(() => bestOfNWeights(scores, 7)).toThrow(RangeError);
  });

  it('has the analytic KL in the limit of many answers', () => {
    const N = 4000;
    const weights = bestOfNWeights(Array.from({ length: N }, (_, i) => i), 8); // prettier-ignore
    const kl = sum(weights.map((w) => (w > 0 ? w * Math.log(N * w) : 0)));
    expect(kl).toBeCloseTo(bestOfNKl(8), 2);
  });
});

describe('the KL of best-of-n by sampling', () => {
  it('is near the analytic one for answers that are all different, and never above it', () => {
    const scores = Array.from({ length: 512 }, (_, i) => (i * 37) % 512);
    const different = scores.map((_, i) => [i]);
    for (const n of [1, 2, 8, 64]) {
      const kl = sampledKl(different, scores, n);
      expect(kl).toBeLessThanOrEqual(bestOfNKl(n) + 1e-12);
      expect(kl).toBeGreaterThan(bestOfNKl(n) - 0.02);
    }
  });

  it('is lower where answers are alike: two kinds of answers, the best of 8', () => {
    const scores = Array.from({ length: 512 }, (_, i) => i);
    const alike = scores.map((i) => [Math.floor(i / 256)]);
    const low = 0.5 ** 8;
    const exact = low * Math.log(2 * low) + (1 - low) * Math.log(2 * (1 - low));
    expect(sampledKl(alike, scores, 8)).toBeCloseTo(exact, 10);
  });
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

const N = 128;
const different = Array.from({ length: N }, (_, i) => [i]);
/** 32 answers of score 1, spread over the list, the others of score 0. */
const [good, p] = [32, 32 / N];
const twoScores = different.map((_, i) => (i % (N / good) === 0 ? 1 : 0));

describe('best of n with equal scores', () => {
  it('by a constant score is SFT itself: equal weights, KL 0', () => {
    for (const n of [1, 2, 64]) {
      for (const w of bestOfNWeights(new Float32Array(N), n)) expect(w).toBeCloseTo(1 / N, 12);
      expect(sampledKl(different, new Float32Array(N), n)).toBeCloseTo(0, 12);
    }
  });

  it.each([1, 2, 8, 64])('by two scores has the closed form of %i draws', (n) => {
    // with replacement one of the good ones is drawn with probability 1 − (1 − p)ⁿ, each as likely as the next
    const top = 1 - (1 - p) ** n;
    const exact = top * Math.log(top / p) + (1 - top) * Math.log((1 - top) / (1 - p));
    expect(sampledKl(different, twoScores, n)).toBeCloseTo(exact, 12);
    // without replacement with 1 − C(N − good, n)/C(N, n)
    let none = 1;
    for (let k = 0; k < n; k++) none *= (N - good - k) / (N - k);
    const weights = bestOfNWeights(twoScores, n);
    weights.forEach((w, i) =>
      expect(w).toBeCloseTo(twoScores[i] ? (1 - none) / good : none / (N - good), 12),
    );
    expect(sum(weights)).toBeCloseTo(1, 12);
  });

  it('does not depend on the order of the answers', () => {
    const scores = different.map((_, i) => (i * 37) % 5);
    const weights = bestOfNWeights(scores, 8);
    const turned = bestOfNWeights(scores.toReversed(), 8).toReversed();
    weights.forEach((w, i) => expect(turned[i]).toBeCloseTo(w, 12));
    const alike = different.map(([i]) => [i! % 7]);
    expect(sampledKl(alike.toReversed(), scores.toReversed(), 8)).toBeCloseTo(sampledKl(alike, scores, 8), 12); // prettier-ignore
  });
});
