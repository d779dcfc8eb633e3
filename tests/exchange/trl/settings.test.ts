import { describe, expect, it } from 'vitest';
import { bundleSettings, dpoSettings, groupSettings, ppoSettings } from '../../../src/exchange/trl/settings';
import { defaultLabConfig, defaultSettings } from '../../../src/pipeline/lab/config';
import { buildGraph } from '../../../src/pipeline/lab/graph';
import type { DpoSettings } from '../../../src/pipeline/stages/dpo';
import type { PpoSettings } from '../../../src/pipeline/stages/ppo.settings';

const dpo = (changes: Partial<DpoSettings> = {}) =>
  dpoSettings({ ...(defaultSettings('review', 'dpo') as unknown as DpoSettings), ...changes });
const ppo = (changes: Partial<PpoSettings> = {}) => ({
  ...(defaultSettings('review', 'ppo') as unknown as PpoSettings),
  ...changes,
});
const codes = ({ refused }: { refused: readonly { code: string }[] }) => refused.map(({ code }) => code);

const logSigmoid = (x: number) => -Math.log1p(Math.exp(-x));

/** TRL 1.13's terms as its documentation writes them. */
const TERMS: Record<string, (x: number, e: number) => number> = {
  sigmoid: (x) => -logSigmoid(x),
  hinge: (x) => Math.max(0, 1 - x),
  robust: (x, e) => (-(1 - e) * logSigmoid(x) + e * logSigmoid(-x)) / (1 - 2 * e),
};

describe('DPO for TRL', () => {
  it.each([0, 0.1, 0.3, 0.49])('with label smoothing %d is the lab’s loss at every margin', (smoothing) => {
    const { settings } = dpo({ labelSmoothing: smoothing });
    const names = settings!['loss_type'] as string[];
    const weights = settings!['loss_weights'] as number[];
    for (const x of [-3, -0.5, 0, 0.2, 2, 7]) {
      const ours = -(1 - smoothing) * logSigmoid(x) - smoothing * logSigmoid(-x);
      const theirs = names.reduce((sum, name, i) => sum + weights[i]! * TERMS[name]!(x, smoothing), 0);
      expect(theirs).toBeCloseTo(ours, 10);
    }
    expect(settings!['first_loss']).toBe(Math.LN2);
  });

  it('adds the term on chosen answers, and knows the first loss of hinge', () => {
    const { settings } = dpo({ lossType: 'hinge', sftCoef: 0.25, labelSmoothing: 0.2 });
    expect(settings).toMatchObject({
      loss_type: ['hinge', 'sft'],
      loss_weights: [1, 0.25],
      first_loss: null,
    });
    expect(dpo({ lossType: 'hinge' }).settings).toMatchObject({ first_loss: 1, label_smoothing: 0 });
  });

  it('refuses what TRL computes otherwise', () => {
    expect(codes(dpo({ lossType: 'ipo' }))).toEqual(['trl.ipo']);
    expect(codes(dpo({ referenceFree: true }))).toEqual(['trl.referenceFree']);
    expect(codes(dpo({ labelSmoothing: 0.5 }))).toEqual(['trl.halfSmoothing']);
  });
});

describe('PPO’s settings for GRPO and RLOO', () => {
  it('count optimiser steps, and share the rollouts of an iteration', () => {
    expect(groupSettings(ppo()).settings).toMatchObject({
      steps: 240,
      minibatch: 32,
      num_generations: 8,
      kl_coef: 0.05,
    });
    expect(groupSettings(ppo({ rolloutBatch: 30, minibatches: 4 })).settings).toMatchObject({
      minibatches: 3,
      minibatch: 10,
    });
  });

  it('are refused where there is no such trainer', () => {
    const changes: Partial<PpoSettings> = {
      clipRange: null,
      rewardSource: 'gold',
      pretrainCoef: 1,
      gamma: 0.9,
    };
    const all = ['trl.noClip', 'trl.goldReward', 'trl.pretrainMix', 'trl.discount'];
    expect(codes(groupSettings(ppo(changes)))).toEqual(all);
    expect(codes(ppoSettings(ppo(changes)))).toEqual(all.slice(0, 3));
  });
});

describe('the settings of a bundle', () => {
  it('hold every script, with the order of the pairs', () => {
    const config = defaultLabConfig('review');
    const { scripts, orders, refused } = bundleSettings(config, buildGraph(config), 4000);
    expect(Object.keys(scripts)).toEqual(['sft', 'reward', 'dpo', 'kto', 'grpo', 'rloo', 'ppo']);
    expect(orders.dpo['dpo']).toHaveLength(120);
    expect(new Set(orders.dpo['dpo']!.flat()).size).toBe(120 * 32);
    expect(orders.reward['reward']).toHaveLength(125);
    expect(refused).toEqual([]);
  });

  it('say which arm is left out and why', () => {
    const config = defaultLabConfig('review');
    config.arms = [
      { id: 'sharp', name: 'IPO', stage: 'dpo', settings: { lossType: 'ipo' } },
      { id: 'limit', name: 'Limit', stage: 'tilt', settings: {} },
    ];
    const { scripts, refused } = bundleSettings(config, buildGraph(config), 100);
    expect(scripts['dpo']).toEqual({});
    expect(Object.keys(scripts['grpo']!)).toEqual(['ppo']);
    expect(refused.map(({ arm, reason }) => [arm, reason.code])).toEqual([
      ['sharp', 'trl.ipo'],
      ['limit', 'trl.stage'],
    ]);
  });
});
