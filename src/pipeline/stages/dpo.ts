import { z } from 'zod';
import { dpoFormula } from './dpo.formula';
import { Arm, ARM_FIGURES, ARM_HEADLINE } from '../training/arm';
import { PAIR_METRICS, trainOnPairs } from '../training/pairs';
import { choice, flag, integer, number } from '../contract/settings';
import { defineStage, parent } from '../contract/stage';

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
    effect: 'Higher: moves further per pair; too high and both log-probs collapse.',
  }),
  beta: number(0.5, 0.001, 10, {
    label: 'beta',
    symbol: '\\beta',
    unit: 'reward per nat',
    typical: [0.1, 1],
    effect: 'Higher: stays closer to SFT; low values let likelihoods drift.',
  }),
  lossType: choice(['sigmoid', 'ipo', 'hinge'], 'sigmoid', {
    label: 'loss',
    effect: 'Sigmoid: DPO as published; IPO: a squared target for the margin; hinge: SLiC.',
  }),
  labelSmoothing: number(0, 0, 0.5, {
    label: 'label smoothing',
    symbol: '\\varepsilon',
    typical: [0, 0.2],
    effect: 'Assumed share of flipped labels (sigmoid only).',
  }),
  sftCoef: number(0, 0, 10, {
    label: 'SFT term on chosen answers',
    typical: [0, 1],
    effect: 'Higher: keeps the chosen answers likely, against likelihood displacement.',
    advanced: true,
  }),
  referenceFree: flag(false, {
    label: 'reference-free',
    effect: 'On: compares raw log-probs; nothing holds the policy near SFT.',
    advanced: true,
  }),
});

export type DpoSettings = z.infer<typeof settings>;

/**
 * Direct preference optimisation (Rafailov et al. 2023): no reward model, no sampling; one classification
 * loss on log-prob ratios against the cached reference. Starts exactly at ln 2 (sigmoid).
 */
export const dpo = defineStage({
  name: 'dpo',
  version: 1,
  settings,
  inputs: ['sft', 'preferences', 'reward'], // the reward model only measures DPO; it never trains it
  place: { kind: 'offered', armName: 'DPO' },
  learnsFrom: 'labels',
  comparedWith: 'sft',
  fit: 'rl',
  answersPrompts: () => true,
  metrics: PAIR_METRICS,
  figures: ARM_FIGURES,
  headline: ARM_HEADLINE,
  formula: dpoFormula,
  async *run(context, s, parents) {
    const arm = await Arm.open(context, parents);
    try {
      const { pairs } = parent(parents, 'preferences');
      return yield* arm.run(s.steps, trainOnPairs(context, 'dpo', s, pairs, arm.policy, arm.reference));
    } finally {
      arm.dispose();
    }
  },
});
