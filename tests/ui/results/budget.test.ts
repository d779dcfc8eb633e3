import { describe, expect, it } from 'vitest';
import { atEqualBudget } from '../../../src/ui/results/budget';
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
    expect(table.budgets).toMatchObject({ update: 1, samples: 8, labels: 0, tokens: 80, seconds: 1 });
    expect(table.rows.map((r) => r.gold.seconds)).toEqual([0.4, 0.2]);
    expect(atEqualBudget([fast, arm('running', [[0, 0]])])).toBeUndefined();
  });
});
