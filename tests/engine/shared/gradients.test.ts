import * as tf from '@tensorflow/tfjs-core';
import { type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createPlainEngine } from '../../../src/engine/plain';
import { relativeL2 } from '../../support/numbers';

/** Central differences of a scalar function of a [2, 3] matrix. */
function differences(f: (x: Tensor) => Tensor, x: number[], step = 1e-2): number[] {
  const at = (values: number[]) => f(tf.tensor2d(values, [2, 3])).dataSync()[0]!;
  return x.map((_, i) => {
    const moved = (by: number) => x.map((v, j) => (i === j ? v + by : v));
    return (at(moved(step)) - at(moved(-step))) / (2 * step);
  });
}

const weigh = (y: Tensor) => tf.sum(tf.mul(tf.reshape(y, [-1]), tf.range(1, y.size + 1)));
const other = () => tf.tensor2d([0.5, -1, 2], [1, 3]);

/** One expression per registered gradient; away from kinks. */
const EXPRESSIONS: Record<string, (x: Tensor) => Tensor> = {
  abs: (x) => tf.abs(x),
  add: (x) => tf.add(other(), x),
  addN: (x) => tf.addN([x, x]),
  clip: (x) => tf.clipByValue(x, -0.5, 0.8),
  concat: (x) => tf.concat([x, tf.mul(x, 2)], 1),
  div: (x) => tf.div(x, other()),
  'div by': (x) => tf.div(other(), tf.add(x, 4)),
  exp: (x) => tf.exp(x),
  expandDims: (x) => tf.expandDims(x, 1),
  expm1: (x) => tf.expm1(x),
  log: (x) => tf.log(tf.add(x, 4)),
  log1p: (x) => tf.log1p(tf.add(x, 4)),
  logSoftmax: (x) => tf.logSoftmax(x),
  logSumExp: (x) => tf.logSumExp(x, 1),
  matMul: (x) => tf.matMul(x as tf.Tensor2D, tf.transpose(x as tf.Tensor2D)),
  max: (x) => tf.max(x, 1),
  maximum: (x) => tf.maximum(x, other()),
  mean: (x) => tf.mean(x, 0),
  'mean of all': (x) => tf.mean(x),
  min: (x) => tf.min(x, 0),
  minimum: (x) => tf.minimum(other(), x),
  mul: (x) => tf.mul(x, tf.mul(x, other())),
  neg: (x) => tf.neg(x),
  pad: (x) => tf.pad(x, [[1, 0], [0, 2]]), // prettier-ignore
  pow: (x) => tf.pow(tf.add(x, 4), 3),
  reciprocal: (x) => tf.reciprocal(tf.add(x, 4)),
  relu: (x) => tf.relu(x),
  rsqrt: (x) => tf.rsqrt(tf.add(x, 4)),
  sigmoid: (x) => tf.sigmoid(x),
  slice: (x) => tf.slice(x, [0, 1], [2, 2]),
  softmax: (x) => tf.softmax(x as tf.Tensor2D),
  softplus: (x) => tf.softplus(x),
  split: (x) => tf.mul(tf.split(x, 3, 1)[1]!, 3),
  sqrt: (x) => tf.sqrt(tf.add(x, 4)),
  square: (x) => tf.square(x),
  squaredDifference: (x) => tf.squaredDifference(x, other()),
  stack: (x) => tf.stack([x, tf.square(x)], 1),
  sub: (x) => tf.sub(other(), x),
  sum: (x) => tf.sum(tf.square(x), 0),
  tanh: (x) => tf.tanh(x),
  tile: (x) => tf.tile(x, [2, 3]),
  transpose: (x) => tf.transpose(x),
  unstack: (x) => tf.unstack(x, 0)[1]!,
  'where on a comparison': (x) => tf.where(tf.greater(x, 0), tf.square(x), tf.mul(x, 3)),
};

describe('gradients of the operations', () => {
  beforeAll(() => createPlainEngine('cpu'));
  const x = [0.3, -0.9, 1.4, -1.7, 0.6, 0.2];
  it.each(Object.keys(EXPRESSIONS))('%s', (name) => {
    const f = (v: Tensor) => weigh(EXPRESSIONS[name]!(v));
    const gradient = tf
      .grad(f)(tf.tensor2d(x, [2, 3]))
      .dataSync();
    expect(relativeL2(gradient, differences(f, x))).toBeLessThan(2e-3);
  });
});
