import { describe, expect, it } from 'vitest';
import { atEqualBudget, goldAt } from '../../../src/ui/results/budget';
import type { ArmSeries } from '../../../src/ui/store/compare';

const arm = (id: string, places: [number, number][], more: Partial<ArmSeries> = {}): ArmSeries => ({
  id,
  name: id,
  style: 0,
  stage: 'ppo',
  isLimit: false,
  stale: false,
  points: places.map(([kl, gold], i) => ({
    update: i,
    updates: places.length - 1,
    samples: 8 * i,
    seconds: i,
    evaluation: { kl, gold } as ArmSeries['points'][0]['evaluation'],
  })),
  ends: { update: places.length - 1, samples: 8, seconds: places.length - 1 },
  ...more,
});

describe('an equal budget', () => {
  it('is what the most frugal arm has used', () => {
    const done = { summary: {} };
    const fast = arm(
      'fast',
      [
        [0, 0],
        [1, 0.4],
      ],
      done,
    );
    const slow = arm(
      'slow',
      [
        [0, 0],
        [1, 0.2],
        [2, 0.9],
      ],
      done,
    );
    const table = atEqualBudget([fast, slow])!;
    expect(table.budgets).toEqual({ update: 1, samples: 8, seconds: 1 });
    expect(table.rows.map((r) => r.gold.seconds)).toEqual([0.4, 0.2]);
    expect(atEqualBudget([fast, arm('running', [[0, 0]])])).toBeUndefined();
  });

  it('is read between measurements, not beyond them', () => {
    const { points } = arm('x', [
      [0, 0],
      [1, 0.4],
    ]);
    expect(goldAt(points, 'update', 0.5)).toBeCloseTo(0.2);
    expect(goldAt(points, 'update', 2)).toBeUndefined();
  });
});
