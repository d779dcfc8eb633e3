import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import { HELD_OUT_CLUSTERS, TRAIN_CLUSTERS, unseenQuestions } from '../../../src/pipeline/data/questions';
import { fewShotQuestions } from '../../../src/pipeline/data/few-shot';
import { greedyAnswers } from '../../../src/pipeline/measures/greedy';
import type { Settings } from '../../../src/pipeline/lab/config';
import {
  modelOf,
  type Evaluation,
  type LanguageModelArtifact,
  type MetricsEvent,
  type PreferencesArtifact,
  type StageContext,
} from '../../../src/pipeline/contract/stage';
import { missingFigures } from '../../../src/pipeline/contract/figures';
import { STAGES, type StageName } from '../../../src/pipeline/stages';
import { initialWeights, withFreshHead } from '../../../src/model/parameters';
import { agreement } from '../../../src/pipeline/measures/pair-accuracy';
import { mean } from '../../../src/pipeline/maths/statistics';
import { rngFrom } from '../../../src/random/rng';
import { decode, EOS, INSTRUCTION_CLUSTERS, instructionSubjects, RELATIONS, TASKS } from '../../../src/world';
import {
  nanoContext,
  openEngine,
  recording,
  runToEnd,
  trainTrunk,
  type StageRun,
  type Trunk,
} from '../support';

let engine: Engine;
let context: StageContext;
let trunk: Trunk;
const parents = () => ({ ...trunk, teacher: trunk.sft, judge: trunk.reward });
const run = (stage: StageName, changes: Settings = {}, within = context) =>
  runToEnd<LanguageModelArtifact>(within, stage, changes, parents());
const metric = (rows: readonly MetricsEvent[], name: string) => rows.flatMap((r) => r.metrics[name] ?? []);
const evaluations = (r: StageRun): Evaluation[] => r.evaluations.map((e) => e.evaluation);

beforeAll(async () => {
  engine = await openEngine();
  context = nanoContext(engine);
  trunk = await trainTrunk(context);
}, 120_000);
afterAll(() => engine.dispose());

describe('every stage', () => {
  const QUICK: [StageName, Settings][] = [
    ['online-dpo', { rounds: 1, steps: 2, pairs: 16 }],
    ['preferred-ft', { steps: 2, batchSize: 4 }],
    ['unlikelihood', { steps: 2, batchSize: 4 }],
    ['best-of-n', { largest: 2, samples: 4 }],
    ['tilt', { samples: 4, rungs: 2 }],
    ['probe', {}],
    ['probe', { shots: 1 }],
    ['instruct', { steps: 2, batchSize: 4 }],
    ['few-shot', { shots: 1 }],
    ['distil', { answers: 32, steps: 2, batchSize: 4 }],
    ['ai-feedback', { pairs: 600, heldOutPairs: 8, answers: 'pool' }],
  ];
  it.each(QUICK)(
    '%s %j gives finite rows and all its figures, the same each time, and leaves nothing behind',
    async (stage, s) => {
      const quick = { ...context, evaluation: { times: 1, prompts: 8, finalPrompts: 8 } };
      const before = engine.memory().tensors;
      const first = await run(stage, s, quick);
      const second = await run(stage, s, quick);
      expect(first.result.summary).toEqual(second.result.summary);
      expect(engine.memory().tensors).toBe(before);
      const numbers = first.events.flatMap((e) =>
        Object.values(e.type === 'metrics' ? e.metrics : e.evaluation),
      );
      expect([...numbers, ...Object.values(first.result.summary)].every(Number.isFinite)).toBe(true);
      expect(missingFigures(STAGES[stage].figures, first.result.summary)).toEqual([]);
    },
  );
});

describe('baselines on preference pairs', () => {
  it('imitating the chosen answers makes them likelier and answers better', async () => {
    const { rows, result } = await run('preferred-ft', { steps: 60, learningRate: 2e-3 });
    const losses = metric(rows, 'loss');
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    expect(result.summary['gold']).toBeGreaterThan(trunk.runs.sft.result.summary['gold']!);
  });

  it('unlikelihood makes rejected answers less likely than imitation alone leaves them', async () => {
    const rejected = async (coefficient: number) => {
      const { rows } = await run('unlikelihood', { steps: 30, coefficient, learningRate: 1e-3 });
      return rows.at(-1)!.metrics['logps/rejected']!; // the same pairs in the same order
    };
    expect(await rejected(2)).toBeLessThan((await rejected(0)) - 2);
  });
});

