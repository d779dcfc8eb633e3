import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { integer, number } from '../contract/settings';
import { writeFormula } from '../contract/formula';
import { defineStage, parent } from '../contract/stage';
import { logOddsRatio, orpoOddsLoss } from '../losses/reference-free';
import { Arm, ARM_FIGURES, ARM_HEADLINE } from '../training/arm';
import { REFERENCE_FREE_METRICS, trainWithoutReference } from '../training/reference-free';

const settings = z.object({
  steps: integer(120, 1, 10_000, {
    label: 'steps',
    unit: 'updates',
    typical: [60, 250],
    effect: 'More steps: closer to the chosen answers; the same pairs are seen again.',
  }),
  batchSize: integer(32, 1, 256, {
    label: 'batch size',
    unit: 'pairs',
    typical: [16, 64],
    effect: 'Larger: smoother gradients, more work per step.',
  }),
  learningRate: number(3e-4, 0, 1, {
    label: 'learning rate',
    symbol: '\\eta',
    typical: [1e-4, 1e-3],
    effect: 'Higher: moves further per pair; no reference holds the policy.',
  }),
  lambda: number(0.5, 0, 20, {
    label: 'odds-ratio weight',
    symbol: '\\lambda',
    typical: [0.1, 1],
    effect: 'Higher: rejected answers are pushed away harder; 0 is fine-tuning on the chosen ones.',
  }),
});

export type OrpoSettings = z.infer<typeof settings>;

/**
 * Odds-ratio preference optimisation (Hong et al. 2024): cross-entropy of the chosen answers plus a term on the ratio of
 * odds, in one stage and without a reference. Theirs starts at a base model; here, like every arm, at SFT. TRL 0.x
 * counts the prompt in the first term; the paper and this do not.
 */
export const orpo = defineStage({
  name: 'orpo',
  version: 1,
  settings,
  inputs: ['sft', 'preferences', 'reward'], // the reward model only measures
  place: { kind: 'offered', armName: 'ORPO' },
  learnsFrom: 'labels',
  comparedWith: 'sft',
  fit: 'rl',
  answersPrompts: () => true,
  metrics: { ...REFERENCE_FREE_METRICS, nll_loss: 'loss', log_odds_ratio: 'loss' },
  figures: ARM_FIGURES,
  headline: ARM_HEADLINE,
  formula: () =>
    writeFormula('loss', (symbol, update) => [
      `\\mathcal L=-\\,\\mathbb E\\big[\\log p_w+${symbol('lambda', '\\lambda')}\\log\\sigma(\\log\\mathrm{OR})\\big]`,
      '\\mathrm{OR}=\\frac{p_w}{1-p_w}\\Big/\\frac{p_l}{1-p_l}',
      'p_w=\\exp\\big(\\tfrac1{|y_w|}\\log\\pi_\\theta(y_w)\\big)',
      update(),
    ]),
  async *run(context, s, parents) {
    const arm = await Arm.open(context, parents);
    try {
      const { pairs } = parent(parents, 'preferences');
      const training = { ...s, beta: s.lambda };
      const rows = trainWithoutReference(context, 'orpo', training, pairs, arm.policy, (chosen, rejected) => {
        const likelihood = tf.neg(tf.mean(chosen)) as tf.Scalar;
        const odds = tf.mean(orpoOddsLoss(chosen, rejected));
        return {
          loss: tf.add(likelihood, tf.mul(s.lambda, odds)) as tf.Scalar,
          metrics: {
            nll_loss: likelihood,
            log_odds_ratio: tf.mean(logOddsRatio(chosen, rejected)) as tf.Scalar,
          },
        };
      });
      return yield* arm.run(s.steps, rows);
    } finally {
      arm.dispose();
    }
  },
});
