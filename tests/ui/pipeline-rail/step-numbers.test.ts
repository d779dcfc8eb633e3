import { expect, it } from 'vitest';
import type { TimedEvent } from '../../../src/pipeline/lab/runner';
import { stepNumbers } from '../../../src/ui/pipeline-rail/step-numbers';
import type { StageModel } from '../../../src/ui/store/snapshot';

const row = (update: number, metrics: Record<string, number>): TimedEvent => ({
  type: 'metrics',
  update,
  updates: 60,
  samples: 0,
  tokens: 0,
  seconds: update,
  metrics,
});
const measured = (update: number) => ({ update }) as StageModel['evaluations'][number];
const stage = (rows: TimedEvent[], evaluations: StageModel['evaluations'] = []) =>
  ({ stage: 'dpo', rows, evaluations }) as unknown as StageModel;

it('are those of the last update that was logged, by heading, and say when the stage was last measured', () => {
  const rows = [row(1, { loss: 9 }), row(2, { grad_norm: 3, 'logps/chosen': -7, loss: 0.5 })];
  const evaluation = { ...row(1, {}), type: 'evaluation', evaluation: {} } as never;
  expect(stepNumbers(stage([...rows, evaluation], [measured(0), measured(1)]))).toEqual({
    update: 2,
    updates: 60,
    every: 1,
    metrics: [['loss', 0.5], ['logps/chosen', -7], ['grad_norm', 3]], // prettier-ignore
    measured: 1,
  });
});

it('say how many updates a row stands for; before the first there are none', () => {
  expect(stepNumbers(stage([row(5, {}), row(10, {})]))?.every).toBe(5);
  expect(stepNumbers(stage([]))).toBeUndefined();
});
