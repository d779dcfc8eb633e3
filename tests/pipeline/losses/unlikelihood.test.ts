import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { registerGradients } from '../../../src/engine/shared/gradients';
import { unlikelihoodLoss } from '../../../src/pipeline/losses/unlikelihood';

beforeAll(async () => {
  await tf.setBackend('cpu');
  registerGradients();
});

describe('unlikelihood', () => {
  const mask = tf.tensor2d([[1, 1, 0]]);
  const loss = (probabilities: number[]) =>
    unlikelihoodLoss(tf.log(tf.tensor2d([probabilities])), mask).arraySync();

  it('is the mean of −log(1 − p) over the answer, padding left out', () => {
    expect(loss([0.5, 0.25, 1])).toBeCloseTo(-(Math.log(0.5) + Math.log(0.75)) / 2, 6);
  });

  it('is finite for certain tokens and 0 for impossible ones', () => {
    expect(loss([1, 1, 1])).toBeCloseTo(-Math.log(1e-6), 0);
    expect(unlikelihoodLoss(tf.tensor2d([[-80, -80, 0]]), mask).arraySync()).toBeCloseTo(0, 6);
  });

  it('has the gradient p/(1 − p) per token, over their number', () => {
    const gradient = tf.grad((x) => unlikelihoodLoss(x, mask))(tf.log(tf.tensor2d([[0.5, 0.8, 0.3]])));
    const expected = [1 / 2, 4 / 2, 0];
    gradient.dataSync().forEach((g, i) => expect(g).toBeCloseTo(expected[i]!, 4));
  });
});