describe('online DPO', () => {
  it('labels the answers of the policy as it is in every round, by people or by the reward model', async () => {
    for (const labels of ['labeler', 'reward-model'] as const) {
      const { rows, evaluations: measured } = await run('online-dpo', {
        rounds: 3,
        steps: 20,
        pairs: 256,
        labels,
        learningRate: 5e-4,
      });
      expect(new Set(metric(rows, 'round'))).toEqual(new Set([1, 2, 3]));
      expect(rows.map((r) => r.update)).toEqual([...rows.map((r) => r.update)].sort((a, b) => a - b));
      expect(rows[0]!.metrics['loss']).toBeCloseTo(Math.LN2, 5);
      expect(Math.min(...metric(rows, 'labels/agreement'))).toBeGreaterThan(0.55);
      expect(measured.at(-1)!.update).toBe(60);
      expect(measured.at(-1)!.evaluation.gold).toBeGreaterThan(measured[0]!.evaluation.gold - 0.05);
      expect(measured.at(-1)!.evaluation.kl).toBeGreaterThan(0.1);
    }
  });
});

describe('a judge that cannot tell answers apart', () => {
  /** What a reward model trained at learning rate 0 is. */
  const blind = () => ({
    ...trunk.reward,
    weights: withFreshHead(trunk.sft.config, trunk.sft.weights),
    mean: 0,
    deviation: 1,
  });
  /** Four standard deviations of a fair coin. */
  const byChance = (pairs: number) => 4 * Math.sqrt(0.25 / pairs);
  const judged = (stage: StageName, changes: Settings) =>
    runToEnd<PreferencesArtifact>(context, stage, changes, { ...parents(), reward: blind(), judge: blind() });

  it('labels for online DPO agree with gold by chance', async () => {
    const s = { rounds: 1, steps: 1, pairs: 2000, labels: 'reward-model' };
    const { rows } = await judged('online-dpo', s);
    expect(Math.abs(rows[0]!.metrics['labels/agreement']! - 0.5)).toBeLessThan(byChance(2000));
  });

  it('AI feedback, too, in training and held out', async () => {
    const { result } = await judged('ai-feedback', { pairs: 4000, heldOutPairs: 4000 });
    expect(Math.abs(result.summary['agreement']! - 0.5)).toBeLessThan(byChance(4000));
    const { heldOut } = result.artifact;
    expect(heldOut.length).toBeGreaterThan(3000);
    expect(Math.abs(agreement(heldOut)! - 0.5)).toBeLessThan(byChance(heldOut.length));
  });
});

describe('policies that only choose among SFT’s answers', () => {
  it('best of n: reward rises with n, KL stays just below the analytic one, n = 1 is SFT', async () => {
    const measured = evaluations(await run('best-of-n', { largest: 16, samples: 64 }));
    expect(measured.map((e) => e.bestOf)).toEqual([1, 2, 4, 8, 16]);
    for (const { kl, bestOf } of measured) {
      const analytic = Math.log(bestOf!) - (bestOf! - 1) / bestOf!;
      expect(kl).toBeLessThanOrEqual(analytic + 1e-12);
      expect(kl).toBeGreaterThanOrEqual(0.9 * analytic - 1e-12);
    }
    const proxies = measured.map((e) => e.proxy!);
    expect(proxies).toEqual([...proxies].sort((a, b) => a - b));
    expect(Math.abs(proxies[0]!)).toBeLessThan(0.3);
    expect(measured.at(-1)!.gold).toBeGreaterThan(measured[0]!.gold + 0.05);
    expect(measured[0]!.winRateLow).toBeLessThan(0.5);
    expect(measured[0]!.winRateHigh).toBeGreaterThan(0.5);
  });

  it('the frontier: lower β, more reward, more KL, fewer effective samples; above best-of-n at equal KL', async () => {
    const tilted = evaluations(await run('tilt', { samples: 64, lowestBeta: 0.1, rungs: 6 }));
    for (const name of ['gold', 'kl'] as const)
      expect(tilted.map((e) => e[name])).toEqual(tilted.map((e) => e[name]!).sort((a, b) => a - b));
    const sizes = tilted.map((e) => e.effectiveSamples!);
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    expect(tilted.at(-1)!.kl).toBeLessThan(Math.log(64));
    const best = evaluations(await run('best-of-n', { largest: 4, samples: 64 })).at(-1)!;
    const beyond = tilted.find((e) => e.kl >= best.kl)!;
    expect(beyond.gold).toBeGreaterThan(best.gold);
  });

  it('keeps the figures of every rung of a tilt, however close they are', async () => {
    const ladder = { samples: 4, highestBeta: 3, lowestBeta: 2.95, rungs: 5 };
    const { evaluations: rungs, result } = await run('tilt', ladder);
    const golds = Object.entries(result.summary).filter(([name]) => name.startsWith('gold.'));
    expect(golds.map(([, gold]) => gold)).toEqual(rungs.map((e) => e.evaluation.gold));
  });
});

