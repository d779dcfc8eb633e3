import { describe, expect, it } from 'vitest';
import { defaultLabConfig } from '../../../src/pipeline/lab/config';
import { graphsOf, runsOf, sweepOf } from '../../../src/pipeline/lab/sweep';
import { curveOf, figuresIn } from '../../../src/pipeline/records/sweep-curve';

const sweep = sweepOf(defaultLabConfig(), [1, 2, 3], { id: 'dpo', setting: 'beta', values: [0.1, 0.5] });
const runs = runsOf(sweep, graphsOf(sweep));
const results = Object.fromEntries(
  runs
    .filter(({ arm, seed }) => arm === 'dpo-1' || seed === 1)
    .map(({ key, arm, seed }) => [key, { summary: { gold: arm === 'dpo-1' ? seed / 10 : 0.7 } }]),
);

describe('the curve of a sweep', () => {
  it('has the mean over seeds with its t interval, and every seed', () => {
    const [first, second] = curveOf(sweep, runs, results, 'gold');
    expect(first).toMatchObject({ value: 0.1, each: [{ y: 0.1 }, { y: 0.2 }, { y: 0.3 }] });
    expect(first!.spread.mean).toBeCloseTo(0.2);
    expect(first!.spread.halfWidth).toBeCloseTo((4.303 * 0.1) / Math.sqrt(3), 3); // t with 2 degrees of freedom
    expect(second).toMatchObject({ value: 0.5, spread: { mean: 0.7, count: 1 } });
    expect(second!.spread.halfWidth).toBeNaN(); // one seed
  });

  it('leaves out what was not measured', () => {
    expect(curveOf(sweep, runs, results, 'winRate')).toEqual([]);
    expect(curveOf(sweep, runs, {}, 'gold')).toEqual([]);
    expect(figuresIn(runs, results)).toEqual(['gold']);
  });

  it('of seeds alone is by arms', () => {
    const seeds = sweepOf(defaultLabConfig(), [1, 2]);
    const all = runsOf(seeds, graphsOf(seeds));
    const done = Object.fromEntries(all.map(({ key, seed }) => [key, { summary: { gold: seed } }]));
    expect(curveOf(seeds, all, done, 'gold').map(({ value, spread }) => [value, spread.mean])).toEqual([
      ['ppo', 1.5],
      ['dpo', 1.5],
    ]);
  });
});
