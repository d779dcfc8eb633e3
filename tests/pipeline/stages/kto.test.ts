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
  runToEnd<LanguageModelArtifact>(context, 'kto', { steps: 8, batchSize: 16, ...changes }, trunk);

describe('KTO', () => {
  it('tells chosen from rejected answers better and better, and answers better', async () => {
    const { rows, result } = await run({ learningRate: 2e-3, steps: 120, batchSize: 32 });
    const [early, late] = ends(metric(rows, 'rewards/margins'));
    expect(late).toBeGreaterThan(early);
    expect(result.summary['gold']).toBeGreaterThan(trunk.runs.sft.result.summary['gold']!);
    for (const row of rows) for (const x of Object.values(row.metrics)) expect(Number.isFinite(x)).toBe(true);
  });

  it('at the start nothing is won: half the weight, KL 0, rewards 0', async () => {
    const first = (await run({ learningRate: 0, steps: 3 })).rows;
    for (const { metrics: m } of first) {
      expect(m['loss']).toBeCloseTo(0.5, 6);
      expect([m['kl'], m['rewards/chosen'], m['rewards/rejected']].map(Number)).toEqual([0, 0, 0]);
    }
    expect((await run({ learningRate: 0, steps: 1, undesirableWeight: 0 })).rows[0]!.metrics['loss']).toBeLessThan(0.5); // prettier-ignore
  });

  it('needs one answer of each comparison only, and takes both if told to', async () => {
    const [one, both] = [await run({ learningRate: 2e-3 }), await run({ learningRate: 2e-3, paired: true })];
    expect(both.result.artifact.weights).not.toEqual(one.result.artifact.weights);
    expect(both.rows.at(-1)!.samples).toBe(one.rows.at(-1)!.samples);
  });

  it('a batch with one kind of answer only leaves out what it cannot know', async () => {
    const { rows } = await run({ batchSize: 2, steps: 12 });
    const seen = metric(rows, 'rewards/margins').length;
    expect(metric(rows, 'loss')).toHaveLength(rows.length);
    expect(seen).toBeLessThan(rows.length);
  });

  it('the same seed gives the same run', async () => {
    expect((await run()).events).toEqual((await run()).events);
  });
});
