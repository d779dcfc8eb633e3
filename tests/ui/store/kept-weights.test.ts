import { expect, it } from 'vitest';
import { keepWeights, keptWeights } from '../../../src/ui/store/kept-weights';
import type { StageModel } from '../../../src/ui/store/snapshot';

const weightsOf = (value: number) => new Float32Array(100).fill(value);
const arm = (rows: StageModel['rows'], update: number, weights: Float32Array, isArm = true) =>
  [{ isArm, rows, evaluations: [{ update }], model: { weights } }] as unknown as StageModel[];

it('keeps the weights of every measurement of an arm, of each run its own', () => {
  const [first, second] = [[], []] as [StageModel['rows'], StageModel['rows']];
  keepWeights(arm(first, 0, weightsOf(0)));
  keepWeights(arm(first, 5, weightsOf(5)));
  keepWeights(arm(first, 5, weightsOf(6))); // the same measurement again
  expect(keptWeights({ rows: first }, 5)?.[0]).toBe(5);
  expect(keptWeights({ rows: first }, 4)).toBeUndefined();
  expect(keptWeights({ rows: second }, 5)).toBeUndefined();
  keepWeights(arm(second, 5, weightsOf(7), false));
  expect(keptWeights({ rows: second }, 5)).toBeUndefined();
});

it('lets every other one go when there are too many bytes, not the last', () => {
  const rows: StageModel['rows'] = [];
  for (let update = 0; update < 9; update++) keepWeights(arm(rows, update, weightsOf(update)), 1600);
  const kept = Array.from({ length: 9 }, (_, update) => update).filter((u) => keptWeights({ rows }, u));
  expect(kept.length).toBeLessThanOrEqual(5);
  expect(kept).toContain(0);
  expect(kept).toContain(8);
});
