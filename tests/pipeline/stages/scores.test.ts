import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import {
  modelOf,
  type SamplesArtifact,
  type ScoresArtifact,
  type StageContext,
} from '../../../src/pipeline/contract/stage';
import { drawEvaluationPrompts, normalisedScores } from '../../../src/pipeline/measures/evaluate';
import { answerOf } from '../../../src/pipeline/measures/reference-answers';
import { nanoContext, openEngine, runToEnd, untrainedTrunk } from '../support';

let engine: Engine;
let context: StageContext;
const trunk = untrainedTrunk();
beforeAll(async () => {
  engine = await openEngine();
  context = nanoContext(engine);
});
afterAll(() => engine.dispose());

it('scores every answer to its own prompt, in deviations of SFT', async () => {
  const { sft, reward } = trunk;
  const drawn = await runToEnd<SamplesArtifact>(context, 'samples', { prompts: 8, count: 6 }, { sft });
  const samples = drawn.result.artifact;
  const { rows, result } = await runToEnd<ScoresArtifact>(context, 'scores', {}, { reward, samples });
  expect(rows.at(-1)).toMatchObject({ update: 8, updates: 8 });
  const { ids } = drawEvaluationPrompts(context, 8);
  const model = modelOf(context, reward);
  const prompts = Array.from({ length: 48 }, (_, i) => ids[Math.floor(i / 6)]!);
  const answers = prompts.map((_, i) => [...answerOf(samples, i)]);
  expect(result.artifact.scores).toEqual(await normalisedScores(model, reward, prompts, answers));
  model.dispose();
  expect(new Set(result.artifact.scores).size).toBeGreaterThan(20);
});

it('says what is missing', async () => {
  await expect(runToEnd(context, 'scores', {}, { reward: trunk.reward })).rejects.toThrow('samples');
});
