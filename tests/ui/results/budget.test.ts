import { describe, expect, it } from 'vitest';
import { atEqualBudget, goldAt } from '../../../src/ui/results/budget';
import { arm } from '../store/support';

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
