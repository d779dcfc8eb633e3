import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { integer, number } from '../contract/settings';
import { writeFormula } from '../contract/formula';
import { defineStage, parent } from '../contract/stage';
import { simpoLoss } from '../losses/reference-free';
import { Arm, ARM_FIGURES, ARM_HEADLINE } from '../training/arm';
import { REFERENCE_FREE_METRICS, trainWithoutReference } from '../training/reference-free';

const settings = z.object({
  steps: integer(120, 1, 10_000, {
    label: 'steps',
    unit: 'updates',
    typical: [60, 250],
    effect: 'More steps: further from SFT; the same pairs are seen again.',
  }),
  batchSize: integer(32, 1, 256, {
    label: 'batch size',
    unit: 'pairs',
    typical: [16, 64],
    effect: 'Larger: smoother gradients, more work per step.',
  }),
  learningRate: number(1e-4, 0, 1, {
    label: 'learning rate',
    symbol: '\\eta',
    typical: [5e-5, 5e-4],
    effect: 'Higher: moves further per pair; no reference holds the policy.',
  }),
  beta: number(2, 0.001, 100, {
    label: 'beta',
    symbol: '\\beta',
    unit: 'reward per nat and token',
    typical: [2, 10],
    effect: 'Higher: smaller differences already count as won.',
  }),
  gamma: number(0.5, 0, 20, {
    label: 'target margin',
    symbol: '\\gamma',
    unit: 'reward',
    typical: [0.3, 1.6],
    effect: 'Higher: chosen answers have to win by more before a pair is left alone.',
  }),
});

export type SimpoSettings = z.infer<typeof settings>;

/**
 * SimPO (Meng et al. 2024): DPO with the mean log-prob per token as reward, without a reference model and with a
 * margin. Long answers gain nothing from their length; nothing but few steps holds the policy near SFT.
 */
export const simpo = defineStage({
  name: 'simpo',
  version: 1,
  settings,
  inputs: ['sft', 'preferences', 'reward'], // the reward model only measures
  place: { kind: 'offered', armName: 'SimPO' },
  learnsFrom: 'labels',
  comparedWith: 'sft',
  fit: 'rl',
  answersPrompts: () => true,
  metrics: REFERENCE_FREE_METRICS,
  figures: ARM_FIGURES,
  headline: ARM_HEADLINE,
  formula: () =>
    writeFormula('loss', (symbol, update) => {
      const beta = symbol('beta', '\\beta');
      return [
        `\\mathcal L=-\\,\\mathbb E\\big[\\log\\sigma(${beta}h-${symbol('gamma', '\\gamma')})\\big]`,
        'h=\\tfrac1{|y_w|}\\log\\pi_\\theta(y_w)-\\tfrac1{|y_l|}\\log\\pi_\\theta(y_l)',
        update(),
      ];
    }),
  async *run(context, s, parents) {
    const arm = await Arm.open(context, parents);
    try {
      const { pairs } = parent(parents, 'preferences');
      const rows = trainWithoutReference(context, 'simpo', s, pairs, arm.policy, (chosen, rejected) => ({
        loss: tf.mean(simpoLoss(chosen, rejected, s)) as tf.Scalar,
      }));
      return yield* arm.run(s.steps, rows);
    } finally {
      arm.dispose();
    }
  },
});
