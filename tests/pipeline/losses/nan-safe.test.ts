import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { registerGradients } from '../../../src/engine/shared/gradients';
import { logSigmoid } from '../../../src/pipeline/losses/masked';
import { clip, exp, log, maximum } from '../../../src/pipeline/losses/nan-safe';
import { nanSuite } from '../../support/nan-battery';

describe.each(['cpu', 'wasm'] as const)('losses on %s', nanSuite);

describe('operations that let NaN through', () => {
  const x = [-Infinity, -2, -0.5, 0, 0.5, 0.8, 1.2, 2, 30, Infinity];
  const y = [...x].reverse();
  beforeAll(async () => {
    registerGradients();
    await tf.setBackend('cpu');
  });

  it.each<[string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor]>([
    ['clip', (a) => clip(a, 0.5, 1.2), (a) => tf.clipByValue(a, 0.5, 1.2)],
    ['exp', (a) => exp(a), (a) => tf.exp(a)],
    ['log', (a) => log(tf.abs(a)), (a) => tf.log(tf.abs(a))],
    ['maximum', maximum, tf.maximum],
    ['maximum of equals', (a) => maximum(a, a), (a) => tf.maximum(a, a)],
    ['logSigmoid', (a) => logSigmoid(a), (a) => tf.neg(tf.softplus(tf.neg(a)))],
  ])('%s has the values and gradients of tfjs for numbers, bit for bit', (_, ours, theirs) => {
    const of = (f: typeof ours) =>
      tf.tidy(() => {
        const [a, b] = [tf.tensor1d(x), tf.tensor1d(y)];
        const { value, grads } = tf
          .engine()
          .gradients(() => f(a, b), [a, b], tf.tensor1d(y.map(() => 0.3)), true);
        return [value, ...grads.filter(Boolean)].map((t) => [...t.dataSync()].map((v) => v + 0)); // no −0
      });
    expect(of(ours)).toEqual(of(theirs));
  });
});
