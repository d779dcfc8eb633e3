import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import { MessageError, type Code } from '../../../src/messages';
import { MODEL_SIZES } from '../../../src/model/config';
import { initialWeights, parameterLayout } from '../../../src/model/parameters';
import type { Settings } from '../../../src/pipeline/lab/config';
import type {
  Artifact,
  LanguageModelArtifact,
  Parents,
  PreferencePair,
  PreferencesArtifact,
  RewardModelArtifact,
  StageContext,
} from '../../../src/pipeline/contract/stage';
import type { StageName } from '../../../src/pipeline/stages';
import { rngFrom } from '../../../src/random/rng';
import { EOS, taskByName, VOCABULARY } from '../../../src/world';
import { nanoContext, openEngine, recording, runToEnd, type StageRun } from '../support';

const config = { ...MODEL_SIZES.nano, vocabSize: VOCABULARY.length };
/** Untrained: its answers are noise, and all different. */
const noise: LanguageModelArtifact = {
  kind: 'model',
  config,
  weights: initialWeights(config, rngFrom('noise')),
};

/**
 * Answers with `<eos>` at once, whatever it is asked: the final layer norm says one direction only, that of `<eos>`,
 * whose logit is as given. At 40 nothing else is ever said, at 10 something else now and then, at −40 anything else.
 */
function saysEos(logit: number): LanguageModelArtifact {
  const weights = noise.weights.slice();
  const width = config.nEmbd;
  for (const { name, offset, size } of parameterLayout(config)) {
    if (name === 'transformer.ln_f.weight') weights.fill(0, offset, offset + size);
    if (name === 'transformer.ln_f.bias') weights.fill(1, offset, offset + size);
    if (name === 'transformer.wte.weight')
      weights.fill(logit / width, offset + EOS * width, offset + (EOS + 1) * width);
  }
  return { kind: 'model', config, weights };
}

const reward: RewardModelArtifact = { ...noise, kind: 'reward', mean: 0, deviation: 1 };
const pair = (i: number, gold = i): PreferencePair => ({
  prompt: [1, 10 + i],
  chosen: [20 + i, 30, EOS],
  rejected: [40 + i, EOS],
  goldChosen: 0.1 * gold,
  goldRejected: 0,
});
const comparisons = (pairs: PreferencePair[], heldOut: PreferencePair[] = []): PreferencesArtifact => ({
  kind: 'preferences',
  pairs,
  heldOut,
});

let engine: Engine;
let context: StageContext;
beforeAll(async () => {
  engine = await openEngine();
  context = nanoContext(engine, { evaluation: { times: 1, prompts: 8, finalPrompts: 8 } });
});
afterAll(() => engine?.dispose());

const run = <A extends Artifact>(
  stage: StageName,
  changes: Settings,
  parents: Parents = {},
  within = context,
) =>
  runToEnd<A>(within, stage, changes, {
    base: noise,
    sft: noise,
    reward,
    teacher: noise,
    judge: reward,
    ...parents,
  });

/** Every number of a run. */
const numbers = (r: StageRun) => [
  ...r.events.flatMap((e) => Object.values(e.type === 'metrics' ? e.metrics : e.evaluation)),
  ...Object.values(r.result.summary),
];

const FROM_PAIRS: [StageName, Settings][] = [
  ['reward', { steps: 3, batchSize: 256 }],
  ['dpo', { steps: 3, batchSize: 256 }],
  ['preferred-ft', { steps: 3, batchSize: 256 }],
  ['unlikelihood', { steps: 3, batchSize: 256 }],
];

