import { describe, expect, it } from 'vitest';
import {
  derivedFigures,
  frontierCurve,
  frontierGap,
  headToHead,
} from '../../../src/pipeline/measures/derived';
import type { Evaluation } from '../../../src/pipeline/contract/stage';
import { lengthControlledWinRate } from '../../../src/pipeline/maths/statistics';
import { rngFrom } from '../../../src/random/rng';

describe('the distance to the best reachable reward', () => {
  const curve = [
    { kl: 0, gold: 0 },
    { kl: 1, gold: 0.4 },
    { kl: 2, gold: 0.6 },
  ];
  it('is measured at the own KL, linear between rungs, from the last one beyond it', () => {
    expect(frontierGap(curve, { kl: 0.5, gold: 0.1 })).toBeCloseTo(0.1, 12);
    expect(frontierGap(curve, { kl: 1, gold: 0.4 })).toBeCloseTo(0, 12);
    expect(frontierGap(curve, { kl: 1.5, gold: 0.2 })).toBeCloseTo(0.3, 12);
    expect(frontierGap(curve, { kl: 50, gold: -0.4 })).toBeCloseTo(1, 12);
    expect(frontierGap([], { kl: 1, gold: 0 })).toBeUndefined();
  });

  it('trusts only rungs with enough effective samples', () => {
    const rung = (kl: number, effectiveSamples: number) => ({ kl, gold: kl, effectiveSamples }) as Evaluation;
    expect(frontierCurve([rung(2, 5), rung(1, 20), rung(0.5, 100)]).map((p) => p.kl)).toEqual([0.5, 1]);
  });
});

describe('two arms head to head', () => {
  const answers = (gold: number[], length = gold.map(() => 5)) => ({
    gold: Float64Array.from(gold),
    length: Float64Array.from(length),
  });

  it('are compared prompt by prompt, ties half, and mirror each other', () => {
    const [a, b] = [answers([1, 0, 0.5, 0.2]), answers([0, 1, 0.5, 0.1])];
    expect(headToHead(a, b)).toMatchObject({ winRate: 0.625, prompts: 4 });
    expect(headToHead(b, a)!.winRate).toBeCloseTo(0.375, 12);
    expect(headToHead(a, answers([1]))).toBeUndefined();
  });

  it('end up in the figures of each arm, with the gap to a frontier', () => {
    const place = (kl: number, gold: number) => ({ kl, gold }) as Evaluation;
    const figures = derivedFigures([
      { id: 'a', isLimit: false, final: { kl: 1, gold: 0.3 }, evaluations: [], answers: answers([1, 1]) },
      { id: 'b', isLimit: false, final: { kl: 2, gold: 0.3 }, evaluations: [], answers: answers([0, 1]) },
      { id: 'f', isLimit: true, final: { kl: 2, gold: 1 }, evaluations: [place(0, 0), place(2, 1)] },
    ]);
    expect(figures['a']!['winRate/b']).toBe(0.75);
    expect(figures['a']!['gap']).toBeCloseTo(0.2, 12);
    expect(figures['b']!['gap']).toBeCloseTo(0.7, 12);
    expect(figures['f']).toEqual({});
  });

  it('at equal length: recovers what is left when length is taken out', () => {
    const rng = rngFrom(3);
    const n = 20_000;
    const [mine, theirs] = [answers([]), answers([])];
    const gold: number[] = [];
    const longer: number[] = [];
    for (let i = 0; i < n; i++) longer.push(rng.normal() * 4 + 2);
    const sd = Math.sqrt(longer.reduce((s, d) => s + (d - longer.reduce((a, b) => a + b, 0) / n) ** 2, 0) / (n - 1)); // prettier-ignore
    for (const d of longer) gold.push(rng.bernoulli(1 / (1 + Math.exp(-(0.3 + 1.5 * Math.tanh(d / sd))))) ? 1 : -1); // prettier-ignore
    mine.gold = Float64Array.from(gold);
    mine.length = Float64Array.from(longer, (d) => 20 + d);
    theirs.gold = new Float64Array(n);
    theirs.length = new Float64Array(n).fill(20);
    expect(lengthControlledWinRate(mine, theirs)).toBeCloseTo(1 / (1 + Math.exp(-0.3)), 1.5);
    expect(gold.filter((g) => g > 0).length / n).toBeGreaterThan(0.65); // the raw one is flattered by length
  });

  it('at equal length: the raw rate when lengths never differ, finite when everything is won', () => {
    expect(lengthControlledWinRate(answers([1, 1, 0]), answers([0, 0, 1]))).toBeCloseTo(2 / 3, 12);
    const all = lengthControlledWinRate(answers([1, 1, 1], [4, 6, 5]), answers([0, 0, 0], [5, 5, 5]));
    expect(all).toBeGreaterThan(0.9);
    expect(all).toBeLessThanOrEqual(1);
  });
});
