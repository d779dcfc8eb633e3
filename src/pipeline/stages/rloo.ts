import { z } from 'zod';
import { choice, integer, number } from '../contract/settings';
import { writeFormula } from '../contract/formula';
import { defineStage } from '../contract/stage';
import { leaveOneOutAdvantages } from '../maths/groups';
import { Arm, ARM_FIGURES, ARM_HEADLINE } from '../training/arm';
import { ON_POLICY_METRICS, trainOnPolicy } from '../training/on-policy';

const settings = z.object({
  iterations: integer(60, 1, 2000, {
    label: 'iterations',
    unit: 'updates',
    typical: [30, 120],
    effect: 'More: further from SFT, more reward, more risk of over-optimisation.',
  }),
  prompts: integer(16, 1, 256, {
    label: 'prompts per iteration',
    unit: 'prompts',
    typical: [8, 32],
    effect: 'More: less noisy gradients, slower iterations.',
  }),
  size: integer(4, 2, 64, {
    label: 'answers per prompt',
    symbol: 'k',
    unit: 'answers',
    typical: [2, 8],
    effect: 'More: each answer is compared with more others, a less noisy baseline.',
  }),
  learningRate: number(1e-3, 0, 1, {
    label: 'learning rate',
    symbol: '\\eta',
    typical: [3e-4, 3e-3],
    effect: 'Higher: faster; nothing clips a step that is too large.',
  }),
  klCoef: number(0.05, 0, 10, {
    label: 'KL coefficient',
    symbol: '\\beta',
    unit: 'reward per nat',
    typical: [0.02, 0.3],
    effect: 'Higher: stays closer to SFT; 0 invites over-optimisation of the proxy.',
  }),
  missingEosPenalty: number(1, 0, 20, {
    label: 'missing-EOS penalty',
    unit: 'reward',
    typical: [0, 2],
    effect: 'Subtracted when an answer does not end; 0 lets answers run on.',
    advanced: true,
  }),
  rewardSource: choice(['proxy', 'gold'], 'proxy', {
    label: 'reward',
    effect:
      'Proxy: the reward model, as in practice; gold: the true reward, which nobody has outside this lab.',
    advanced: true,
  }),
});

export type RlooSettings = z.infer<typeof settings>;

/**
 * REINFORCE leave-one-out (Ahmadian et al. 2024): k answers to each prompt, each with the mean reward of the others as
 * its baseline; whole answers are the actions; one on-policy update per batch. No value function, no clipping.
 */
export const rloo = defineStage({
  name: 'rloo',
  version: 1,
  settings,
  inputs: ['sft', 'reward'],
  place: { kind: 'offered', armName: 'RLOO' },
  learnsFrom: 'reward',
  comparedWith: 'sft',
  fit: 'rl',
  answersPrompts: () => true,
  metrics: ON_POLICY_METRICS,
  figures: ARM_FIGURES,
  headline: ARM_HEADLINE,
  formula: () =>
    writeFormula('loss', (symbol, update) => [
      `\\mathcal L=-\\,\\frac1{${symbol('size', 'k')}}\\sum_i A_i\\log\\pi_\\theta(y_i)`,
      'A_i=R_i-\\tfrac1{k-1}\\sum_{j\\ne i}R_j',
      `R_i=r_\\phi(x,y_i)-${symbol('klCoef', '\\beta')}\\log\\frac{\\pi_\\theta(y_i)}{\\pi_{\\mathrm{ref}}(y_i)}`,
      update(),
    ]),
  async *run(context, s, parents) {
    const arm = await Arm.open(context, parents);
    try {
      const advantagesOf = (rewards: readonly number[]) => leaveOneOutAdvantages(rewards, s.size);
      return yield* arm.run(
        s.iterations,
        trainOnPolicy(context, 'rloo', s, parents, arm.policy, arm.reference, advantagesOf),
      );
    } finally {
      arm.dispose();
    }
  },
});
