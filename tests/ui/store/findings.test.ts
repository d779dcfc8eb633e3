import { expect, it } from 'vitest';
import { findingsOf } from '../../../src/ui/store/findings';
import type { StageModel } from '../../../src/ui/store/snapshot';

it('looks at rows of arms only, again when there are more', () => {
  const rows = [
    { type: 'metrics', update: 1, metrics: { 'val/ratio_var': 0.1 } },
  ] as unknown as StageModel['rows'];
  expect(findingsOf({ isArm: true, rows })).toEqual([]);
  (rows as unknown[]).push({ type: 'metrics', update: 2, metrics: { 'val/ratio_var': 9 } });
  expect(findingsOf({ isArm: true, rows })).toEqual([{ kind: 'ratioExploded', update: 2 }]);
  expect(findingsOf({ isArm: false, rows })).toEqual([]);
});
