import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Engine, LanguageModel } from '../../../src/engine/types';
import { MODEL_SIZES } from '../../../src/model/config';
import { initialWeights } from '../../../src/model/parameters';
import { rngFrom } from '../../../src/random/rng';
import { rowSums } from '../../../src/pipeline/maths/matrix';
import { streamOf, type StageContext } from '../../../src/pipeline/contract/stage';
import { goldOf, sequence } from '../../../src/pipeline/data/tokens';
import { drawEvaluationPrompts } from '../../../src/pipeline/measures/evaluate';
import {
  answerOf,
  answersTo,
  drawAnswers,
  joinAnswers,
  type PromptAnswers,
} from '../../../src/pipeline/measures/reference-answers';
import { VOCABULARY } from '../../../src/world';
import { nanoContext, openEngine } from '../support';

let engine: Engine;
let context: StageContext;
let model: LanguageModel;
beforeAll(async () => {
  engine = await openEngine();
  context = nanoContext(engine);
  const config = { vocabSize: VOCABULARY.length, ...MODEL_SIZES.nano };
  model = engine.createModel(config, initialWeights(config, rngFrom(1, 'weights')));
});
afterAll(() => engine.dispose());

const draw = async (prompts: number, count: number): Promise<PromptAnswers[]> => {
  const all: PromptAnswers[] = [];
  for await (const one of drawAnswers(context, model, drawEvaluationPrompts(context, prompts), count))
    all.push(one);
  return all;
};
const texts = (answers: PromptAnswers, count = answers.gold.length) =>
  Array.from({ length: count }, (_, i) => answerOf(answers, i).join());

it('draws for 256 answers what was drawn prompt by prompt, with their gold and log-probs', async () => {
  const heldOut = drawEvaluationPrompts(context, 4);
  const drawn = await draw(4, 256);
  const noiseKey = streamOf(context, 'reweighted', 'noise').uint32();
  const options = { maxNewTokens: context.task.maxNewTokens, temperature: 1, noiseKey };
  for (const at of [0, 3]) {
    const ids = heldOut.ids[at]!;
    const { completions } = await model.generate(new Array<number[]>(256).fill(ids), {
      ...options,
      firstRow: at * 256,
    });
    expect(texts(drawn[at]!)).toEqual(completions.map((c) => c.join()));
    expect([...drawn[at]!.gold]).toEqual(
      completions.map((c) => goldOf(context.task, heldOut.prompts[at]!, c).total),
    );
    const batch = completions.map((c) => sequence(ids, c));
    const { logProbs } = await model.evaluate(batch, { logProbs: true });
    expect([...drawn[at]!.logProbs]).toEqual([...rowSums(logProbs!)]);
  }
});

it('gives whoever asks for more the same answers and further ones', async () => {
  const [few, many] = [await draw(3, 20), await draw(3, 260)];
  const joined = joinAnswers(many, 260);
  for (const at of [0, 2]) {
    expect(texts(many[at]!, 20)).toEqual(texts(few[at]!));
    const part = answersTo(joined, at, 20);
    expect(texts(part)).toEqual(texts(few[at]!));
    expect(part.gold).toEqual(few[at]!.gold);
    expect(part.logProbs).toEqual(few[at]!.logProbs);
  }
  expect(new Set(texts(many[0]!)).size).toBeGreaterThan(256); // the second key draws others
});
