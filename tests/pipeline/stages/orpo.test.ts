import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import type { Settings } from '../../../src/pipeline/lab/config';
import type { LanguageModelArtifact, MetricsEvent, StageContext } from '../../../src/pipeline/contract/stage';
import { mean } from '../../../src/pipeline/maths/statistics';
import { nanoContext, openEngine, runToEnd, trainTrunk, type Trunk } from '../support';

let engine: Engine;
let context: StageContext;
let trunk: Trunk;

beforeAll(async () => {
  engine = await openEngine();
  context = nanoContext(engine);
  trunk = await trainTrunk(context);
}, 120_000);
afterAll(() => engine.dispose());

const metric = (rows: readonly MetricsEvent[], name: string) => rows.flatMap((r) => r.metrics[name] ?? []);
const ends = (values: number[]) => [mean(values.slice(0, 5)), mean(values.slice(-5))] as const;
const run = (changes: Settings = {}) =>
  runToEnd<LanguageModelArtifact>(context, 'orpo', { steps: 8, batchSize: 16, ...changes }, trunk);

describe('ORPO', () => {
  it('tells chosen from rejected answers better and better, and answers better', async () => {
    const { rows, result } = await run({ learningRate: 2e-3, steps: 80 });
    const [early, late] = ends(metric(rows, 'rewards/margins'));
    expect(late).toBeGreaterThan(early);
    expect(result.summary['gold']).toBeGreaterThan(trunk.runs.sft.result.summary['gold']!);
    for (const row of rows) for (const x of Object.values(row.metrics)) expect(Number.isFinite(x)).toBe(true);
  });

  it('the loss is its two terms; without the second it is fine-tuning on the chosen answers', async () => {
    const { rows } = await run();
    for (const { metrics: m } of rows) expect(m['loss']).toBeGreaterThan(m['nll_loss']!);
    for (const { metrics: m } of (await run({ lambda: 0 })).rows) expect(m['loss']).toBe(m['nll_loss']);
  });

  it('the same seed gives the same run', async () => {
    expect((await run()).events).toEqual((await run()).events);
  });
});
