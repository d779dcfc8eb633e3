import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import { normalisedScores, sampleGold } from '../../../src/pipeline/measures/evaluate';
import { modelOf, type MetricsEvent, type StageContext } from '../../../src/pipeline/contract/stage';
import { mean, standardDeviation } from '../../../src/pipeline/maths/statistics';
import { drawPrompts } from '../../../src/pipeline/data/tokens';
import { rngFrom } from '../../../src/random/rng';
import { reviewTask } from '../../../src/world';
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

const metric = (rows: readonly MetricsEvent[], name: string): number[] => rows.map((r) => r.metrics[name]!);
const late = (values: number[]) => mean(values.slice(-5));

describe('preferences and the reward model', () => {
  it('starts at ln 2 and orders held-out answers better than chance', () => {
    const { rows, result } = trunk.runs.reward;
    expect(rows[0]!.metrics['loss']).toBeCloseTo(Math.LN2, 6);
    expect(late(metric(rows, 'loss'))).toBeLessThan(0.65);
    expect(result.summary['accuracy']).toBeGreaterThan(0.65); // 400 pairs: chance is 0.5 ± 0.05
    expect(result.summary['labelAccuracy']).toBeGreaterThan(0.6);
  });

  it('scores SFT samples with mean 0 and deviation 1, also on prompts that it was not scaled on', async () => {
    const [sft, rewardModel] = [modelOf(context, trunk.sft), modelOf(context, trunk.reward)];
    const prompts = drawPrompts(reviewTask as never, rngFrom('other prompts'), 'train', 512);
    const { completions } = await sampleGold({ ...context, seed: 99 }, sft, prompts);
    const scores = await normalisedScores(rewardModel, trunk.reward, prompts.ids, completions);
    expect(Math.abs(mean(scores))).toBeLessThan(0.2);
    expect(Math.abs(standardDeviation(scores) - 1)).toBeLessThan(0.15);
    sft.dispose();
    rewardModel.dispose();
  });

  it('without normalising the raw score is passed on', async () => {
    const run = await runToEnd(context, 'reward', { steps: 2, normalise: false }, trunk);
    expect(run.result.artifact).toMatchObject({ mean: 0, deviation: 1 });
  });
});
