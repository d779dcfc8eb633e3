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

it('imitating the chosen answers makes them likelier and answers better', async () => {
  const { rows, result } = await run('preferred-ft', { steps: 60, learningRate: 2e-3 });
  const losses = metric(rows, 'loss');
  expect(losses.at(-1)).toBeLessThan(losses[0]!);
  expect(result.summary['gold']).toBeGreaterThan(trunk.runs.sft.result.summary['gold']!);
});
