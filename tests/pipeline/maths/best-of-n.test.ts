import { describe, expect, it } from 'vitest';
import { bestOfNWeights, sampledKl } from '../../../src/pipeline/maths/best-of-n';

const N = 128;
const different = Array.from({ length: N }, (_, i) => [i]);
const sum = (xs: ArrayLike<number>) => Array.from(xs).reduce((a, b) => a + b, 0);
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
