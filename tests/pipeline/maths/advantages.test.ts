import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { registerGradients } from '../../../src/engine/shared/gradients';
import { explainedVariance, generalizedAdvantages, whiten } from '../../../src/pipeline/maths/advantages';
import { adaptKlCoef } from '../../../src/pipeline/maths/kl';
import { maskedMean, total, zipWith } from '../../../src/pipeline/maths/matrix';
import type { Matrix } from '../../../src/engine/types';
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
const matrix = (values: number[]): Matrix => ({ rows: B, cols: C, data: Float32Array.from(values) });
const masked = (values: number[]): number[] => values.map((v, i) => v * MASK[i]!);
const near = (a: number[], b: number[], digits = 5) => {
  expect(a.length).toBe(b.length);
  a.forEach((x, i) => expect(x, `at ${i}`).toBeCloseTo(b[i]!, digits));
};

describe('advantages and KL', () => {
  it('with λ = γ = 1 the return is the sum of the rewards to come, whatever the values', () => {
    const mask = matrix(MASK);
    const rewards = matrix(masked(random()));
    const { returns, advantages } = generalizedAdvantages(rewards, matrix(random()), mask, 1, 1);
    for (let r = 0; r < B; r++)
      for (let c = 0; c < LENGTHS[r]!; c++) {
        const rest = rewards.data.slice(r * C + c, r * C + LENGTHS[r]!).reduce((a, b) => a + b, 0);
        expect(returns.data[r * C + c]).toBeCloseTo(rest, 4);
      }
    const none = generalizedAdvantages(rewards, matrix(new Array<number>(B * C).fill(0)), mask, 1, 1);
    near(Array.from(none.advantages.data), Array.from(none.returns.data));
    expect(advantages.data[C]).toBeCloseTo(rewards.data[C]! - (returns.data[C]! - advantages.data[C]!), 4);
  });

  it('with λ = 0 the advantage is the one-step error', () => {
    const [mask, rewards, v] = [matrix(MASK), matrix(masked(random())), matrix(masked(random()))];
    const { advantages } = generalizedAdvantages(rewards, v, mask, 0.9, 0);
    for (let r = 0; r < B; r++)
      for (let c = 0; c < LENGTHS[r]!; c++) {
        const i = r * C + c;
        const next = c + 1 < LENGTHS[r]! ? v.data[i + 1]! : 0; // nothing after the end
        expect(advantages.data[i]).toBeCloseTo(rewards.data[i]! + 0.9 * next - v.data[i]!, 5);
      }
  });

  it('a perfect value function leaves no advantage', () => {
    const mask = matrix(MASK);
    const rewards = matrix(masked(random()));
    const { returns } = generalizedAdvantages(rewards, matrix(new Array<number>(B * C).fill(0)), mask, 1, 1);
    const { advantages } = generalizedAdvantages(rewards, returns, mask, 1, 0.95);
    near(Array.from(advantages.data), new Array<number>(B * C).fill(0));
  });

  it('whitened values have mean 0 and unbiased variance 1 over the mask', () => {
    const mask = matrix(MASK);
    const white = whiten(matrix(random(7)), mask);
    expect(maskedMean(white, mask)).toBeCloseTo(0, 5);
    expect(total(zipWith((x) => x * x, white))).toBeCloseTo(13, 4); // 14 tokens
    const flat = whiten(matrix(new Array<number>(B * C).fill(3)), mask);
    expect(flat.data.every((x) => x === 0)).toBe(true); // no spread: not NaN
  });

  it('the adaptive coefficient never turns negative: a batch longer than the horizon moves it by 20 %', () => {
    for (const samples of [64, 256, 1e6]) {
      const options = { target: 4, horizon: 10, samples };
      expect(adaptKlCoef(0.2, 0, options)).toBeCloseTo(0.16, 12);
      expect(adaptKlCoef(0.2, 400, options)).toBeCloseTo(0.24, 12);
    }
  });

  it('explained variance is 1 for the returns themselves, 0 for a constant, absent where nothing varies', () => {
    const [mask, returns] = [matrix(MASK), matrix(random())];
    expect(explainedVariance(returns, returns, mask)).toBe(1);
    expect(explainedVariance(matrix(MASK), returns, mask)).toBeCloseTo(0, 6);
    expect(explainedVariance(returns, matrix(MASK), mask)).toBeUndefined();
  });
});
