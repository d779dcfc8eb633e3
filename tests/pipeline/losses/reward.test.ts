import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { registerGradients } from '../../../src/engine/shared/gradients';
import { shareGreater } from '../../../src/pipeline/losses/masked';
import { pairwiseRewardLoss, rewardModelLoss } from '../../../src/pipeline/losses/reward';
import type { Outputs } from '../../../src/engine/types';

beforeAll(async () => {
  await tf.setBackend('cpu');
  registerGradients();
});
const value = (x: tf.Tensor): number => x.dataSync()[0]!;
const values = (x: tf.Tensor): number[] => Array.from(x.dataSync());
const near = (a: number[], b: number[], digits = 5) => {
  expect(a.length).toBe(b.length);
  a.forEach((x, i) => expect(x, `at ${i}`).toBeCloseTo(b[i]!, digits));
};

describe('the reward model loss', () => {
  it('comes with an accuracy that counts ties half', () => {
    const vector = (xs: number[]) => tf.tensor1d(xs);
    expect(value(shareGreater(vector([1, 0, 2, 5]), vector([0, 1, 2, 5])))).toBe(0.5);
    expect(value(shareGreater(vector([1, 1]), vector([0, 1])))).toBe(0.75);
    expect(value(rewardModelLoss({ scores: vector([0, 0, 0, 0]) } as Outputs).metrics!['accuracy']!)).toBe(
      0.5,
    );
  });

  it('starts at ln 2, needs the margin to be overcome and sees only differences', () => {
    const [chosen, rejected] = [tf.tensor1d([1, -2, 0.5]), tf.tensor1d([1, -2, 0.5])];
    near(values(pairwiseRewardLoss(chosen, rejected)), [Math.LN2, Math.LN2, Math.LN2], 6);
    const better = tf.add(chosen, 2) as tf.Tensor1D;
    near(values(pairwiseRewardLoss(better, rejected, 2)), [Math.LN2, Math.LN2, Math.LN2], 6);
    const perPair = values(pairwiseRewardLoss(better, rejected, tf.tensor1d([0, 2, 4])));
    expect(perPair[0]).toBeLessThan(perPair[1]!);
    expect(perPair[1]).toBeLessThan(perPair[2]!);
    const shifted = pairwiseRewardLoss(tf.add(better, 9) as tf.Tensor1D, tf.add(rejected, 9) as tf.Tensor1D);
    near(values(shifted), values(pairwiseRewardLoss(better, rejected)), 5);
  });

  it('reads the first half of the scores as chosen and the second as rejected', () => {
    const { loss, metrics } = rewardModelLoss({ scores: tf.tensor1d([3, 0, 1, 2]) } as Outputs);
    expect(value(loss)).toBeCloseTo((Math.log(1 + Math.exp(-2)) + Math.log(1 + Math.exp(2))) / 2, 5);
    const numbers = Object.fromEntries(Object.entries(metrics!).map(([name, x]) => [name, value(x)]));
    expect(numbers).toEqual({ accuracy: 0.5, margin: 0, min_reward: 0, mean_reward: 1.5, max_reward: 3 });
  });
});
