import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import type { MetricsEvent, StageContext } from '../../../src/pipeline/contract/stage';
import { nanoContext, openEngine, trainTrunk, type Trunk } from '../support';

let engine: Engine;
let context: StageContext;
let trunk: Trunk;

beforeAll(async () => {
  engine = await openEngine();
  context = nanoContext(engine);
  trunk = await trainTrunk(context);
}, 120_000);
afterAll(() => engine.dispose());

const metric = (rows: readonly MetricsEvent[], name: string): number[] => rows.map((r) => r.metrics[name]!);

it('pretraining lowers the loss on text it has not seen', () => {
  const losses = metric(trunk.runs.pretrain.rows, 'loss');
  expect(losses[0]).toBeCloseTo(Math.log(357), 0);
  const unseen = trunk.runs.pretrain.rows.flatMap((r) => r.metrics['eval_loss'] ?? []);
  expect(unseen.at(-1)).toBeLessThan(unseen[0]! / 2);
  expect(trunk.runs.pretrain.result.summary['loss']).toBeCloseTo(unseen.at(-1)!, 5);
});
