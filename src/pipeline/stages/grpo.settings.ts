import { z } from 'zod';
import { GRPO_NORMALISATIONS } from '../losses/grpo';
import { message } from '../../messages';
import { choice, flag, integer, number, optionalNumber } from '../contract/settings';
import type { SettingProblem } from '../contract/stage';
import { SCORING_SETTINGS } from '../training/groups';
import { ON_POLICY_SETTINGS } from '../training/on-policy';

export const settings = z.object({
  iterations: ON_POLICY_SETTINGS.iterations,
  prompts: integer(8, 1, 256, {
    label: 'prompts per iteration',
    unit: 'prompts',
    typical: [4, 32],
    effect: 'More: less noisy gradients, slower iterations.',
  }),
  groupSize: integer(8, 2, 64, {
    label: 'group size',
    symbol: 'G',
    unit: 'answers per prompt',
    typical: [4, 16],
    effect: 'More answers to one prompt: a better baseline, fewer dead groups.',
  }),
  learningRate: number(3e-4, 0, 1, {
    label: 'learning rate',
    symbol: '\\eta',
    typical: [1e-4, 1e-3],
    effect: 'Higher: faster, until the ratio explodes and the policy collapses.',
  }),
  beta: number(0.05, 0, 10, {
    label: 'KL coefficient',
    symbol: '\\beta',
    unit: 'reward per nat',
    typical: [0, 0.1],
    effect: 'Higher: stays closer to SFT; the KL stands in the loss, not in the reward.',
  }),
  clipRange: optionalNumber(0.2, 0.01, 10, {
    label: 'clip range',
    symbol: '\\varepsilon',
    typical: [0.1, 0.3],
    effect: 'Larger: bigger policy changes per iteration; off: no limit at all.',
  }),
  clipHigh: optionalNumber(null, 0.01, 10, {
    label: 'upper clip range',
    symbol: '\\varepsilon_{\\mathrm{high}}',
    typical: [0.2, 0.3],
    effect:
      'Larger than the clip range: unlikely tokens may grow faster (DAPO: 0.28); off: the same as below.',
  }),
  scale: choice(['deviation', 'none'], 'deviation', {
    label: 'advantage scale',
    effect: 'Deviation: as in GRPO, easy and hard prompts weigh more; none: Dr. GRPO.',
  }),
  normalisation: choice(GRPO_NORMALISATIONS, 'grpo', {
    label: 'length normalisation',
    effect: 'GRPO: every answer weighs the same; DAPO: every token does; Dr. GRPO: a constant divisor.',
  }),
  dynamicSampling: flag(false, {
    label: 'dynamic sampling',
    effect: 'On: dead groups are thrown away and prompts drawn until the batch is full (DAPO).',
  }),
  epochs: integer(2, 1, 32, {
    label: 'epochs per iteration',
    unit: 'passes',
    typical: [1, 4],
    effect: 'More: every rollout is used more often, further off-policy.',
    advanced: true,
  }),
  minibatches: integer(2, 1, 32, {
    label: 'minibatches',
    unit: 'per epoch',
    typical: [1, 4],
    effect: 'More: smaller, more frequent gradient steps.',
    advanced: true,
  }),
  ...SCORING_SETTINGS,
});

export type GrpoSettings = z.infer<typeof settings>;

/** Settings that are each fine and impossible together. */
export function grpoProblems({ prompts, groupSize, minibatches }: GrpoSettings): SettingProblem[] {
  const rollouts = prompts * groupSize;
  return minibatches > rollouts
    ? [{ name: 'minibatches', message: message('ppo.minibatches', { rollouts, minibatches }) }]
    : [];
}