describe('few comparisons', () => {
  it.each(FROM_PAIRS)(
    '%s counts the pairs that it has used, not those it has asked for',
    async (stage, s) => {
      for (const count of [1, 2]) {
        const preferences = comparisons(Array.from({ length: count }, (_, i) => pair(i)));
        const { rows, result } = await run(stage, s, { preferences });
        expect(rows.map((r) => r.samples)).toEqual([count, 2 * count, 3 * count]);
        expect(numbers({ rows, result, events: rows, evaluations: [] }).every(Number.isFinite)).toBe(true);
      }
    },
  );

  it.each(FROM_PAIRS)('%s says that there is nothing to learn from', async (stage, s) => {
    await fails(run(stage, s, { preferences: comparisons([]) }), 'pairs.none');
  });

  it('online DPO and distillation count what they have used, too', async () => {
    const online = await run('online-dpo', { rounds: 2, steps: 2, pairs: 8, batchSize: 256 });
    expect(online.rows.map((r) => r.samples)).toEqual([8, 16, 24, 32]);
    const distilled = await run('distil', { answers: 32, steps: 2, batchSize: 256 });
    expect(distilled.rows.at(-1)!.samples).toBe(64);
  });

  it('without held-out pairs, or with equal golds only, the accuracies are absent and nothing fails', async () => {
    const none = await run('reward', { steps: 2 }, { preferences: comparisons([pair(1)]) });
    expect(Object.keys(none.result.summary).sort()).toEqual(['rawDeviation', 'rawMean']);
    expect(none.rows.some((r) => 'eval_accuracy' in r.metrics)).toBe(false);
    const equal = await run('reward', { steps: 2 }, { preferences: comparisons([pair(1)], [pair(2, 0)]) });
    expect(equal.result.summary).not.toHaveProperty('accuracy');
    expect(equal.result.summary).toHaveProperty('labelAccuracy');
    const dpo = await run('dpo', { steps: 2 }, { preferences: comparisons([pair(1)]) });
    expect(dpo.result.summary).not.toHaveProperty('implicitAccuracy');
  });

  it.each(['review', 'chat', 'tldr'])(
    '%s: two comparisons for training and two held out are enough',
    async (task) => {
      const within = { ...context, task: taskByName(task) };
      const few = { pairs: 2, heldOutPairs: 2 };
      for (const stage of ['preferences', 'ai-feedback'] as const) {
        const made = await run<PreferencesArtifact>(stage, few, {}, within);
        expect(made.result.artifact.pairs).toHaveLength(2);
        const { result } = await run('reward', { steps: 2 }, { preferences: made.result.artifact }, within);
        expect(Object.values(result.summary).every(Number.isFinite)).toBe(true);
      }
    },
  );
});

describe('an SFT model that has collapsed', () => {
  const parents = { sft: saysEos(40), teacher: saysEos(40) };

  it('cannot be compared with itself: every stage that asks for comparisons says so', async () => {
    await fails(run('preferences', { pairs: 2, heldOutPairs: 2 }, parents), 'answers.alike');
    await fails(run('ai-feedback', { pairs: 2, heldOutPairs: 2 }, parents), 'answers.alike');
    await fails(run('ai-feedback', { pairs: 2, answers: 'pool' }, parents), 'answers.alike');
    await fails(run('online-dpo', { rounds: 1, pairs: 8 }, parents), 'answers.alike');
  });

  it('on the held-out prompts only leaves labels to learn from; what cannot be measured is absent', async () => {
    for (const stage of ['preferences', 'ai-feedback'] as const) {
      const few = { pairs: 4, heldOutPairs: 2 };
      const { result } = await run<PreferencesArtifact>(stage, few, { sft: saysEos(10) });
      const preferences = result.artifact;
      expect([preferences.pairs.length, preferences.heldOut.length]).toEqual([4, 0]);
      expect(Object.keys(result.summary).sort()).toEqual(['agreement', 'pairs']);
      for (const [learner, s] of FROM_PAIRS)
        expect(numbers(await run(learner, s, { preferences })).every(Number.isFinite)).toBe(true);
    }
  });

  it.each([
    ['ppo', { iterations: 2, rolloutBatch: 2, minibatches: 2 }],
    ['best-of-n', { largest: 2, samples: 2 }],
    ['tilt', { samples: 2, rungs: 1 }],
    ['probe', {}],
    ['probe', { shots: 1 }],
    ['distil', { answers: 32, steps: 1 }],
  ] as [StageName, Settings][])('%s %j still runs on it', async (stage, s) => {
    expect(numbers(await run(stage, s, parents)).every(Number.isFinite)).toBe(true);
  });

  it('scores alike, and the scale of the reward model stays finite', async () => {
    const preferences = comparisons([pair(1), pair(2)], [pair(3)]);
    const trained = await run<RewardModelArtifact>('reward', { steps: 2 }, { ...parents, preferences });
    expect(trained.result.artifact.deviation).toBeGreaterThan(0);
  });
});

