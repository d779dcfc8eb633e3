import { z } from 'zod';
import { message } from '../../messages';
import { choice, flag, integer, number, optionalNumber } from '../contract/settings';
import type { SettingProblem } from '../contract/stage';
import { ON_POLICY_SETTINGS } from '../training/on-policy';

const { iterations, klCoef, rewardSource, ownPrompts } = ON_POLICY_SETTINGS;

export const settings = z.object({
  iterations,
  rolloutBatch: integer(64, 2, 512, {
    label: 'rollouts per iteration',
    unit: 'answers',
    typical: [32, 128],
    effect: 'More: less noisy advantages, slower iterations.',
  }),
  learningRate: number(3e-4, 0, 1, {
    label: 'learning rate',
    symbol: '\\eta',
    typical: [1e-4, 1e-3],
    effect: 'Higher: faster, until the ratio explodes and the policy collapses.',
  }),
  klCoef,
  clipRange: optionalNumber(0.2, 0.01, 10, {
    label: 'clip range',
    symbol: '\\varepsilon',
    typical: [0.1, 0.3],
    effect: 'Larger: bigger policy changes per iteration; off: no limit at all.',
  }),
  epochs: integer(2, 1, 32, {
    label: 'epochs per iteration',
    unit: 'passes',
    typical: [1, 4],
    effect: 'More: every rollout is used more often, further off-policy.',
  }),
  minibatches: integer(2, 1, 32, {
    label: 'minibatches',
    unit: 'per epoch',
    typical: [1, 4],
    effect: 'More: smaller, more frequent gradient steps.',
  }),
  missingEosPenalty: number(1, 0, 20, {
    label: 'missing-EOS penalty',
    unit: 'reward',
    typical: [0, 2],
    effect: 'Subtracted when an answer does not end; 0 lets answers run on.',
  }),
  valueCoef: number(0.1, 0, 10, {
    label: 'value loss coefficient',
    symbol: 'c_v',
    typical: [0.05, 1],
    effect: 'Higher: the shared trunk works more for the value function.',
  }),
  entropyCoef: number(0, 0, 1, {
    label: 'entropy bonus',
    symbol: 'c_H',
    unit: 'per nat',
    typical: [0, 0.02],
    effect: 'Higher: keeps the policy spread out.',
  }),
  gaeLambda: number(0.95, 0, 1, {
    label: 'GAE lambda',
    symbol: '\\lambda',
    typical: [0.9, 1],
    effect: 'Lower: trusts the value function more: less variance, more bias.',
    advanced: true,
  }),
  gamma: number(1, 0, 1, {
    label: 'discount',
    symbol: '\\gamma',
    typical: [0.99, 1],
    effect: 'Lower: later rewards count less; the score sits on the last token.',
    advanced: true,
  }),
  valueClip: optionalNumber(0.2, 0.01, 10, {
    label: 'value clip range',
    typical: [0.1, 0.5],
    effect: 'Limits how far the value may move per iteration; off: no limit.',
    advanced: true,
  }),
  valueModel: choice(['shared', 'separate', 'none'], 'shared', {
    label: 'value model',
    effect:
      'Shared: a head on the policy; separate: its own network, from the reward model; none: no baseline.',
    advanced: true,
  }),
  whitenAdvantages: flag(true, {
    label: 'whiten advantages',
    effect: 'Off: the reward scale decides the step size.',
    advanced: true,
  }),
  targetKl: optionalNumber(null, 0.001, 10, {
    label: 'stop epochs at KL',
    unit: 'nats per token',
    typical: [0.01, 0.1],
    effect: 'Ends an iteration early when the new policy has left the old one this far.',
    advanced: true,
  }),
  adaptiveKlTarget: optionalNumber(null, 0.01, 200, {
    label: 'adaptive KL target',
    unit: 'nats per answer',
    typical: [1, 6],
    effect: 'The KL coefficient is steered to hold this KL; off: fixed coefficient.',
    advanced: true,
  }),
  adaptiveKlHorizon: integer(1000, 10, 1_000_000, {
    label: 'adaptive KL horizon',
    unit: 'samples',
    typical: [500, 10_000],
    effect: 'Longer: the coefficient moves more slowly.',
    advanced: true,
  }),
  pretrainCoef: number(0, 0, 10, {
    label: 'pretraining mix (PPO-ptx)',
    typical: [0, 2],
    effect: 'Higher: keeps more of the web text (less alignment tax), a little less reward.',
    advanced: true,
  }),
  rewardSource,
  ownPrompts,
  rewardShift: number(0, -20, 20, {
    label: 'constant added to the reward',
    unit: 'reward',
    typical: [0, 0],
    effect: 'Should not matter; shows what value clipping and the EOS rule hide.',
    advanced: true,
  }),
});

export type PpoSettings = z.infer<typeof settings>;

/** Settings that are each fine and impossible together. */
export function ppoProblems({
  rolloutBatch,
  minibatches,
  klCoef,
  adaptiveKlTarget,
}: PpoSettings): SettingProblem[] {
  const problems: SettingProblem[] = [];
  if (minibatches > rolloutBatch)
    problems.push({
      name: 'minibatches',
      message: message('ppo.minibatches', { rollouts: rolloutBatch, minibatches }),
    });
  if (klCoef === 0 && adaptiveKlTarget !== null)
    problems.push({ name: 'klCoef', message: message('ppo.adaptive-kl-from-zero', {}) });
  return problems;
}

/**
 * 2 where a correction changed the result: version 1 cut an uneven batch into equal minibatches and left the last one
 * shorter or away, let one step of the KL coefficient be longer than its horizon, and counted the tokens of epochs
 * that `targetKl` had cut short.
 */
export function ppoVersion(s: PpoSettings): number {
  const sameSplit = [0, s.minibatches - 1].includes(s.rolloutBatch % s.minibatches);
  const sameSteps = s.adaptiveKlTarget === null || s.rolloutBatch <= s.adaptiveKlHorizon;
  return sameSplit && sameSteps && s.targetKl === null ? 1 : 2;
}
