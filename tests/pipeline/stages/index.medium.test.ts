import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import { MODEL_SIZES } from '../../../src/model/config';
import type {
  LanguageModelArtifact,
  MetricsEvent,
  PreferencesArtifact,
  RewardModelArtifact,
  StageContext,
} from '../../../src/pipeline/contract/stage';
import { nanoContext, openEngine, recording, runToEnd, type Recorded } from '../support';

let engine: Engine;
let recorded: Recorded;
let context: StageContext;
beforeAll(async () => {
  engine = await openEngine();
  recorded = recording(engine);
  const evaluation = { times: 1, prompts: 8, finalPrompts: 8 };
  context = nanoContext(recorded.engine, { size: 'medium', evaluation });
});
afterAll(() => engine.dispose());

const numbers = (rows: readonly MetricsEvent[]) => rows.flatMap((row) => Object.values(row.metrics));

/** A few updates of every stage, each on what the one before made: the size asks for a GPU, but runs anywhere. */
it('the medium model goes through every stage', async () => {
  const pretrain = await runToEnd<LanguageModelArtifact>(context, 'pretrain', {
    ...{ steps: 2, batchSize: 2, corpusTokens: 10_000, warmup: 1 },
  });
  const base = pretrain.result.artifact;
  expect(base.config).toMatchObject(MODEL_SIZES.medium);
  // its rows fill its context
  const [term] = recorded.updates[0]!;
  expect(term!.batch.map(({ ids }) => ids.length)).toEqual([128, 128]);
  expect(pretrain.rows[0]!.metrics['loss']).toBeCloseTo(Math.log(357), 0);
  expect(pretrain.rows.at(-1)!.metrics['loss']).toBeLessThan(pretrain.rows[0]!.metrics['loss']!);

  const few = { steps: 2, batchSize: 2 };
  const sft = await runToEnd<LanguageModelArtifact>(context, 'sft', few, { base });
  const parents = { base, sft: sft.result.artifact };
  const preferences = await runToEnd<PreferencesArtifact>(
    context,
    'preferences',
    { pairs: 8, heldOutPairs: 4 },
    parents,
  );
  const labelled = { ...parents, preferences: preferences.result.artifact };
  const reward = await runToEnd<RewardModelArtifact>(context, 'reward', few, labelled);
  const all = { ...labelled, reward: reward.result.artifact };
  const dpo = await runToEnd<LanguageModelArtifact>(context, 'dpo', few, all);
  expect(dpo.rows[0]!.metrics['loss']).toBeCloseTo(Math.LN2, 6);
  const ppo = await runToEnd<LanguageModelArtifact>(context, 'ppo', { iterations: 2, rolloutBatch: 4 }, all);
  for (const { rows } of [pretrain, sft, reward, dpo, ppo]) {
    expect(rows.length).toBeGreaterThan(0);
    expect(numbers(rows).every(Number.isFinite)).toBe(true);
  }
  expect(ppo.result.artifact.weights).not.toEqual(parents.sft.weights);
}, 400_000);
