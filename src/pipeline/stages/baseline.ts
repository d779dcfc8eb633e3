import { z } from 'zod';
import { integer } from '../contract/settings';
import { defineStage, modelOf, parent } from '../contract/stage';
import { packedBaseline } from '../measures/baseline';
import { drawBaseline, drawEvaluationPrompts } from '../measures/evaluate';

const settings = z.object({
  prompts: integer(512, 8, 4096, {
    label: 'prompts',
    unit: 'prompts',
    typical: [64, 512],
    effect: 'Held-out prompts that SFT answers.',
  }),
});

/** The answers of SFT that arms are compared with, drawn once for all of them. */
export const baseline = defineStage({
  name: 'baseline',
  version: 1,
  settings,
  inputs: ['sft'],
  place: { kind: 'shared' },
  learnsFrom: null,
  metrics: { num_tokens: 'optimiser' },
  figures: {},
  headline: [],
  async *run(context, { prompts }, parents) {
    const model = modelOf(context, parent(parents, 'sft'));
    try {
      const heldOut = drawEvaluationPrompts(context, prompts);
      const artifact = packedBaseline(await drawBaseline(context, model, heldOut));
      const tokens = artifact.tokens.length;
      const at = { update: prompts, updates: prompts, samples: prompts, tokens };
      yield { type: 'metrics', ...at, metrics: { num_tokens: tokens } };
      return { artifact, summary: {} };
    } finally {
      model.dispose();
    }
  },
});
