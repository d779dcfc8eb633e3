import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Batch, Engine, Matrix } from '../../../src/engine/types';
import { labelLogProbs } from '../../support/categorical';
import {
  createEvaluator,
  drawEvaluationPrompts,
  normalisedScores,
  sampleGold,
} from '../../../src/pipeline/measures/evaluate';
import { rowSums } from '../../../src/pipeline/maths/matrix';
import { resolvedSettings, type Settings } from '../../../src/pipeline/lab/config';
import { RunControl, runStage, type Job, type TimedEvent } from '../../../src/pipeline/lab/runner';
import {
  DivergedError,
  modelOf,
  type LanguageModelArtifact,
  type MetricsEvent,
  type PreferencePair,
  type StageContext,
} from '../../../src/pipeline/contract/stage';
import { STAGES, type StageName } from '../../../src/pipeline/stages';
import { mean, standardDeviation } from '../../../src/pipeline/maths/statistics';
import { completionIds, drawPrompts, goldOf, promptIds, sequence } from '../../../src/pipeline/data/tokens';
import { rngFrom } from '../../../src/random/rng';
import { BOS, decode, EOS, PAD, reviewTask, TASKS } from '../../../src/world';
import { nanoContext, openEngine, recording, runToEnd, trainTrunk, type Trunk } from '../support';

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
const dpoQuick: Settings = { steps: 8, batchSize: 16 };
const runPpo = (changes: Settings = {}, within = context) =>
  runToEnd<LanguageModelArtifact>(within, 'ppo', { ...ppoQuick, ...changes }, trunk);
const runDpo = (changes: Settings = {}, within = context) =>
  runToEnd<LanguageModelArtifact>(within, 'dpo', { ...dpoQuick, ...changes }, trunk);

describe('sequences', () => {
  it('an answer to learn from ends with <eos>, the prompt begins with <bos>, loss begins after the prompt', () => {
    const { prompt, completion } = reviewTask.demonstration(rngFrom(1), 'crowd');
    const row = sequence(promptIds(prompt), completionIds(completion));
    expect(row.ids[0]).toBe(BOS);
    expect(row.start).toBe(prompt.words.length + 1);
    expect(decode(row.ids.slice(1, row.start))).toEqual(prompt.words);
    expect(decode(row.ids.slice(row.start, -1))).toEqual(completion);
    expect(row.ids.at(-1)).toBe(EOS);
    expect(row.ids).not.toContain(PAD);
  });

  it('gold sees the words without <eos> and whether it was there', () => {
    const seen: unknown[] = [];
    const task = {
      ...reviewTask,
      gold: (_: unknown, words: readonly string[], finished: boolean) => {
        seen.push([words.join(' '), finished]);
        return { total: 0, parts: [] };
      },
    };
    const ids = completionIds(['the', 'movie', '.']);
    const prompt = { words: [], meta: null };
    goldOf(task as never, prompt, ids);
    goldOf(task as never, prompt, ids.slice(0, -1));
    expect(seen).toEqual([['the movie .', true], ['the movie .', false]]); // prettier-ignore
  });

  it.each(TASKS.map((t) => [t.name, t] as const))('%s: prompt, answer and <eos> fit the model', (_, task) => {
    for (const split of ['train', 'heldOut'] as const) {
      const { ids } = drawPrompts(task, rngFrom(3), split, 200);
      expect(Math.max(...ids.map((p) => p.length)) + task.maxNewTokens).toBeLessThanOrEqual(64);
    }
  });

  it('column c of an output belongs to completion token c: its log-prob is that of the logits before it', async () => {
    const model = modelOf(context, trunk.sft);
    const demonstrations = Array.from({ length: 3 }, (_, i) => reviewTask.demonstration(rngFrom(i), 'crowd'));
    const batch = demonstrations.map((d) => sequence(promptIds(d.prompt), completionIds(d.completion)));
    const { logProbs, mask } = await model.evaluate(batch, { logProbs: true });
    for (const [b, { ids, start }] of batch.entries()) {
      const logits = await model.nextLogits(ids.map((_, t) => ({ ids: ids.slice(0, t + 1), start: t + 1 })));
      const rows = ids.map((_, t) => logits.data.subarray(t * logits.cols, (t + 1) * logits.cols));
      const expected = labelLogProbs(
        rows,
        ids.map((id, t) => (t < start ? -100 : id)),
      );
      expect(expected).toHaveLength(ids.length - start);
      const at = (m: Matrix) => Array.from(m.data.subarray(b * m.cols, (b + 1) * m.cols));
      expect(at(mask)).toEqual(Array.from({ length: mask.cols }, (_, c) => (c < expected.length ? 1 : 0)));
      at(logProbs!).forEach((x, c) => expect(x).toBeCloseTo(expected[c] ?? 0, 4));
    }
    model.dispose();
  });
});

