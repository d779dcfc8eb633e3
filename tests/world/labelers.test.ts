import { describe, expect, it } from 'vitest';
import { rngFrom } from '../../src/random/rng';
import {
  countFlattery,
  DEFAULT_LABELER,
  LABELER_BIASES,
  perceivedReward,
  preferenceLabel,
  preferenceProbability,
  type Labeler,
} from '../../src/world';
import { draws, fiveSigma, words } from './support';

const completion = (gold: number, text = 'it is blue .') => ({ gold, words: words(text) });
const labeler = (changes: Partial<Labeler> = {}): Labeler => ({ ...DEFAULT_LABELER, ...changes });

describe('preferenceProbability', () => {
  it('is σ(Δ gold / temperature)', () => {
    const p = preferenceProbability(completion(0.3), completion(0.15), labeler());
    expect(p).toBeCloseTo(1 / (1 + Math.exp(-1)), 12);
    expect(preferenceProbability(completion(0.15), completion(0.3), labeler())).toBeCloseTo(1 - p, 12);
    expect(preferenceProbability(completion(0.5), completion(0.5), labeler())).toBe(0.5);
  });

  it('moves toward a coin with flips', () => {
    const sure = preferenceProbability(completion(1), completion(-1), labeler({ flipRate: 0.2 }));
    expect(sure).toBeCloseTo(0.8, 5);
    expect(preferenceProbability(completion(1), completion(-1), labeler({ flipRate: 0.5 }))).toBeCloseTo(
      0.5,
      12,
    );
  });

  it('stays a number for extreme differences', () => {
    const cold = labeler({ temperature: 1e-4 });
    expect(preferenceProbability(completion(1), completion(-1), cold)).toBe(1);
    expect(preferenceProbability(completion(-1), completion(1), cold)).toBe(0);
  });

  it.each([
    { temperature: 0 },
    { temperature: -1 },
    { temperature: NaN },
    { flipRate: -0.1 },
    { flipRate: 1.1 },
  ])('refuses %j', (changes) => {
    expect(() => preferenceProbability(completion(0), completion(0), labeler(changes))).toThrow(RangeError);
    expect(() => preferenceLabel(rngFrom(1), completion(0), completion(0), labeler(changes))).toThrow(
      RangeError,
    );
  });
});

describe('biases', () => {
  const flattering = completion(0, 'great question ! it is blue . you are very clever .');

  it('are none, length and flattery', () => {
    expect(LABELER_BIASES).toEqual(['none', 'length', 'flattery']);
    expect(perceivedReward(flattering, labeler())).toBe(0);
    expect(perceivedReward(flattering, labeler({ bias: 'length' }))).toBeCloseTo(0.04 * 12, 12);
    expect(perceivedReward(flattering, labeler({ bias: 'flattery' }))).toBeCloseTo(1.8, 12);
  });

  it('count whole flattering phrases only', () => {
    expect(countFlattery(words('great question ! great question ! you are very'))).toBe(2);
    expect(countFlattery([])).toBe(0);
  });

  it('turn a preference around', () => {
    const honest = completion(0.2);
    expect(preferenceProbability(honest, flattering, labeler())).toBeGreaterThan(0.7);
    expect(preferenceProbability(honest, flattering, labeler({ bias: 'flattery' }))).toBeLessThan(0.01);
  });
});

describe('preferenceLabel', () => {
  const COUNT = 5000;

  it.each([
    [0.1, 0],
    [-0.2, 0],
    [0.1, 0.2],
    [1.5, 0.4],
  ])('agrees with its probability: Δ gold %d, flip rate %d', (difference, flipRate) => {
    const rng = rngFrom('labels', difference, flipRate);
    const [first, second, who] = [completion(difference), completion(0), labeler({ flipRate })];
    const p = preferenceProbability(first, second, who);
    const share = draws(COUNT, () => preferenceLabel(rng, first, second, who)).filter(Boolean).length / COUNT;
    expect(Math.abs(share - p)).toBeLessThan(fiveSigma(p, COUNT));
  });

  it('flips the share of labels it should, and only those', () => {
    const labels = (flipRate: number) => {
      const rng = rngFrom('flips');
      return draws(COUNT, () => preferenceLabel(rng, completion(0.1), completion(0), labeler({ flipRate })));
    };
    const clean = labels(0);
    const changed = labels(0.2).filter((value, i) => value !== clean[i]).length / COUNT;
    expect(Math.abs(changed - 0.2)).toBeLessThan(fiveSigma(0.2, COUNT));
    expect(labels(1)).toEqual(clean.map((value) => !value));
  });
});
