import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { registerGradients } from '../../../src/engine/shared/gradients';
import {
  logOddsRatio,
  meanLogProbs,
  orpoOddsLoss,
  simpoLoss,
} from '../../../src/pipeline/losses/reference-free';
import { differences, orpo, simpo } from '../../support/formulas';
import { padded, unpadded } from '../../support/losses';

beforeAll(async () => {
  await tf.setBackend('cpu');
  registerGradients();
});

const chosen = [[-0.5, -1, -0.2], [-3], [-0.01, -0.02]];
const rejected = [[-1, -1.5], [-0.1, -2, -2, -0.3], [-0.7]];
const both = [...chosen, ...rejected];
const lengths = both.map((row) => row.length);
const ones = both.map((row) => row.map(() => 1));
type Loss = (chosen: tf.Tensor1D, rejected: tf.Tensor1D) => tf.Scalar;

/** Value and gradient of a loss on means against the float64 formula. */
function agrees(loss: Loss, formula: (c: number[][], r: number[][]) => number): void {
  const mask = padded(ones);
  const at = (x: tf.Tensor) => {
    const means = meanLogProbs(x, mask);
    return loss(tf.slice1d(means, 0, 3), tf.slice1d(means, 3, 3));
  };
  const expected = (rows: number[][]) => formula(rows.slice(0, 3), rows.slice(3));
  expect(at(padded(both)).dataSync()[0]).toBeCloseTo(expected(both), 5);
  const gradient = unpadded(tf.grad(at)(padded(both)), lengths);
  differences(expected, both).forEach((row, i) =>
    row.forEach((g, t) => expect(gradient[i]![t], `row ${i}, token ${t}`).toBeCloseTo(g, 3)),
  );
}

describe('SimPO', () => {
  it.each([
    [2, 0.5],
    [10, 5],
    [1, 0],
  ])('is the formula of the paper, value and gradient: beta %d, gamma %d', (beta, gamma) =>
    agrees(
      (c, r) => tf.mean(simpoLoss(c, r, { beta, gamma })) as tf.Scalar,
      (c, r) => simpo(c, r, beta, gamma),
    ),
  );

  it('repeating an answer word for word changes nothing: length is divided out', () => {
    const twice = (rows: number[][]) => rows.map((row) => [...row, ...row]);
    const means = (rows: number[][]) =>
      meanLogProbs(padded(rows), padded(rows.map((row) => row.map(() => 1))));
    expect(Array.from(means(twice(chosen)).dataSync())).toEqual(Array.from(means(chosen).dataSync()));
  });
});

describe('ORPO', () => {
  it.each([0, 0.1, 1])('is the formula of the paper, value and gradient: lambda %d', (lambda) =>
    agrees(
      (c, r) => tf.add(tf.neg(tf.mean(c)), tf.mul(lambda, tf.mean(orpoOddsLoss(c, r)))) as tf.Scalar,
      (c, r) => orpo(c, r, lambda),
    ),
  );

  it('equal answers cost ln 2 and have a log odds ratio of 0', () => {
    const same = tf.tensor1d([-0.3, -2]);
    expect(Array.from(logOddsRatio(same, same).dataSync())).toEqual([0, 0]);
    for (const l of orpoOddsLoss(same, same).dataSync()) expect(l).toBeCloseTo(Math.LN2, 6);
  });

  it('certain answers have large odds but no endless ones; not a number stays so', () => {
    const ratio = logOddsRatio(tf.tensor1d([0, NaN, -1]), tf.tensor1d([-1, -1, NaN])).dataSync();
    expect(ratio[0]).toBeGreaterThan(10);
    expect(Number.isFinite(ratio[0])).toBe(true);
    expect([ratio[1], ratio[2]]).toEqual([NaN, NaN]);
  });
});