describe('pretraining and SFT', () => {
  it('pretraining lowers the loss on text it has not seen', () => {
    const losses = metric(trunk.runs.pretrain.rows, 'loss');
    expect(losses[0]).toBeCloseTo(Math.log(357), 0);
    const unseen = trunk.runs.pretrain.rows.flatMap((r) => r.metrics['eval_loss'] ?? []);
    expect(unseen.at(-1)).toBeLessThan(unseen[0]! / 2);
    expect(trunk.runs.pretrain.result.summary['loss']).toBeCloseTo(unseen.at(-1)!, 5);
  });

  it('SFT lowers the loss and teaches to answer: gold rises and answers end', async () => {
    const losses = metric(trunk.runs.sft.rows, 'loss');
    expect(late(losses)).toBeLessThan(early(losses) - 0.3);
    const heldOut = drawEvaluationPrompts(context, 64);
    const quality = async (artifact: LanguageModelArtifact) => {
      const model = modelOf(context, artifact);
      const { gold, completions } = await sampleGold(context, model, heldOut);
      model.dispose();
      return { gold: mean(gold), ended: mean(completions.map((c) => (c.at(-1) === EOS ? 1 : 0))) };
    };
    const [before, after] = [await quality(trunk.base), await quality(trunk.sft)];
    expect(after.gold).toBeGreaterThan(before.gold + 0.1);
    expect(after.ended).toBeGreaterThan(0.9);
    expect(after.gold).toBeCloseTo(trunk.runs.sft.result.summary['gold']!, 6);
  });

  it('SFT trains on demonstrations only, each with its prompt masked and its <eos> in the target', async () => {
    const { engine: watched, updates } = recording(engine);
    await runToEnd(nanoContext(watched), 'sft', { steps: 3, batchSize: 8 }, trunk);
    expect(updates).toHaveLength(3);
    for (const row of updates.flat().flatMap((term) => term.batch)) {
      const prompt = reviewTask.parsePrompt(decode(row.ids.slice(1, row.start)));
      expect(prompt, decode(row.ids).join(' ')).not.toBeNull();
      expect(row.ids.at(-1)).toBe(EOS);
      expect(row.ids.indexOf(EOS)).toBe(row.ids.length - 1);
      expect(row.prefix ?? 0).toBe(0);
    }
  });

  it('a fixed number of demonstrations is reused', async () => {
    const { engine: watched, updates } = recording(engine);
    await runToEnd(nanoContext(watched), 'sft', { steps: 4, batchSize: 16, examples: 5 }, trunk);
    const rows = updates.flat().flatMap((term) => term.batch.map((row) => row.ids.join()));
    expect(rows).toHaveLength(64);
    expect(new Set(rows).size).toBeLessThanOrEqual(5);
  });
});

