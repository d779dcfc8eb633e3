import { expect, it } from 'vitest';
import { settingAxis } from '../../../src/ui/results/setting-axis';

it('put settings on an axis: equal steps, or equal ratios over a wide range', () => {
  expect(settingAxis([1, 2, 4]).isLog).toBe(false);
  const wide = settingAxis([16, 1024, 128]);
  expect(wide.isLog).toBe(true);
  expect(wide.values).toEqual([16, 128, 1024]);
  expect(wide.place(128) - wide.place(16)).toBeCloseTo(wide.place(1024) - wide.place(128));
  const withZero = settingAxis([0, 1, 2, 13]);
  expect(withZero.place(0)).toBeCloseTo(withZero.place(1) - 1);
});
