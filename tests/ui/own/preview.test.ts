// @vitest-environment node
import { expect, it, vi } from 'vitest';

vi.mock('../../../src/ui/store/useLab', () => ({ actions: {} }));

const { histogram, verdictOf } = await import('../../../src/ui/own/preview');

it('a histogram has every answer once, and the mean gold of each column', () => {
  const bins = histogram([0, 0, 2, 4], [1, 0, -1, 0.5]);
  expect(bins.map(({ answers }) => answers)).toEqual([2, 1, 1]);
  expect(bins.map(({ gold }) => gold)).toEqual([0.5, -1, 0.5]);
  expect(bins[0]!.score).toBeCloseTo(2 / 3, 12);
});

it('columns without an answer have no gold', () => {
  const bins = histogram([0, 1, 2, 100], [0, 0, 0, 0]);
  expect(bins).toHaveLength(4);
  expect(bins.map(({ answers }) => answers)).toEqual([3, 0, 0, 1]);
  expect(bins[1]).not.toHaveProperty('gold');
});

it('scores that never differ, and none', () => {
  expect(histogram([3, 3], [1, 0])).toEqual([{ score: 3, answers: 2, gold: 0.5 }]);
  expect(histogram([], [])).toEqual([]);
});

it('says how a rule goes with gold, and what would be cut off', () => {
  expect(verdictOf([1, 2, 3, 4], [-1, -0.5, 0, 0.5])).toEqual({
    correlation: 1,
    isFlat: false,
    outside: 0.75,
  });
  expect(verdictOf([0.5, 0.5], [0, 1])).toEqual({ correlation: undefined, isFlat: true, outside: 0 });
});
