import { z } from 'zod';
import { choice, integer } from '../contract/settings';
import { writeFormula } from '../contract/formula';
import { defineStage } from '../contract/stage';
import { mean } from '../maths/statistics';
import { Arm, ARM_FIGURES, ARM_HEADLINE } from '../training/arm';
import { ON_POLICY_METRICS, ON_POLICY_SETTINGS as common, trainOnPolicy } from '../training/on-policy';

const settings = z.object({
  iterations: common.iterations,
  prompts: integer(64, 2, 512, {
    label: 'answers per iteration',
    unit: 'answers',
    typical: [32, 128],
    effect: 'More: less noisy gradients, slower iterations.',
  }),
  learningRate: common.learningRate,
  baseline: choice(['moving-average', 'batch', 'none'], 'moving-average', {
    label: 'baseline',
    effect: 'What the reward is compared with; none: every answer with a positive reward is pushed up.',
  }),
  klCoef: common.klCoef,
  missingEosPenalty: common.missingEosPenalty,
  rewardSource: common.rewardSource,
  ownPrompts: common.ownPrompts,
});

export type ReinforceSettings = z.infer<typeof settings>;

/** Share of a moving average that stays at each iteration. */
const KEPT = 0.9;

/**
 * REINFORCE (Williams 1992) on whole answers, one to each prompt, with the baseline that is chosen: the ancestor of PPO,
 * RLOO and GRPO. One on-policy update per batch.
 */
export const reinforce = defineStage({
  name: 'reinforce',
  version: 1,
  settings,
  inputs: ['sft', 'reward'],
  place: { kind: 'offered', armName: 'REINFORCE' },
  learnsFrom: 'reward',
  comparedWith: 'sft',
  fit: 'rl',
  answersPrompts: () => true,
  metrics: ON_POLICY_METRICS,
  figures: ARM_FIGURES,
  headline: ARM_HEADLINE,
  formula: ({ baseline }) =>
    writeFormula('loss', (symbol, update) => [
      `\\mathcal L=-\\,\\mathbb E\\big[${baseline === 'none' ? 'R' : '(R-b)'}\\log\\pi_\\theta(y)\\big]`,
      `R=r_\\phi(x,y)-${symbol('klCoef', '\\beta')}\\log\\frac{\\pi_\\theta(y)}{\\pi_{\\mathrm{ref}}(y)}`,
      update(),
    ]),
  async *run(context, s, parents) {
    const arm = await Arm.open(context, parents);
    try {
      const training = { ...s, size: 1 };
      return yield* arm.run(
        s.iterations,
        trainOnPolicy(context, 'reinforce', training, parents, arm.policy, arm.reference, lessBaseline(s)),
      );
    } finally {
      arm.dispose();
    }
  },
});

/** Takes the baseline off; a moving average starts at the first batch's mean and knows earlier batches only. */
function lessBaseline({ baseline }: Pick<ReinforceSettings, 'baseline'>) {
  let average: number | null = null;
  return (rewards: readonly number[]): number[] => {
    const here = mean(rewards);
    const level = { none: 0, batch: here, 'moving-average': average ?? here }[baseline];
    average = average === null ? here : KEPT * average + (1 - KEPT) * here;
    return rewards.map((r) => r - level);
  };
}