describe('instruction tuning', () => {
  it('keeps the held-out clusters, the unseen wordings and the held-out entities away from training', async () => {
    const { engine: watched, updates } = recording(engine);
    await run('instruct', { steps: 20 }, nanoContext(watched));
    const rows = updates.flat().flatMap((term) => term.batch);
    const hidden = new Map(RELATIONS.map((r) => [r, new Set(instructionSubjects(r, 'heldOut'))]));
    expect(rows.length).toBe(20 * 32);
    for (const { ids, start } of rows) {
      const prompt = decode(ids.slice(0, start));
      expect(ids.at(-1)).toBe(EOS);
      expect(prompt.at(-1)).toBe('a:');
      for (const relation of RELATIONS) {
        if (!prompt.includes(relation)) continue;
        expect(HELD_OUT_CLUSTERS as readonly string[]).not.toContain(relation);
        expect(prompt.some((word) => hidden.get(relation)!.has(word))).toBe(false);
      }
    }
  });

  it('splits the clusters into trained and held-out ones', () => {
    expect([...TRAIN_CLUSTERS, ...HELD_OUT_CLUSTERS].sort()).toEqual([...INSTRUCTION_CLUSTERS].sort());
  });

  it('learns to answer; an untrained model stays as it is', async () => {
    const tuned = await run('instruct', { clusters: 3, steps: 60, learningRate: 3e-3 });
    const losses = metric(tuned.rows, 'loss');
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2); // too little to know unseen entities, enough for the form
    const last = tuned.rows.at(-1)!;
    expect([tuned.rows[0]!.update, last.update]).toEqual([0, 60]);
    expect(tuned.result.summary).toMatchObject(last.metrics);
    const cells = ['colour', 'first', 'language'].map((c) => tuned.result.summary[`accuracy.${c}`]!);
    expect(mean(cells)).toBeCloseTo(last.metrics['accuracy/trainClusters']!, 9);
    const untrained = await run('instruct', { clusters: 0 });
    expect(untrained.result.artifact.weights).toEqual(trunk.base.weights);
    expect(untrained.result.summary['accuracy/trainClusters']).toBeUndefined();
  });

  it('of one cluster trains that one, from a fixed number of examples, in as many wordings as asked', async () => {
    const { engine: watched, updates } = recording(engine);
    const settings = { cluster: 'capital', examples: 3, templates: 1, steps: 4 };
    await run('instruct', settings, nanoContext(watched));
    const prompts = updates
      .flat()
      .flatMap((t) => t.batch.map((r) => decode(r.ids.slice(0, r.start)).join(' ')));
    expect(new Set(prompts).size).toBeLessThanOrEqual(3);
    for (const prompt of prompts) expect(prompt).toMatch(/^<bos> q: what is the capital of \w+ \? a:$/);
  });

  it('with prefix attention trains and answers with the question seen both ways', async () => {
    const { engine: watched, updates } = recording(engine);
    const settings = { steps: 3, attention: 'prefix' };
    await run('instruct', settings, nanoContext(watched));
    for (const row of updates.flat().flatMap((t) => t.batch)) expect(row.prefix).toBe(row.start);
    // two layers: in a single one the last token sees the same either way
    const config = { ...trunk.base.config, nLayer: 2 };
    const model = engine.createModel(config, initialWeights(config, rngFrom('two layers')));
    const prompts = unseenQuestions(rngFrom(1), ['language', 'copy'], 6).map((q) => q.prompt);
    const causal = await greedyAnswers(model, prompts, 5);
    const twoWay = await greedyAnswers(model, prompts, 5, true);
    expect(twoWay).not.toEqual(causal);
    expect(await greedyAnswers(model, prompts, 5)).toEqual(causal);
    // a prefix of the first token alone is causal attention: the helper then agrees with the cache
    const { data, cols } = await model.nextLogits(
      prompts.map((ids) => ({ ids, start: ids.length, prefix: 1 })),
    );
    causal.forEach((answer, i) => {
      const logits = Array.from(data.subarray(i * cols + 1, (i + 1) * cols));
      expect(1 + logits.indexOf(Math.max(...logits))).toBe(answer[0]);
    });
    model.dispose();
  });
});

