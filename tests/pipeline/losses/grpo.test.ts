import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { registerGradients } from '../../../src/engine/shared/gradients';
import { grpoLoss, type GrpoNormalisation } from '../../../src/pipeline/losses/grpo';
import { ppoPolicyLoss } from '../../../src/pipeline/losses/ppo';
import { rngFrom } from '../../../src/random/rng';
import { differences, grpo } from '../../support/formulas';
import { padded, unpadded } from '../../support/losses';

beforeAll(async () => {
  await tf.setBackend('cpu');
  registerGradients();
});

const LENGTHS = [1, 5, 3, 2];
const rng = rngFrom('grpo');
const rows = (spread: number, around?: number[][]) =>
  LENGTHS.map((n, i) => Array.from({ length: n }, (_, t) => (around?.[i]![t] ?? -2) + spread * rng.normal()));
const old = rows(0.8);
const now = rows(0.4, old);
const reference = rows(0.5, old);
const advantages = [1.3, -0.7, 0.4, -1];
const MAX = 8;

const DIVISORS: Record<GrpoNormalisation, 'answer' | 'batch' | number> = {
  grpo: 'answer',
  dapo: 'batch',
  'dr-grpo': MAX,
};
const cases = (Object.keys(DIVISORS) as GrpoNormalisation[]).flatMap((normalisation) =>
  [
    { clipRange: 0.2, clipHigh: 0.2, beta: 0 },
    { clipRange: 0.2, clipHigh: 0.28, beta: 0.1 },
    { clipRange: null, clipHigh: 0, beta: 0.5 },
  ].map((options) => ({ normalisation, ...options })),
);

describe('GRPO', () => {
  it.each(cases)('is the formula of the papers, value and gradient: %o', (options) => {
    const mask = padded(LENGTHS.map((n) => Array.from({ length: n }, () => 1)));
    const at = (x: tf.Tensor) =>
      grpoLoss(x, padded(old), padded(reference), tf.tensor2d(advantages, [4, 1]), mask, {
        ...options,
        maxLength: MAX,
      });
    const given = {
      old,
      reference,
      advantages,
      low: options.clipRange,
      high: options.clipHigh,
      beta: options.beta,
      divideBy: DIVISORS[options.normalisation],
    };
    expect(at(padded(now)).loss.dataSync()[0]).toBeCloseTo(grpo({ ...given, now }), 5);
    const gradient = unpadded(tf.grad((x) => at(x).loss)(padded(now)), LENGTHS);
    differences((moved) => grpo({ ...given, now: moved }), now).forEach((row, i) =>
      row.forEach((g, t) => expect(gradient[i]![t], `answer ${i}, token ${t}`).toBeCloseTo(g, 4)),
    );
  });

  it('starts at 0 with whole groups: advantages add up to 0 and the policy is its own reference', () => {
    const centred = tf.tensor2d([1, -1, 0.5, -0.5], [4, 1]);
    const mask = padded(LENGTHS.map((n) => Array.from({ length: n }, () => 1)));
    const options = {
      clipRange: 0.2,
      clipHigh: 0.2,
      beta: 0.1,
      normalisation: 'grpo',
      maxLength: MAX,
    } as const;
    const same = grpoLoss(padded(now), padded(now), padded(now), centred, mask, options);
    expect(same.loss.dataSync()[0]).toBeCloseTo(0, 6);
    expect(same.kl.dataSync()[0]).toBe(0);
    expect(same.ratioMean.dataSync()[0]).toBe(1);
  });

  it('with one advantage per token, token means and no KL it is PPO', () => {
    const mask = padded(LENGTHS.map((n) => Array.from({ length: n }, () => 1)));
    const wide = tf.mul(tf.tensor2d(advantages, [4, 1]), mask);
    const options = {
      clipRange: 0.2,
      clipHigh: 0.2,
      beta: 0,
      normalisation: 'dapo',
      maxLength: MAX,
    } as const;
    const mine = grpoLoss(padded(now), padded(old), padded(reference), wide, mask, options);
    const theirs = ppoPolicyLoss(padded(now), padded(old), wide, mask, 0.2);
    for (const name of ['loss', 'clipFraction', 'approxKl', 'ratioMean', 'ratioVar'] as const)
      expect(mine[name].dataSync()[0], name).toBe(theirs[name].dataSync()[0]);
  });

  it('a policy that has diverged is no ordinary number', () => {
    const broken = now.map((row, i) => (i === 1 ? row.map(() => NaN) : row));
    const mask = padded(LENGTHS.map((n) => Array.from({ length: n }, () => 1)));
    for (const { normalisation, clipRange, clipHigh, beta } of cases) {
      const options = { normalisation, clipRange, clipHigh, beta, maxLength: MAX };
      const wide = tf.tensor2d(advantages, [4, 1]);
      const { loss } = grpoLoss(padded(broken), padded(old), padded(reference), wide, mask, options);
      expect(loss.dataSync()[0]).toBeNaN();
    }
  });
});
