import { describe, expect, it } from 'vitest';
import { barsOf, dpoTerm, partingOf, ppoTerm, withAdvantages, type Strip } from '../../../src/ui/look/terms';
import { resolvedSettings } from '../../../src/pipeline/lab/config';

describe('the loss of a token', () => {
  it('is that of the mock: a token that the clip stopped', () => {
    const term = ppoTerm(0.65, -1.57, 0.2);
    expect(term.free).toBeCloseTo(-1.02, 2);
    expect(term.held).toBeCloseTo(-1.256, 3);
    expect(term.objective).toBe(term.held);
    expect(term.isStopped).toBe(true);
  });

  it('goes on pushing inside the clip, and on the side that was overdone', () => {
    expect(ppoTerm(0.9, -1, 0.2).isStopped).toBe(false);
    expect(ppoTerm(1.5, -1, 0.2).isStopped).toBe(false);
    expect(ppoTerm(1.5, 1, 0.2)).toMatchObject({ isStopped: true, objective: 1.2 });
    expect(ppoTerm(5, 1, null)).toMatchObject({ isStopped: false, objective: 5 });
  });

  it('of DPO is ln 2 at the reference, and finite far from it', () => {
    expect(dpoTerm(0, 0, 0.5)).toMatchObject({ loss: Math.log(2), weight: 0.5, margin: 0 });
    expect(dpoTerm(2, -2, 0.5).loss).toBeCloseTo(-Math.log(1 / (1 + Math.exp(-2))), 12);
    expect(dpoTerm(-4000, 4000, 1).loss).toBeCloseTo(8000);
  });

  it('finds where two answers part', () => {
    expect(partingOf([1, 2, 3], [1, 2, 4])).toBe(2);
    expect(partingOf([1, 2], [1, 2, 4])).toBe(2);
  });

  it('gives an answer that was not learned from the rewards and advantages that PPO would', () => {
    const strip: Strip = {
      prompt: [1],
      completion: [5, 6],
      own: [-1, -1],
      reference: [-1, -2],
      values: [0, 0],
      score: 1,
    };
    const settings = {
      ...resolvedSettings({ task: 'review', size: 'tiny' }, 'ppo', {}),
      klCoef: 0.1,
      gamma: 1,
      gaeLambda: 1,
    };
    const { rewards, rawAdvantages } = withAdvantages(strip, { stage: 'ppo', settings });
    expect(rewards![0]).toBeCloseTo(0);
    expect(rewards![1]).toBeCloseTo(0.9);
    rawAdvantages!.forEach((advantage) => expect(advantage).toBeCloseTo(0.9));
    expect(withAdvantages(strip, { stage: 'dpo', settings })).toBe(strip);
    expect(barsOf(strip)).toEqual([0, 1]);
  });
});
