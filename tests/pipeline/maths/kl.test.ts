import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { registerGradients } from '../../../src/engine/shared/gradients';
import { adaptKlCoef, klEstimators, penalisedRewards, sequenceKl } from '../../../src/pipeline/maths/kl';
import { maskedMean } from '../../../src/pipeline/maths/matrix';
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

it('k1 averages to the exact KL, k3 too and is never negative, k2 never is', () => {
  const [p, q] = [[0.7, 0.2, 0.1], [0.3, 0.3, 0.4]]; // prettier-ignore
  const exact = p!.reduce((sum, x, i) => sum + x * Math.log(x / q![i]!), 0);
  const draws = 40_000;
  const row = Array.from({ length: draws }, () => rng.weighted([0, 1, 2], p!));
  const logs = (of: number[]): Matrix => ({
    rows: 1,
    cols: draws,
    data: Float32Array.from(row, (i) => Math.log(of[i]!)),
  });
  const mask = { rows: 1, cols: draws, data: new Float32Array(draws).fill(1) };
  const [k1, k2, k3] = (['k1', 'k2', 'k3'] as const).map((k) => klEstimators[k](logs(p!), logs(q!), mask));
  expect(maskedMean(k1!, mask)).toBeCloseTo(exact, 1);
  expect(Math.abs(maskedMean(k3!, mask) - exact)).toBeLessThan(0.01);
  expect([...k2!.data, ...k3!.data].every((x) => x >= 0)).toBe(true);
  expect(k1!.data.some((x) => x < 0)).toBe(true);
  expect(sequenceKl(logs(p!), logs(q!), mask)[0]! / draws).toBeCloseTo(maskedMean(k1!, mask), 5);
});

it('the score lands on the last token of each row; the penalty is −β·k1 on every token', () => {
  const kl = matrix(random());
  const rewards = penalisedRewards(kl, matrix(MASK), [10, 20, 30, 40], 0.5);
  for (let r = 0; r < B; r++)
    for (let c = 0; c < C; c++) {
      const score = c === LENGTHS[r]! - 1 ? 10 * (r + 1) : 0;
      const penalty = c < LENGTHS[r]! ? -0.5 * kl.data[r * C + c]! : 0;
      expect(rewards.data[r * C + c]).toBeCloseTo(score + penalty, 4);
    }
});

it('the adaptive coefficient rises above the target, falls below it and is clipped at 20 %', () => {
  const options = { target: 4, horizon: 1000, samples: 100 };
  expect(adaptKlCoef(0.1, 4, options)).toBe(0.1);
  expect(adaptKlCoef(0.1, 4.4, options)).toBeCloseTo(0.1 * 1.01, 9);
  expect(adaptKlCoef(0.1, 400, options)).toBeCloseTo(0.1 * 1.02, 9);
  expect(adaptKlCoef(0.1, 0, options)).toBeCloseTo(0.1 * 0.98, 9);
});
