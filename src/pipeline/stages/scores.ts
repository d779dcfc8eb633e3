import { z } from 'zod';
import { message, MessageError } from '../../messages';
import { defineStage, modelOf, parent } from '../contract/stage';
import { drawEvaluationPrompts } from '../measures/evaluate';
import { answersTo } from '../measures/reference-answers';
import { scoresOf } from '../measures/reweighted';

/** What a reward model thinks of the answers that arms share: a result apart, so that they do not depend on it. */
export const scores = defineStage({
  name: 'scores',
  version: 1,
  settings: z.object({}),
  inputs: ['reward'],
  place: { kind: 'shared' },
  learnsFrom: null,
  metrics: {},
  figures: {},
  headline: [],
  async *run(context, _, parents) {
    const reward = parent(parents, 'reward');
    const { samples } = parents;
    if (!samples) throw new MessageError(message('stage.parent', { role: 'samples' }));
    const { perPrompt, gold } = samples;
    const prompts = gold.length / perPrompt;
    const heldOut = drawEvaluationPrompts(context, prompts);
    const model = modelOf(context, reward);
    const found = new Float32Array(gold.length);
    try {
      for (const [at, ids] of heldOut.ids.entries()) {
        const answers = answersTo(samples, at, perPrompt);
        found.set(await scoresOf(model, reward, ids, answers), at * perPrompt);
        const [update, updates] = [at + 1, prompts];
        if (update % 8 === 0) yield { type: 'metrics', update, updates, samples: 0, tokens: 0, metrics: {} };
      }
    } finally {
      model.dispose();
    }
    return { artifact: { kind: 'scores' as const, scores: found }, summary: {} };
  },
});