describe('few-shot', () => {
  it('puts solved examples of other entities in front and fits the context', () => {
    for (const shots of [0, 1, 3, 16])
      for (const question of fewShotQuestions(
        context,
        INSTRUCTION_CLUSTERS,
        { shots, format: 'qa' },
        6,
        64,
      )) {
        const words = decode(question.prompt);
        expect(question.prompt.length + question.answer.length + 1).toBeLessThanOrEqual(64);
        expect(words.filter((w) => w === 'a:').length).toBeLessThanOrEqual(shots + 1);
        expect(words.at(-1)).toBe('a:');
      }
  });

  it('as a table looks like the web’s tables and does not give the answer away', () => {
    for (const question of fewShotQuestions(context, ['king'], { shots: 2, format: 'table' }, 12, 64)) {
      const text = decode(question.prompt).join(' ');
      expect(text).toMatch(/^<bos> (\w+ : \w+ , ){2}\w+ :$/);
      expect(text).not.toContain(decode(question.answer).join(' '));
    }
  });

  it('spends context', async () => {
    const tokens = async (shots: number) =>
      (await run('few-shot', { shots })).result.summary['tokensPerQuestion']!;
    expect(await tokens(2)).toBeGreaterThan((await tokens(0)) + 10);
  });
});

describe('probe', () => {
  it('measures SFT itself: KL 0, wins even', async () => {
    const { result } = await run('probe');
    expect(result.summary).toMatchObject({ kl: 0, winRate: 0.5 });
    expect(result.summary['gold']).toBeCloseTo(trunk.runs.sft.result.summary['gold']!, 6);
  });

  it('with the tax: loss on web text rises and is measured for every arm', async () => {
    const taxed = { ...context, evaluation: { ...context.evaluation, tax: true } };
    const base = await runToEnd(taxed, 'probe', {}, { sft: trunk.base });
    const sft = await run('probe', {}, taxed);
    expect(sft.result.summary['webLoss']).toBeGreaterThan(base.result.summary['webLoss']!);
    expect(base.result.summary['webLoss']).toBeCloseTo(trunk.runs.pretrain.result.summary['loss']!, 0);
    expect(sft.result.summary['fewShot']).toBeGreaterThanOrEqual(0);
    const { result } = await run('preferred-ft', { steps: 1 }, taxed);
    expect(result.summary['webLoss']).toBeGreaterThan(0);
  });
});

describe('distillation and AI feedback', () => {
  it('the student learns to answer from the teacher alone', async () => {
    const { rows, result } = await run('distil', { answers: 512, steps: 150, learningRate: 3e-3 });
    const losses = metric(rows, 'loss');
    expect(losses.at(-1)).toBeLessThan(losses[0]! - 0.3);
    expect(result.summary['gold']).toBeGreaterThan(trunk.runs.sft.result.summary['gold']! - 0.25);
  });

  it('pairs are labelled by the judge’s score', async () => {
    const made = await runToEnd<PreferencesArtifact>(context, 'ai-feedback', { pairs: 64 }, parents());
    const { pairs, heldOut } = made.result.artifact;
    const model = modelOf(context, trunk.reward);
    for (const set of [pairs, heldOut]) {
      const scores = async (side: 'chosen' | 'rejected') =>
        (
          await model.evaluate(
            set.map((p) => ({ ids: [...p.prompt, ...p[side]], start: p.prompt.length })),
            { scores: true },
          )
        ).scores!;
      const [chosen, rejected] = [await scores('chosen'), await scores('rejected')];
      chosen.forEach((score, i) => expect(score).toBeGreaterThanOrEqual(rejected[i]! - 1e-5));
    }
    expect(made.result.summary['agreement']).toBeGreaterThan(0.6);
    model.dispose();
  });
});

describe('narrow demonstrations', () => {
  it.each(TASKS.map((t) => [t.name, t] as const))('%s: good answers to one kind of prompt', (_, task) => {
    const rng = rngFrom('narrow');
    for (let i = 0; i < 50; i++) {
      const { prompt, completion } = task.demonstration(rng, 'narrow');
      const { total } = task.gold(prompt, completion, true);
      if (task.name === 'chat') expect(prompt.meta).toMatchObject({ kind: 'howTo' });
      if (task.name === 'tldr') expect(prompt.meta).toMatchObject({ subject: 'dog' });
      if (task.name === 'review') expect(prompt.words[1]).toBe('the');
      expect(total, completion.join(' ')).toBeGreaterThan(task.name === 'review' ? -0.6 : 0.9);
    }
  });
});
