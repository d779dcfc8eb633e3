import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { registerGradients } from '../../../src/engine/shared/gradients';
import { generalizedAdvantages, whiten } from '../../../src/pipeline/maths/advantages';
import { klEstimators, penalisedRewards } from '../../../src/pipeline/maths/kl';
import { ppoPolicyLoss, ppoValueLoss } from '../../../src/pipeline/losses/ppo';
import { negativeLogLikelihood, sftLoss } from '../../../src/pipeline/losses/sft';
import type { Matrix, Outputs } from '../../../src/engine/types';
import { rngFrom, type Rng } from '../../../src/random/rng';

const B = 4;
const C = 6;
const LENGTHS = [6, 1, 4, 3];

let rng: Rng;
beforeAll(async () => {
  await tf.setBackend('cpu');
  registerGradients();
});
beforeEach(() => {
  rng = rngFrom('losses');
});

const random = (scale = 1): number[] => Array.from({ length: B * C }, () => scale * rng.normal());
const MASK = LENGTHS.flatMap((n) => Array.from({ length: C }, (_, c) => (c < n ? 1 : 0)));
/** The same values with other ones outside the mask. */
const disturbed = (values: number[]): number[] => values.map((v, i) => (MASK[i] ? v : v + 17 * rng.normal()));

const tensor = (values: number[]) => tf.tensor2d(values, [B, C]);
const matrix = (values: number[]): Matrix => ({ rows: B, cols: C, data: Float32Array.from(values) });
const masked = (values: number[]): number[] => values.map((v, i) => v * MASK[i]!);
const value = (x: tf.Tensor): number => x.dataSync()[0]!;
const values = (x: tf.Tensor): number[] => Array.from(x.dataSync());

describe('what lies outside the mask changes nothing', () => {
  const mask = () => tensor(MASK);

  it('in the policy loss and its gradient', () => {
    const [logProbs, old, advantages] = [random(0.5), random(0.5), random()] as const;
    const at = (p: number[], o: number[], a: number[]) => {
      const f = (x: tf.Tensor) => ppoPolicyLoss(x, tensor(o), tensor(a), mask(), 0.2);
      const { loss, clipFraction, approxKl, ratioMean, ratioVar } = f(tensor(p));
      const gradient = values(tf.grad((x) => f(x).loss)(tensor(p))).map((g) => g + 0); // no −0
      return [...[loss, clipFraction, approxKl, ratioMean, ratioVar].map(value), ...gradient];
    };
    const before = at(logProbs, old, advantages);
    expect(at(disturbed(logProbs), disturbed(old), disturbed(advantages))).toEqual(before);
    before.slice(5).forEach((g, i) => !MASK[i] && expect(Math.abs(g)).toBe(0));
  });

  it('in the value loss', () => {
    const [v, old, returns] = [random(), random(), random()] as const;
    const at = (a: number[], b: number[], c: number[]) => {
      const { loss, clipFraction } = ppoValueLoss(tensor(a), tensor(b), tensor(c), mask(), 0.2);
      return [value(loss), value(clipFraction)];
    };
    expect(at(disturbed(v), disturbed(old), disturbed(returns))).toEqual(at(v, old, returns));
  });

  it('in the SFT loss and its entropy', () => {
    const [logProbs, entropy] = [random(), random()];
    const at = (p: number[], h: number[]) => {
      const outputs = { logProbs: tensor(p), entropy: tensor(h), mask: mask() } as Outputs;
      const { loss, metrics } = sftLoss(outputs);
      return [value(loss), value(metrics!['entropy']!), value(negativeLogLikelihood(outputs).loss)];
    };
    const before = at(logProbs, entropy);
    expect(at(disturbed(logProbs), disturbed(entropy))).toEqual(before);
    expect(before[0]).toBeCloseTo(-masked(logProbs).reduce((a, b) => a + b) / 14, 5);
  });

  it('in KL, rewards, advantages and whitening', () => {
    const mask = matrix(MASK);
    const at = (p: number[], q: number[], v: number[]) => {
      const [policy, reference] = [matrix(p), matrix(q)];
      const kl = klEstimators.k1(policy, reference, mask);
      const rewards = penalisedRewards(kl, mask, [1, 2, 3, 4], 0.1);
      const gae = generalizedAdvantages(rewards, matrix(v), mask, 0.99, 0.9);
      return [
        ...[kl, klEstimators.k2(policy, reference, mask), klEstimators.k3(policy, reference, mask)],
        ...[rewards, gae.advantages, gae.returns, whiten(matrix(v), mask), whiten(matrix(v), mask, false)],
      ].map((m) => Array.from(m.data));
    };
    const [p, q, v] = [random(), random(), random()] as const;
    const before = at(p, q, v);
    expect(at(disturbed(p), disturbed(q), disturbed(v))).toEqual(before);
    for (const m of before) m.forEach((x, i) => !MASK[i] && expect(x).toBe(0));
  });
});
