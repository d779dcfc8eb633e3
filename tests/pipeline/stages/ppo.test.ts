import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import type { Settings } from '../../../src/pipeline/lab/config';
import type { LanguageModelArtifact, MetricsEvent, StageContext } from '../../../src/pipeline/contract/stage';
import { mean } from '../../../src/pipeline/maths/statistics';
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
const early = (values: number[]) => mean(values.slice(0, 5));
const late = (values: number[]) => mean(values.slice(-5));
const ppoQuick: Settings = { iterations: 4, rolloutBatch: 16 };
const runPpo = (changes: Settings = {}, within = context) =>
  runToEnd<LanguageModelArtifact>(within, 'ppo', { ...ppoQuick, ...changes }, trunk);

describe('PPO', () => {
  it('every iteration starts exactly at ratio 1, the first exactly at KL 0', async () => {
    const { rows } = await runPpo({ iterations: 6, learningRate: 3e-3, epochs: 3 });
    expect(metric(rows, 'val/ratio_first')).toEqual([1, 1, 1, 1, 1, 1]);
    expect(rows[0]!.metrics['objective/kl']).toBe(0);
    expect(rows.at(-1)!.metrics['objective/kl']).not.toBe(0);
    expect(late(metric(rows, 'val/ratio_var'))).toBeGreaterThan(0);
  });

  it('with one step per rollout it is on-policy: ratio 1, nothing clipped', async () => {
    const { rows } = await runPpo({ epochs: 1, minibatches: 1, learningRate: 3e-3 });
    for (const name of ['val/ratio', 'val/epochs']) expect(metric(rows, name)).toEqual([1, 1, 1, 1]);
    for (const name of ['policy/clipfrac_avg', 'policy/approxkl_avg', 'val/ratio_var'])
      expect(metric(rows, name)).toEqual([0, 0, 0, 0]);
  });

  it('raises the reward it is given, and the objective is the score minus the KL penalty', async () => {
    const { rows } = await runPpo({ iterations: 25, rolloutBatch: 32, learningRate: 1e-3 });
    const scores = metric(rows, 'objective/scores');
    expect(late(scores)).toBeGreaterThan(early(scores) + 0.3);
    expect(late(metric(rows, 'objective/kl'))).toBeGreaterThan(0.05);
    for (const { metrics: m } of rows) {
      expect(m['objective/rlhf_reward']).toBeCloseTo(m['objective/scores']! + m['objective/non_score_reward']!, 9); // prettier-ignore
      expect(m['objective/non_score_reward']).toBeCloseTo(-0.05 * m['objective/kl']!, 9);
    }
  });

  it('counts samples and tokens', async () => {
    const { rows } = await runPpo();
    expect(rows.map((r) => r.samples)).toEqual([16, 32, 48, 64]);
    expect(rows.map((r) => r.update)).toEqual([1, 2, 3, 4]);
    expect(rows.every((r, i) => r.tokens > (rows[i - 1]?.tokens ?? 0))).toBe(true);
  });

  it('ends an iteration early at the KL limit', async () => {
    const { rows } = await runPpo({ targetKl: 0.001, epochs: 8, learningRate: 1e-2 });
    expect(Math.min(...metric(rows, 'val/epochs'))).toBeLessThan(4);
  });

  it('steers the KL coefficient towards its target', async () => {
    const low = await runPpo({ adaptiveKlTarget: 0.01, adaptiveKlHorizon: 50, learningRate: 1e-2 });
    expect(metric(low.rows, 'kl_coef').at(-1)).toBeGreaterThan(0.05);
    const high = await runPpo({ adaptiveKlTarget: 100, adaptiveKlHorizon: 50 });
    const coefs = metric(high.rows, 'kl_coef');
    expect(coefs.every((c, i) => i === 0 || c < coefs[i - 1]!)).toBe(true);
  });

  it('a missing <eos> costs the penalty, whatever the reward source', async () => {
    const short = nanoContext(engine, { task: { ...reviewTask, maxNewTokens: 2 } as never });
    for (const rewardSource of ['gold', 'proxy']) {
      const [free, fined] = await Promise.all(
        [0, 3].map((missingEosPenalty) => runPpo({ iterations: 1, rewardSource, missingEosPenalty }, short)),
      );
      const row = (run: typeof free) => run!.rows[0]!.metrics;
      const missing = 1 - row(free)['val/num_eos_tokens']! / 16;
      expect(missing).toBeGreaterThan(0.5);
      expect(row(free)['objective/scores']! - row(fined)['objective/scores']!).toBeCloseTo(3 * missing, 5);
    }
  });

  it.each(['shared', 'separate', 'none'])('works with the value model "%s"', async (valueModel) => {
    const { rows } = await runPpo({ valueModel, iterations: 2 });
    const losses = metric(rows, 'loss/value_avg');
    if (valueModel === 'none') expect(losses).toEqual([0, 0]);
    else for (const loss of losses) expect(loss).toBeGreaterThan(0);
    for (const row of rows) for (const x of Object.values(row.metrics)) expect(Number.isFinite(x)).toBe(true);
  });

  it('without whitening, a constant added to the reward moves the scores and nothing in the first rollout', async () => {
    const [plain, shifted] = [
      await runPpo({ iterations: 1 }),
      await runPpo({ iterations: 1, rewardShift: 5 }),
    ];
    const at = (run: typeof plain, name: string) => run.rows[0]!.metrics[name]!;
    expect(at(shifted, 'objective/scores')).toBeCloseTo(at(plain, 'objective/scores') + 5, 5);
    expect(at(shifted, 'objective/proxy')).toBe(at(plain, 'objective/proxy'));
    expect(at(shifted, 'val/length')).toBe(at(plain, 'val/length'));
  });

  it('the pretraining mix is trained on and reported', async () => {
    const { rows } = await runPpo({ iterations: 2, pretrainCoef: 1 });
    for (const loss of metric(rows, 'loss/pretrain_avg')) expect(loss).toBeGreaterThan(0.5);
    expect((await runPpo({ iterations: 1 })).rows[0]!.metrics).not.toHaveProperty('loss/pretrain_avg');
  });
});