it('a teacher that never ends an answer teaches nothing', async () => {
  await fails(run('distil', { answers: 32, steps: 1 }, { teacher: saysEos(-40) }), 'teacher.endless');
});

describe('a judge that cannot tell answers apart', () => {
  const blind: RewardModelArtifact = { ...reward, weights: noise.weights }; // the head of a fresh model is 0

  it('a reward model trained at learning rate 0 is one: accuracies of exactly one half', async () => {
    const preferences = comparisons([pair(1), pair(2)], [pair(3), pair(4)]);
    const { rows, result } = await run<RewardModelArtifact>(
      'reward',
      { steps: 2, learningRate: 0, normalise: false },
      { preferences },
    );
    expect(rows.map((r) => [r.metrics['accuracy'], r.metrics['eval_accuracy']])).toEqual([[0.5, 0.5], [0.5, 0.5]]); // prettier-ignore
    expect(result.summary).toMatchObject({ accuracy: 0.5, labelAccuracy: 0.5 });
    expect(result.artifact.weights).toEqual(blind.weights);
  });

  it('best of n by its constant score is SFT: KL 0 for every n', async () => {
    const { result } = await run('best-of-n', { largest: 16, samples: 16 }, { reward: blind });
    for (const n of [1, 2, 16]) expect(result.summary[`kl.${n}`]).toBeCloseTo(0, 12);
    expect(result.summary['gold.16']).toBeCloseTo(result.summary['gold.1']!, 12);
  });
});

describe('what PPO does with its rollouts', () => {
  it.each([
    [48, 32],
    [5, 4],
    [16, 4],
  ])('%i answers in %i minibatches are that many steps', async (rolloutBatch, minibatches) => {
    const { engine: watched, updates } = recording(engine);
    const s = { iterations: 1, epochs: 2, rolloutBatch, minibatches };
    const { rows } = await run('ppo', s, {}, { ...context, engine: watched });
    expect(updates).toHaveLength(2 * minibatches);
    expect(updates.flat().flatMap((term) => term.batch)).toHaveLength(2 * rolloutBatch);
    expect(rows[0]!.metrics['val/epochs']).toBe(2);
  });

  it('an iteration that stops early counts the steps and tokens it has made', async () => {
    const { engine: watched, updates } = recording(engine);
    const s = {
      iterations: 1,
      epochs: 8,
      rolloutBatch: 8,
      minibatches: 4,
      targetKl: 0.001,
      learningRate: 0.1,
    };
    const { rows } = await run('ppo', s, {}, { ...context, engine: watched });
    const batches = updates.map((terms) => terms[0]!.batch);
    expect(batches.length).toBeLessThan(32);
    expect(rows[0]!.metrics['val/epochs']).toBe(batches.length / 4);
    const trained = batches.flat().reduce((sum, row) => sum + row.ids.length, 0);
    const once = await run('ppo', { ...s, epochs: 1, minibatches: 1, targetKl: null }); // sampled and trained on once
    expect(rows[0]!.tokens).toBe(once.rows[0]!.tokens / 2 + trained);
  });

  it('the KL coefficient stays above 0 however short the horizon', async () => {
    const s = { iterations: 4, rolloutBatch: 64, adaptiveKlTarget: 100, adaptiveKlHorizon: 10 };
    const { rows } = await run('ppo', s);
    const coefs = rows.map((r) => r.metrics['kl_coef']!);
    coefs.forEach((c, i) => expect(c).toBeCloseTo(coefs[0]! * 0.8 ** i, 9));
  });
});

async function fails(running: Promise<unknown>, code: Code): Promise<void> {
  const error: unknown = await running.catch((e: unknown) => e);
  if (!(error instanceof MessageError)) throw new Error(`no sentence: ${String(error)}`);
  expect(error.info.code).toBe(code);
}
