import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { registerGradients } from '../../../src/engine/shared/gradients';
import { ktoLoss } from '../../../src/pipeline/losses/kto';
import { differences, kto } from '../../support/formulas';

beforeAll(async () => {
  await tf.setBackend('cpu');
  registerGradients();
});

const policy = [-5, -12, -3.5, -20];
const reference = [-6, -11, -3.5, -14];
const good = [true, true, false, false];
const marks = tf.tensor1d(good.map(Number));
const vector = (x: readonly number[]) => tf.tensor1d([...x]);
const meanOf = (x: tf.Tensor1D, z0: number, beta: number, up: number, down: number) =>
  tf.mean(
    ktoLoss(x, vector(reference), marks, z0, { beta, desirableWeight: up, undesirableWeight: down }).losses,
  ) as tf.Scalar;

describe('KTO', () => {
  it.each([
    [0, 0.1, 1, 1],
    [0.7, 0.5, 1, 1],
    [2, 0.3, 1.33, 0.5],
  ])(
    'is the formula of the paper, value and gradient: z0 %d, beta %d, weights %d and %d',
    (z0, beta, up, down) => {
      const expected = (rows: readonly (readonly number[])[]) =>
        kto(rows[0]!, reference, good, z0, { beta, up, down });
      const at = (x: tf.Tensor) => meanOf(x as tf.Tensor1D, z0, beta, up, down);
      expect(at(vector(policy)).dataSync()[0]).toBeCloseTo(expected([policy]), 6);
      const gradient = tf.grad(at)(vector(policy)).dataSync();
      differences(expected, [policy])[0]!.forEach((g, i) => expect(gradient[i]).toBeCloseTo(g, 5));
    },
  );

  it('at the reference every answer costs half its weight, and the rewards are 0', () => {
    const options = { beta: 0.5, desirableWeight: 1, undesirableWeight: 3 };
    const { losses, rewards } = ktoLoss(vector(reference), vector(reference), marks, 0, options);
    expect(Array.from(losses.dataSync())).toEqual([0.5, 0.5, 1.5, 1.5]);
    expect(Array.from(rewards.dataSync())).toEqual([0, 0, 0, 0]);
  });

  it('stays finite far away and passes on what is not a number', () => {
    const far = ktoLoss(vector([-4000, 4000, 4000, NaN]), vector([0, 0, 0, 0]), marks, 0, {
      beta: 10,
      desirableWeight: 1,
      undesirableWeight: 1,
    });
    expect(Array.from(far.losses.dataSync())).toEqual([1, 0, 1, NaN]);
  });
});
