import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import type { Settings } from '../../../src/pipeline/lab/config';
import type { LanguageModelArtifact, MetricsEvent, StageContext } from '../../../src/pipeline/contract/stage';
import type { StageName } from '../../../src/pipeline/stages';
import { nanoContext, openEngine, runToEnd, trainTrunk, type Trunk } from '../support';

let engine: Engine;
let context: StageContext;
let trunk: Trunk;
const parents = () => ({ ...trunk, teacher: trunk.sft, judge: trunk.reward });
const run = (stage: StageName, changes: Settings = {}, within = context) =>
  runToEnd<LanguageModelArtifact>(within, stage, changes, parents());
const metric = (rows: readonly MetricsEvent[], name: string) => rows.flatMap((r) => r.metrics[name] ?? []);

beforeAll(async () => {
  engine = await openEngine();
  context = nanoContext(engine);
  trunk = await trainTrunk(context);
}, 120_000);
afterAll(() => engine.dispose());

it('the student learns to answer from the teacher alone', async () => {
  const { rows, result } = await run('distil', { answers: 512, steps: 150, learningRate: 3e-3 });
  const losses = metric(rows, 'loss');
  expect(losses.at(-1)).toBeLessThan(losses[0]! - 0.3);
  expect(result.summary['gold']).toBeGreaterThan(trunk.runs.sft.result.summary['gold']! - 0.25);
});
