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
  runToEnd<LanguageModelArtifact>(
    context,
    'grpo',
    { iterations: 3, prompts: 4, groupSize: 4, ...changes },
    trunk,
  );

describe('GRPO', () => {
  it('every iteration starts exactly at ratio 1, the first exactly at KL 0 and, with whole groups, at loss 0', async () => {
    const { rows } = await run({ iterations: 4, learningRate: 3e-3, minibatches: 1, epochs: 2 });
    expect(metric(rows, 'val/ratio_first')).toEqual([1, 1, 1, 1]);
    expect(rows[0]!.metrics['objective/kl']).toBe(0);
    const first = await run({ iterations: 1, minibatches: 1, epochs: 1 });
    expect(metric(first.rows, 'loss/policy_avg')[0]).toBeCloseTo(0, 5);
    expect(metric(first.rows, 'grad_norm')[0]).toBeGreaterThan(0);
  });

  it('raises the reward it is given without a value function', async () => {
    const { rows, result } = await run({ iterations: 25, prompts: 6, groupSize: 6, learningRate: 1e-3 });
    const [early, late] = ends(metric(rows, 'objective/scores'));
    expect(late).toBeGreaterThan(early + 0.3);
    expect(result.summary['gold']).toBeGreaterThan(trunk.runs.sft.result.summary['gold']!);
    for (const row of rows) for (const x of Object.values(row.metrics)) expect(Number.isFinite(x)).toBe(true);
  });

  it('counts dead groups, and dynamic sampling learns from none of them', async () => {
    // a reward that hardly anybody gets: most groups are all equal
    const rare = { ...context, task: { ...context.task, gold: flat } as never };
    const plain = await runToEnd<LanguageModelArtifact>(rare, 'grpo', { iterations: 2, prompts: 4, groupSize: 4, rewardSource: 'gold', missingEosPenalty: 0, beta: 0 }, trunk); // prettier-ignore
    expect(metric(plain.rows, 'frac_reward_zero_std')).toEqual([1, 1]);
    expect(metric(plain.rows, 'loss/policy_avg')).toEqual([0, 0]);
    expect(plain.result.summary['deadGroups']).toBe(1);
    expect(plain.result.artifact.weights).toEqual(trunk.sft.weights);
    const dynamic = await runToEnd<LanguageModelArtifact>(rare, 'grpo', { iterations: 2, prompts: 4, groupSize: 4, rewardSource: 'gold', missingEosPenalty: 0, dynamicSampling: true }, trunk); // prettier-ignore
    expect(metric(dynamic.rows, 'loss/policy_avg')).toEqual([]);
    expect(dynamic.rows.map((r) => r.samples)).toEqual([64, 128]); // four rounds of sixteen each
  });

  it('dynamic sampling fills the batch with live groups', async () => {
    const { rows } = await run({ iterations: 2, groupSize: 2, prompts: 6, dynamicSampling: true });
    for (const { samples } of rows) expect(samples).toBeGreaterThanOrEqual(12);
    for (const norm of metric(rows, 'grad_norm')) expect(norm).toBeGreaterThan(0);
  });

  it.each([
    { normalisation: 'dapo', clipHigh: 0.28 },
    { normalisation: 'dr-grpo', scale: 'none', beta: 0 },
    { clipRange: null },
  ])('runs with %o, and every switch changes the result', async (changes) => {
    const longer = { iterations: 3, learningRate: 3e-3, epochs: 3 };
    const [mine, plain] = [await run({ ...longer, ...changes }), await run(longer)];
    for (const row of mine.rows)
      for (const x of Object.values(row.metrics)) expect(Number.isFinite(x)).toBe(true);
    expect(mine.result.artifact.weights).not.toEqual(plain.result.artifact.weights);
  });

  it('the same seed gives the same run', async () => {
    expect((await run()).events).toEqual((await run()).events);
  });
});

const flat = () => ({ total: 0.25, parts: {} });
