import { z } from 'zod';
import { integer } from '../contract/settings';
import { writeFormula } from '../contract/formula';
import { defineStage } from '../contract/stage';
import { leaveOneOutAdvantages } from '../maths/groups';
import { Arm, ARM_FIGURES, ARM_HEADLINE } from '../training/arm';
import { ON_POLICY_METRICS, ON_POLICY_SETTINGS as common, trainOnPolicy } from '../training/on-policy';

const settings = z.object({
  iterations: common.iterations,
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
  learningRate: common.learningRate,
  klCoef: common.klCoef,
  missingEosPenalty: common.missingEosPenalty,
  rewardSource: common.rewardSource,
  ownPrompts: common.ownPrompts,
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
