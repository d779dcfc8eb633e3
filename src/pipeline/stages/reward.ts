import { z } from 'zod';
import { writeFormula } from '../contract/formula';
import { numeric, share } from '../contract/figures';
import type { LanguageModel } from '../../engine/types';
import { withFreshHead } from '../../model/parameters';
import { sampleGold } from '../measures/evaluate';
import { accuracyAgainstGold, accuracyOnLabels } from '../measures/pair-accuracy';
import { shuffledBatches } from '../training/batches';
import { DivergenceGuard, isLogged } from '../training/guard';
import { rewardModelLoss } from '../losses/reward';
import { adamw, cosineSchedule } from '../training/optimizer';
import { chosenThenRejected } from '../training/pairs';
import { present } from '../contract/present';
import { flag, integer, number } from '../contract/settings';
import { defineStage, modelOf, parent, streamOf, type StageContext } from '../contract/stage';
import { mean, standardDeviation } from '../maths/statistics';
import { drawPrompts, sequence } from '../data/tokens';

const settings = z.object({
  steps: integer(125, 1, 10_000, {
    label: 'steps',
    unit: 'updates',
    typical: [60, 500],
    effect: 'More steps: fits the labels more closely, noise included.',
  }),
  batchSize: integer(32, 1, 256, {
    label: 'batch size',
    unit: 'pairs',
    typical: [16, 64],
    effect: 'Larger: smoother gradients, more work per step.',
  }),
  learningRate: number(1e-3, 0, 1, {
    label: 'learning rate',
    symbol: '\\eta',
    typical: [3e-4, 2e-3],
    effect: 'Higher: learns faster until it overshoots.',
  }),
  normalise: flag(true, {
    label: 'centre and scale on SFT samples',
    effect: 'Off: the raw score scale decides what the KL coefficient means.',
    advanced: true,
  }),
});

export type RewardSettings = z.infer<typeof settings>;

/**
 * The reward model: the SFT model with a fresh scalar head, read at the last token (EOS), trained on
 * comparisons with the Bradley–Terry loss (Ouyang et al. 2022 eq. 1), then centred and scaled on SFT samples.
 */
export const reward = defineStage({
  name: 'reward',
  version: (s) => (s.learningRate === 0 ? 2 : 1), // only a head that stays 0 scores different answers alike
  settings,
  inputs: ['sft', 'preferences'],
  place: { kind: 'trunk', fills: ['reward', 'judge'], mayFill: [] },
  learnsFrom: 'labels',
  metrics: {
    loss: 'loss',
    accuracy: 'loss',
    eval_accuracy: 'loss',
    margin: 'reward',
    min_reward: 'reward',
    mean_reward: 'reward',
    max_reward: 'reward',
    grad_norm: 'optimiser',
  },
  figures: {
    accuracy: share({ when: 'sometimes' }), // only of held-out pairs that differ
    labelAccuracy: share({ when: 'sometimes' }),
    rawMean: numeric(2),
    rawDeviation: numeric(2),
  },
  headline: [{ figure: 'accuracy', from: 'summary', until: ['eval_accuracy', 'accuracy'] }],
  formula: () =>
    writeFormula('loss', (_, update) => [
      '\\mathcal L=-\\,\\mathbb E\\big[\\log\\sigma\\big(r_\\phi(x,y_w)-r_\\phi(x,y_l)\\big)\\big]',
      update('\\phi'),
    ]),
  async *run(context, s, parents) {
    const sft = parent(parents, 'sft');
    const { pairs, heldOut } = parent(parents, 'preferences');
    const model = context.engine.createModel(sft.config, withFreshHead(sft.config, sft.weights));
    const guard = new DivergenceGuard('reward', model, s.learningRate);
    await guard.start();
    const order = streamOf(context, 'reward', 'order');
    const batches = shuffledBatches(pairs.length, s.batchSize, (xs) => order.shuffle(xs));
    let samples = 0;
    let tokens = 0;
    try {
      for (let update = 1; update <= s.steps; update++) {
        const chosenPairs = batches.next().value!.map((i) => pairs[i]!);
        const batch = chosenThenRejected(chosenPairs);
        samples += chosenPairs.length;
        tokens += batch.reduce((sum, row) => sum + row.ids.length, 0);
        const report = await model.update(
          [{ batch, want: { scores: true }, loss: rewardModelLoss }],
          adamw(cosineSchedule(update - 1, s.steps, s.learningRate, 5)),
          isLogged(update, s.steps) && 'weights',
        );
        if (!report) continue;
        await guard.check(update, report);
        const measure = isLogged(update, s.steps, 8);
        yield {
          type: 'metrics',
          update,
          updates: s.steps,
          samples,
          tokens,
          metrics: {
            loss: report.loss,
            ...report.metrics,
            grad_norm: report.gradNorm,
            ...(measure ? present({ eval_accuracy: await accuracyAgainstGold(model, heldOut) }) : {}),
          },
        };
      }
      const { mean: centre, deviation } = s.normalise
        ? await sftScoreScale(context, modelOf(context, sft), model)
        : { mean: 0, deviation: 1 };
      return {
        artifact: {
          kind: 'reward',
          config: model.config,
          weights: await model.weights(),
          mean: centre,
          deviation,
        },
        summary: present({
          accuracy: await accuracyAgainstGold(model, heldOut),
          labelAccuracy: await accuracyOnLabels(model, heldOut),
          rawMean: centre,
          rawDeviation: deviation,
        }),
      };
    } finally {
      model.dispose();
    }
  },
});

/** Mean and standard deviation of raw scores on 512 SFT samples to training prompts. Disposes `sft`. */
async function sftScoreScale(context: StageContext, sft: LanguageModel, rewardModel: LanguageModel) {
  try {
    const prompts = drawPrompts(context.task, streamOf(context, 'reward', 'scale'), 'train', 512);
    const { completions } = await sampleGold(context, sft, prompts);
    const { scores } = await rewardModel.evaluate(
      prompts.ids.map((p, i) => sequence(p, completions[i]!)),
      { scores: true },
    );
    return { mean: mean(scores!), deviation: Math.max(1e-6, standardDeviation(scores!)) };
  } finally {
    sft.dispose();
  }
}
