import { expect, it } from 'vitest';
import { categoricalKl, entropyOf, labelLogProbs, logSoftmax } from './categorical';

it('distributions', () => {
  expect(entropyOf([3, 3, 3, 3])).toBeCloseTo(Math.log(4), 12);
  expect(entropyOf([0, -Infinity])).toBe(0);
  expect(entropyOf([1000, 0])).toBeCloseTo(0, 12);
  expect(categoricalKl([1, 2, 3], [11, 12, 13])).toBeCloseTo(0, 12);
  expect(categoricalKl([0, -Infinity], [0, 0])).toBeCloseTo(Math.LN2, 12);
  expect(Array.from(logSoftmax([0, Math.log(3)]), Math.exp)).toEqual([
    expect.closeTo(0.25),
    expect.closeTo(0.75),
  ]);
  expect(labelLogProbs([[0, 0], [0, Math.log(3)], [9, 9]], [-100, -100, 1])).toEqual([expect.closeTo(Math.log(0.75))]); // prettier-ignore
});
