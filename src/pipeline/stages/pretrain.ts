import { z } from 'zod';
import { writeFormula } from '../contract/formula';
import { nats } from '../contract/figures';
import { MODEL_SIZES } from '../../model/config';
import { initialWeights } from '../../model/parameters';
import { VOCABULARY, packedCorpus } from '../../world';
import { corpusBatch, ownCorpus } from '../data/corpus';
import { DivergenceGuard, isLogged } from '../training/guard';
import { negativeLogLikelihood } from '../losses/sft';
import { maskedMean } from '../maths/matrix';
import { adamw, cosineSchedule } from '../training/optimizer';
import { ownData } from '../contract/own';
import { integer, number, ownSetting } from '../contract/settings';
import { defineStage, streamOf } from '../contract/stage';

const settings = z.object({
  steps: integer(6000, 1, 50_000, {
    label: 'steps',
    unit: 'updates',
    typical: [4000, 8000],
    effect: 'More steps: copying and other skills that form late appear; takes longer.',
  }),
  batchSize: integer(32, 1, 256, {
    label: 'batch size',
    unit: 'sequences',
    typical: [16, 64],
    effect: 'Larger: smoother gradients, more work per step.',
  }),
  learningRate: number(4e-3, 0, 1, {
    label: 'learning rate',
    symbol: '\\eta',
    typical: [1e-3, 6e-3],
    effect: 'Higher: learns faster until the loss becomes unstable.',
  }),
  weightDecay: number(0.01, 0, 1, {
    label: 'weight decay',
    typical: [0, 0.1],
    effect: 'Higher: weights are pulled towards zero more strongly.',
    advanced: true,
  }),
  warmup: integer(100, 1, 5000, {
    label: 'warm-up',
    unit: 'updates',
    typical: [20, 200],
    effect: 'Longer: the learning rate climbs more slowly at the start.',
    advanced: true,
  }),
  corpusTokens: integer(3_000_000, 10_000, 20_000_000, {
    label: 'corpus',
    unit: 'tokens',
    typical: [1_000_000, 4_000_000],
    effect: 'Larger: less repetition of the same documents.',
    advanced: true,
  }),
  text: ownSetting('text', {
    label: 'own text',
    effect:
      'A text that you brought, in place of the world’s web; words that the vocabulary lacks are left out of it.',
    advanced: true,
  }),
});

export type PretrainSettings = z.infer<typeof settings>;

/**
 * Next-token prediction on the synthetic web text (GPT-2's objective), from random weights.
 * Result: a base model that continues text but does not answer.
 */
export const pretrain = defineStage({
  name: 'pretrain',
  version: 1,
  settings,
  inputs: [],
  place: { kind: 'trunk', fills: ['base'], mayFill: ['sft'] },
  taskFree: true,
  learnsFrom: 'text',
  metrics: { loss: 'loss', eval_loss: 'loss', grad_norm: 'optimiser' },
  figures: { loss: nats({ digits: 2 }) },
  headline: [{ figure: 'loss', from: 'summary', until: ['eval_loss', 'loss'] }],
  formula: () =>
    writeFormula('loss', (_, update) => [
      '\\mathcal L=-\\frac1T\\sum_{t}\\log\\pi_\\theta(x_t\\mid x_{<t})',
      update(),
    ]),
  async *run(context, s) {
    const config = { ...MODEL_SIZES[context.size], vocabSize: VOCABULARY.length };
    const length = config.nPositions;
    // The base model belongs to no task: its streams are named by the seed alone.
    const stream = (purpose: string) =>
      streamOf({ ...context, task: { ...context.task, name: 'web' } }, 'pretrain', purpose);
    const corpus =
      s.text === null
        ? packedCorpus(stream('data'), s.corpusTokens)
        : ownCorpus(ownData(context, 'text', s.text), s.corpusTokens);
    const heldOut = packedCorpus(stream('held-out'), 64 * length);
    const validation = corpusBatch(
      heldOut,
      Array.from({ length: 64 }, (_, i) => i * length),
      length,
    );
    const model = context.engine.createModel(config, initialWeights(config, stream('weights')));
    const guard = new DivergenceGuard('pretrain', model, s.learningRate);
    await guard.start();
    const offsets = stream('order');
    const validationLoss = async () => {
      const { logProbs, mask } = await model.evaluate(validation, { logProbs: true });
      return -maskedMean(logProbs!, mask);
    };
    try {
      for (let update = 1; update <= s.steps; update++) {
        const rows = Array.from({ length: s.batchSize }, () => offsets.int(0, corpus.length - length - 1));
        const report = await model.update(
          [
            {
              batch: corpusBatch(corpus, rows, length),
              want: { logProbs: true },
              loss: negativeLogLikelihood,
            },
          ],
          adamw(cosineSchedule(update - 1, s.steps, s.learningRate, s.warmup), {
            weightDecay: s.weightDecay,
          }),
          isLogged(update, s.steps, 300) && 'weights',
        );
        if (!report) continue;
        await guard.check(update, report);
        const validate = isLogged(update, s.steps, 30);
        yield {
          type: 'metrics',
          update,
          updates: s.steps,
          samples: update * s.batchSize,
          tokens: update * s.batchSize * (length - 1),
          metrics: {
            loss: report.loss,
            grad_norm: report.gradNorm,
            ...(validate ? { eval_loss: await validationLoss() } : {}),
          },
          ...(validate && report.weights ? { weights: report.weights } : {}),
        };
      }
      return {
        artifact: { kind: 'model', config, weights: await model.weights() },
        summary: { loss: await validationLoss() },
      };
    } finally {
      model.dispose();
    }
  },
});