describe('preferences and the reward model', () => {
  it('labels mostly agree with gold; flips bring them closer to chance; one half is noise', async () => {
    const agreement = async (changes: Settings) => {
      const run = await runToEnd(context, 'preferences', { pairs: 800, heldOutPairs: 8, ...changes }, trunk);
      return run.result.summary['agreement']!;
    };
    const [careful, flipped, noise] = [
      await agreement({ labelTemperature: 0.01 }),
      await agreement({ labelTemperature: 0.01, flipRate: 0.3 }),
      await agreement({ flipRate: 0.5 }),
    ] as const;
    expect(careful).toBeGreaterThan(0.93);
    expect(flipped).toBeGreaterThan(0.6);
    expect(flipped).toBeLessThan(0.8);
    expect(Math.abs(noise - 0.5)).toBeLessThan(0.08);
  });

  it('pairs are two different answers of the SFT model to one prompt, <eos> included', () => {
    const { pairs, heldOut } = trunk.preferences;
    expect(pairs).toHaveLength(4000);
    for (const pair of [...pairs.slice(0, 200), ...heldOut]) {
      expect(pair.chosen.join()).not.toBe(pair.rejected.join());
      expect(pair.prompt[0]).toBe(BOS);
      for (const answer of [pair.chosen, pair.rejected]) {
        const eos = answer.indexOf(EOS);
        expect(eos === answer.length - 1 || (eos < 0 && answer.length === reviewTask.maxNewTokens)).toBe(
          true,
        );
      }
    }
  });

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

describe('DPO', () => {
  it('starts at ln 2 with rewards of 0; margins grow and accuracy with them', async () => {
    const { rows } = await runDpo({ steps: 60, batchSize: 32, learningRate: 1e-3 });
    const first = rows[0]!.metrics;
    expect(Math.abs(first['loss']! - Math.LN2)).toBeLessThan(1e-6);
    for (const name of ['chosen', 'rejected', 'margins'])
      expect(Math.abs(first[`rewards/${name}`]!)).toBeLessThan(1e-5);
    const margins = metric(rows, 'rewards/margins');
    expect(late(margins)).toBeGreaterThan(early(margins) + 0.2);
    expect(late(metric(rows, 'rewards/accuracies'))).toBeGreaterThan(0.6);
    expect(late(metric(rows, 'loss'))).toBeLessThan(Math.LN2 - 0.02);
  });

  it.each([
    ['ipo', 1],
    ['hinge', 1],
  ])('%s starts where it should', async (lossType, expected) => {
    const { rows } = await runDpo({ steps: 1, lossType, beta: 0.5 });
    expect(rows[0]!.metrics['loss']).toBeCloseTo(expected, 4); // (1/(2β))² and 1 − 0
  });

  it('compares log-probs summed over the answer, <eos> included, chosen first', async () => {
    const { engine: watched, updates } = recording(engine);
    const run = await runDpo({ steps: 1 }, nanoContext(watched));
    const batch: Batch = updates[0]![0]!.batch;
    expect(batch).toHaveLength(32);
    const known = new Map<string, PreferencePair>(
      trunk.preferences.pairs.map((p) => [[...p.prompt, 0, ...p.chosen].join(), p]),
    );
    batch.slice(0, 16).forEach((row, i) => {
      const pair = known.get([...row.ids.slice(0, row.start), 0, ...row.ids.slice(row.start)].join())!;
      expect(pair).toBeDefined();
      expect(batch[16 + i]!.ids).toEqual([...pair.prompt, ...pair.rejected]);
    });
    const model = modelOf(context, trunk.sft);
    const sums = rowSums((await model.evaluate(batch, { logProbs: true })).logProbs!);
    model.dispose();
    expect(run.rows[0]!.metrics['logps/chosen']).toBeCloseTo(mean(sums.slice(0, 16)), 4);
    expect(run.rows[0]!.metrics['logps/rejected']).toBeCloseTo(mean(sums.slice(16)), 4);
    expect(run.rows[0]!.metrics['logps/ref_chosen']).toBeCloseTo(mean(sums.slice(0, 16)), 4);
  });

  it('the SFT term keeps the chosen answers likelier', async () => {
    const settings = { steps: 40, learningRate: 2e-3, beta: 0.1 };
    const [alone, held] = [await runDpo(settings), await runDpo({ ...settings, sftCoef: 1 })];
    expect(late(metric(held.rows, 'logps/chosen'))).toBeGreaterThan(late(metric(alone.rows, 'logps/chosen')));
  });
});

describe('measuring', () => {
  it('SFT against itself: every comparison a tie, exactly one half, KL exactly 0', async () => {
    const evaluator = await createEvaluator(context, trunk.sft, trunk.reward);
    const same = modelOf(context, trunk.sft);
    const { evaluation: result } = await evaluator.evaluate(same, 64);
    expect(result).toMatchObject({ winRate: 0.5, kl: 0, prompts: 64 });
    expect(Math.abs(result.proxy!)).toBeLessThan(0.5);
    same.dispose();
    evaluator.dispose();
    for (const run of [await runPpo({ iterations: 1 }), await runDpo({ steps: 1 })]) {
      const atStart = run.evaluations[0]!;
      expect(atStart).toMatchObject({ update: 0, evaluation: { winRate: 0.5, kl: 0 } });
      expect(atStart.weights).toEqual(trunk.sft.weights);
    }
  });

  it('both arms are measured on the same prompts with the same noise', async () => {
    const [a, b] = [await runPpo({ learningRate: 0 }), await runDpo({ learningRate: 0 })];
    expect(a.evaluations.at(-1)!.evaluation).toEqual(b.evaluations.at(-1)!.evaluation);
    expect(a.result.answers).toEqual(b.result.answers);
    expect(a.result.summary['winRate']).toBe(0.5);
  });

  it('a longer list of prompts starts with the shorter one', () => {
    const [short, long] = [drawEvaluationPrompts(context, 5), drawEvaluationPrompts(context, 50)];
    expect(long.ids.slice(0, 5)).toEqual(short.ids);
  });

  it('at the start, at even intervals and at the end', async () => {
    const often = nanoContext(engine, { evaluation: { times: 3, prompts: 8, finalPrompts: 24 } });
    const { evaluations, result } = await runPpo({ iterations: 9 }, often);
    expect(evaluations.map((e) => [e.update, e.evaluation.prompts])).toEqual([[0, 8], [3, 8], [6, 8], [9, 24]]); // prettier-ignore
    expect(result.summary).toMatchObject(evaluations.at(-1)!.evaluation);
    expect(evaluations.at(-1)!.weights).toEqual(result.artifact.weights);
  });
});

describe('repeatability', () => {
  const arms = [
    ['ppo', runPpo],
    ['dpo', runDpo],
  ] as const;

  it.each(arms)(
    '%s: the same seed gives bit-identical rows and weights, another seed does not',
    async (_, run) => {
      const [a, b] = [await run(), await run()];
      expect(b.events).toEqual(a.events);
      expect(b.result).toEqual(a.result);
      const other = await run({}, nanoContext(engine, { seed: 6 }));
      expect(other.rows).not.toEqual(a.rows);
    },
  );

  it.each(arms)('%s: measuring more often and on more prompts changes no training row', async (_, run) => {
    const [rarely, often] = [
      await run(),
      await run({}, nanoContext(engine, { evaluation: { times: 4, prompts: 40, finalPrompts: 96 } })),
    ];
    expect(often.evaluations.length).toBeGreaterThan(rarely.evaluations.length);
    expect(often.rows).toEqual(rarely.rows);
    expect(often.result.artifact).toEqual(rarely.result.artifact);
  });

  it('the trunk, too', async () => {
    const settings = { steps: 5, batchSize: 8 };
    for (const stage of ['sft', 'reward'] as const) {
      const [a, b] = [await runToEnd(context, stage, settings, trunk), await runToEnd(context, stage, settings, trunk)]; // prettier-ignore
      expect(b.events).toEqual(a.events);
      expect(b.result).toEqual(a.result);
    }
    const labels = () => runToEnd(context, 'preferences', { pairs: 100, heldOutPairs: 10 }, trunk);
    expect((await labels()).result).toEqual((await labels()).result);
  });

  it('pausing, stepping and resuming change nothing', async () => {
    const job = (): Job => ({
      stage: 'ppo',
      settings: resolvedSettings({ task: 'review', size: 'nano' }, 'ppo', ppoQuick),
      task: 'review',
      size: 'nano',
      seed: context.seed,
      evaluation: context.evaluation,
      parents: { sft: trunk.sft, reward: trunk.reward },
    });
    const straight = await runStage(engine, job(), new RunControl(), () => undefined);
    const control = new RunControl(true);
    const seen: TimedEvent[] = [];
    const interrupted = runStage(engine, job(), control, (event) => {
      if (event.type === 'notice') return;
      seen.push(event);
      if (seen.length < 3) setTimeout(() => control.step(), 2);
      else if (seen.length === 3) setTimeout(() => control.resume(), 20);
    });
    control.step();
    const { seconds, ...outcome } = await interrupted;
    expect(seconds).toBeGreaterThan(0);
    expect(outcome).toEqual({ ...straight, seconds: undefined });
    expect(seen.map((e) => [e.type, e.update])).toEqual([
      ['evaluation', 0],
      ...[1, 2, 3].map((u) => ['metrics', u]),
      ['metrics', 4],
      ['evaluation', 4],
    ]);
  });
});

describe('breaking and cleaning up', () => {
  const STAGES_QUICK: [StageName, Settings][] = [
    ['pretrain', { steps: 2, batchSize: 4, corpusTokens: 10_000 }],
    ['sft', { steps: 2, batchSize: 4 }],
    ['preferences', { pairs: 20, heldOutPairs: 8 }],
    ['reward', { steps: 2, batchSize: 4 }],
    ['ppo', { iterations: 2, rolloutBatch: 8 }],
    ['ppo', { iterations: 2, rolloutBatch: 8, valueModel: 'separate', pretrainCoef: 0.5 }],
    ['dpo', { steps: 2, batchSize: 4 }],
  ];

  it.each([
    ['sft', { steps: 30, learningRate: 1e30 }],
    ['reward', { steps: 30, learningRate: 1e30 }],
    ['ppo', { iterations: 30, learningRate: 1e30 }],
    ['dpo', { steps: 30, learningRate: 1e30 }],
  ] as [StageName, Settings][])(
    '%s says at which update it diverged and keeps good weights',
    async (stage, s) => {
      const before = engine.memory().tensors;
      const error: unknown = await runToEnd(context, stage, s, trunk).catch((e: unknown) => e);
      if (!(error instanceof DivergedError)) throw new Error(`${stage} did not diverge: ${String(error)}`);
      expect(error.message).toMatch(
        new RegExp(`^${stage} diverged at update ${error.update}: .*learning rate.*1e\\+30`),
      );
      expect(error.update).toBeLessThan(30);
      expect(error.lastGood!.update).toBeLessThan(error.update); // 0: where it began
      expect(error.lastGood!.artifact.weights.every(Number.isFinite)).toBe(true);
      expect(engine.memory().tensors).toBe(before);
    },
  );

  it.each(STAGES_QUICK)(
    '%s %o leaves nothing behind: run to its end or closed half-way',
    async (stage, changes) => {
      const { tensors } = engine.memory();
      await runToEnd(context, stage, changes, trunk);
      const after = engine.memory();
      expect(after.tensors).toBe(tensors);
      const settings = resolvedSettings({ task: 'review', size: 'nano' }, stage, changes);
      const generator = STAGES[stage].run(context, settings as never, trunk);
      await generator.next();
      await generator.return(undefined as never);
      expect(engine.memory().tensors).toBe(tensors);
      await runToEnd(context, stage, changes, trunk);
      expect(engine.memory()).toEqual(after);
    },
  );

  it('a missing parent is named', async () => {
    await expect(runToEnd(context, 'ppo', ppoQuick, { sft: trunk.sft })).rejects.toThrow('reward');
    await expect(runToEnd(context, 'sft', {}, {})).rejects.toThrow('base');
  });
});
