import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, expect, it } from 'vitest';
import { registerGradients } from '../../../src/engine/shared/gradients';
import { reinforceLoss } from '../../../src/pipeline/losses/reinforce';
import { differences, reinforce } from '../../support/formulas';
import { padded, unpadded } from '../../support/losses';

beforeAll(async () => {
  await tf.setBackend('cpu');
  registerGradients();
});

const now = [[-1, -2, -0.5], [-3], [-0.1, -4]];
const advantages = [1.5, -0.3, 0];
const lengths = now.map((row) => row.length);
const ones = now.map((row) => row.map(() => 1));

it('is the formula of the paper, value and gradient', () => {
  const mask = padded(ones);
  const at = (logProbs: tf.Tensor) => reinforceLoss(advantages)({ logProbs, mask } as never).loss;
  expect(at(padded(now)).dataSync()[0]).toBeCloseTo(reinforce(now, advantages), 6);
  const gradient = unpadded(tf.grad(at)(padded(now)), lengths);
  const expected = differences((rows) => reinforce(rows, advantages), now);
  expected.forEach((row, i) => row.forEach((g, t) => expect(gradient[i]![t]).toBeCloseTo(g, 6)));
});

it('knows its gradient beforehand: nothing has to be read back for it', () => {
  const mask = padded(ones);
  const [rows, cols] = mask.shape;
  const weights = reinforceLoss(advantages).linearWeights!({
    rows,
    cols,
    data: mask.dataSync() as Float32Array,
  });
  const given = unpadded(tf.tensor2d(weights, [rows, cols]), lengths);
  differences((r) => reinforce(r, advantages), now).forEach((row, i) =>
    row.forEach((g, t) => expect(given[i]![t]).toBeCloseTo(g, 6)),
  );
});
