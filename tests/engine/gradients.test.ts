import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createPlainEngine } from '../../src/engine/plain';
import { parameterLayout } from '../../src/model/parameters';
import { rngFrom } from '../../src/random/rng';
import { busyWeights, tinyConfig, withModel } from '../support/engines';
import { everything, meanNll, raggedBatch, wantAll } from '../support/losses';
import { relativeL2 } from '../support/numbers';

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

describe('gradients of the model against finite differences', () => {
  it.each(['cpu', 'wasm'] as const)('on %s, through every output', async (backend) => {
    const engine = await createPlainEngine(backend);
    const weights = busyWeights(tinyConfig, 2);
    const terms = [
      { batch: raggedBatch, want: wantAll, loss: everything },
      { batch: raggedBatch.slice(0, 2), want: { logProbs: true }, loss: meanNll },
    ];
    const { gradients } = await withModel(engine, tinyConfig, weights, (model) => model.gradients(terms));
    const rng = rngFrom(5, 'directions');
    // one random direction per parameter tensor: float32 allows no finer steps than this
    for (const p of parameterLayout(tinyConfig)) {
      const direction = Float32Array.from({ length: p.size }, () => rng.normal() / Math.sqrt(p.size));
      const step = 1e-2;
      const lossAt = (by: number) => {
        const moved = weights.slice();
        direction.forEach((d, i) => (moved[p.offset + i]! += by * d));
        return withModel(engine, tinyConfig, moved, (model) => model.gradients(terms));
      };
      const numeric = ((await lossAt(step)).loss - (await lossAt(-step)).loss) / (2 * step);
      const analytic = direction.reduce((sum, d, i) => sum + d * gradients[p.offset + i]!, 0);
      expect(Math.abs(analytic - numeric), p.name).toBeLessThan(0.01 + 0.02 * Math.abs(numeric));
    }
  });

  it('gives zero to parameters that the loss does not reach, and to the padding between tensors', async () => {
    const engine = await createPlainEngine('cpu');
    const term = { batch: raggedBatch, want: { logProbs: true }, loss: meanNll };
    const { gradients } = await withModel(engine, tinyConfig, busyWeights(tinyConfig, 2), (m) =>
      m.gradients([term]),
    );
    const used = new Uint8Array(gradients.length);
    for (const p of parameterLayout(tinyConfig)) {
      used.fill(1, p.offset, p.offset + p.size);
      const part = gradients.subarray(p.offset, p.offset + p.size);
      expect(part.some((g) => g !== 0), p.name).toBe(!p.name.startsWith('score.')); // prettier-ignore
    }
    expect(gradients.every((g, i) => used[i] === 1 || g === 0)).toBe(true);
  });

  it('adds up over terms', async () => {
    const engine = await createPlainEngine('wasm');
    await withModel(engine, tinyConfig, busyWeights(tinyConfig, 2), async (model) => {
      const term = { batch: raggedBatch, want: { logProbs: true }, loss: meanNll };
      const once = await model.gradients([term]);
      const twice = await model.gradients([term, term]);
      expect(twice.loss).toBeCloseTo(2 * once.loss, 5);
      expect(relativeL2(twice.gradients, once.gradients.map((g) => 2 * g))).toBeLessThan(1e-6); // prettier-ignore
    });
  });

  it('reports a loss that is not finite', async () => {
    const engine = await createPlainEngine('wasm');
    await withModel(engine, tinyConfig, busyWeights(tinyConfig, 2), async (model) => {
      const term = {
        batch: raggedBatch,
        want: { logProbs: true },
        loss: ({ logProbs }: { logProbs: Tensor }) => ({ loss: tf.sum(tf.log(logProbs)) as Scalar }),
      };
      const options = { learningRate: 1, beta1: 0, beta2: 0, epsilon: 1, weightDecay: 0, maxGradNorm: 1 };
      const report = await model.update([term], options, true);
      expect(Number.isFinite(report!.loss)).toBe(false);
    });
  });
});
