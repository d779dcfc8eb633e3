import { z } from 'zod';
import { integer } from '../contract/settings';
import { defineStage, modelOf, parent } from '../contract/stage';
import { drawEvaluationPrompts } from '../measures/evaluate';
import { drawAnswers, joinAnswers, type PromptAnswers } from '../measures/reference-answers';

const settings = z.object({
  prompts: integer(128, 8, 4096, {
    label: 'prompts',
    unit: 'prompts',
    typical: [64, 512],
    effect: 'Held-out prompts that SFT answers.',
  }),
  count: integer(256, 2, 4096, {
    label: 'answers per prompt',
    unit: 'answers',
    typical: [128, 1024],
    effect: 'As many as the arm that looks at most.',
  }),
});

/** Answers of SFT to the evaluation prompts, drawn once for all arms that choose among them or reweight them. */
export const samples = defineStage({
  name: 'samples',
  version: 1,
  settings,
  inputs: ['sft'],
  place: { kind: 'shared' },
  learnsFrom: null,
  metrics: { num_tokens: 'optimiser' },
  figures: {},
  headline: [],
  async *run(context, s, parents) {
    const model = modelOf(context, parent(parents, 'sft'));
    const drawn: PromptAnswers[] = [];
    let tokens = 0;
    try {
      const heldOut = drawEvaluationPrompts(context, s.prompts);
      for await (const one of drawAnswers(context, model, heldOut, s.count)) {
        drawn.push(one);
        tokens += one.tokens.length;
        const [update, drawnSamples] = [drawn.length, drawn.length * s.count];
        const at = { update, updates: s.prompts, samples: drawnSamples, tokens };
        if (update % 8 === 0) yield { type: 'metrics', ...at, metrics: { num_tokens: tokens } };
      }
    } finally {
      model.dispose();
    }
    return { artifact: joinAnswers(drawn, s.count), summary: {} };
  },
});
