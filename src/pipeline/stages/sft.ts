import { z } from 'zod';
import { sometimes } from '../contract/figures';
import { writeFormula } from '../contract/formula';
import { drawEvaluationPrompts, EVALUATION_FIGURES, sampleGold } from '../measures/evaluate';
import { DivergenceGuard, isLogged } from '../training/guard';
import { sftLoss } from '../losses/sft';
import { adamw, cosineSchedule } from '../training/optimizer';
import { choice, integer, number, optionalInteger, ownSetting } from '../contract/settings';
import { ownData } from '../contract/own';
import { defineStage, modelOf, parent, streamOf } from '../contract/stage';
import { mean } from '../maths/statistics';
import { demonstrations, ownDemonstrations } from '../data/demonstrations';
import { sequence } from '../data/tokens';

const settings = z.object({
  steps: integer(100, 1, 10_000, {
    label: 'steps',
    unit: 'updates',
    typical: [50, 400],
    effect: 'More steps: closer to the demonstrations, further from the base model.',
  }),
  batchSize: integer(32, 1, 256, {
    label: 'batch size',
    unit: 'demonstrations',
    typical: [16, 64],
    effect: 'Larger: smoother gradients, more work per step.',
  }),
  learningRate: number(5e-4, 0, 1, {
    label: 'learning rate',
    symbol: '\\eta',
    typical: [2e-4, 2e-3],
    effect: 'Higher: learns the format faster and forgets the web text faster.',
  }),
  source: choice(['crowd', 'curated', 'narrow'], 'crowd', {
    label: 'demonstrations',
    effect:
      'Crowd: cheap and noisy; curated: careful and all good; narrow: careful, but of one kind of prompt only.',
  }),
  examples: optionalInteger(null, 1, 100_000, {
    label: 'number of demonstrations',
    unit: 'demonstrations',
    typical: [32, 2048],
    effect: 'A fixed set of this size is reused; off: a fresh demonstration every time.',
    advanced: true,
  }),
  own: ownSetting('demonstrations', {
    label: 'own demonstrations',
    effect:
      'Demonstrations that you brought, in place of those of the world; their source and number then do not count.',
    advanced: true,
  }),
});

export type SftSettings = z.infer<typeof settings>;

/**
 * Supervised fine-tuning: cross-entropy on demonstrations, prompt masked, EOS in the target
 * (Ouyang et al. 2022, step 1).
 */
export const sft = defineStage({
  name: 'sft',
  version: 1,
  settings,
  inputs: ['base'],
  place: { kind: 'trunk', fills: ['sft', 'teacher'], mayFill: [] },
  learnsFrom: 'demonstrations',
  metrics: { loss: 'loss', entropy: 'policy', num_tokens: 'optimiser', grad_norm: 'optimiser' },
  figures: {
    gold: EVALUATION_FIGURES.gold,
    prompts: sometimes(EVALUATION_FIGURES.prompts), // older results do not say
    length: EVALUATION_FIGURES.length,
  },
  headline: [{ figure: 'gold', from: 'summary', until: ['loss'], meanwhile: 'loss' }],
  formula: () =>
    writeFormula('loss', (_, update) => [
      '\\mathcal L=-\\frac1{|y|}\\sum_{t}\\log\\pi_\\theta(y_t\\mid x,y_{<t})',
      update(),
    ]),
  async *run(context, s, parents) {
    const model = modelOf(context, parent(parents, 'base'));
    const guard = new DivergenceGuard('sft', model, s.learningRate);
    await guard.start();
    const data = streamOf(context, 'sft', 'data');
    const next =
      s.own === null
        ? demonstrations(context.task, data, s)
        : ownDemonstrations(ownData(context, 'demonstrations', s.own), data, model.config.nPositions);
    let tokens = 0;
    try {
      for (let update = 1; update <= s.steps; update++) {
        const batch = Array.from({ length: s.batchSize }, next).map((d) => sequence(d.prompt, d.completion));
        tokens += batch.reduce((sum, row) => sum + row.ids.length, 0);
        const report = await model.update(
          [{ batch, want: { logProbs: true, entropy: true }, loss: sftLoss }],
          adamw(cosineSchedule(update - 1, s.steps, s.learningRate, 10)),
          isLogged(update, s.steps) && 'weights',
        );
        if (!report) continue;
        await guard.check(update, report);
        yield {
          type: 'metrics',
          update,
          updates: s.steps,
          samples: update * s.batchSize,
          tokens,
          metrics: {
            loss: report.loss,
            entropy: report.metrics['entropy']!,
            num_tokens: tokens,
            grad_norm: report.gradNorm,
          },
          ...(report.weights && isLogged(update, s.steps, 12) ? { weights: report.weights } : {}),
        };
      }
      const heldOut = drawEvaluationPrompts(context, context.evaluation.finalPrompts);
      const { gold, completions } = await sampleGold(context, model, heldOut);
      return {
        artifact: { kind: 'model', config: model.config, weights: await model.weights() },
        summary: {
          gold: mean(gold),
          prompts: gold.length,
          length: mean(completions.map((c) => c.length)),
        },
      };
    } finally {
      model.dispose();
    }
  },
});
