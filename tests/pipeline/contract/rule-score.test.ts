import { expect, it } from 'vitest';
import { ruledScore } from '../../../src/pipeline/contract/rule-score';

it.each([
  [0.25, 0.25],
  [7, 1],
  [-7, -1],
])('a score of %d is a gold of %d, and says what it was', (score, total) => {
  expect(ruledScore(score)).toEqual({
    total,
    parts: [{ name: 'rule', value: total, why: { code: 'gold.rule', values: { score } } }],
  });
});
