import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { createPlainEngine } from '../../../src/engine/plain';
import { adamwStep, globalNorm, type AdamWState } from '../../../src/engine/plain/adamw';
import type { AdamWOptions } from '../../../src/engine/types';
import { parameterLayout } from '../../../src/model/parameters';
import reference from '../../reference/adamw.json';
import { busyWeights, tinyConfig, withModel } from '../../support/engines';
import { adam, meanNll, raggedBatch } from '../../support/losses';

const padded = (values: readonly number[]): Tensor1D => {
  const out = new Float32Array(64);
  out.set(values);
  return tf.tensor1d(out);
};

describe.each(['cpu', 'wasm'] as const)('AdamW on %s', (backend) => {
  it.each(reference.cases)('reference: $name', async ({ inputs, expected }) => {
    await createPlainEngine(backend);
    await tf.setBackend(backend);
    const options: AdamWOptions = {
      learningRate: inputs.learning_rate,
      beta1: inputs.beta1,
      beta2: inputs.beta2,
      epsilon: inputs.epsilon,
      weightDecay: inputs.weight_decay,
      maxGradNorm: inputs.max_grad_norm,
    };
    let state: AdamWState = { p: padded(inputs.parameter), m: padded([]), v: padded([]) };
    const decay = tf.ones<tf.Rank.R1>([64]);
    inputs.gradients.forEach((row, i) => {
      const g = padded(row);
      const norm = globalNorm(g);
      expect(norm.dataSync()[0]).toBeCloseTo(expected.grad_norm[i]!, 4);
      state = adamwStep(state, g, norm, decay, i + 1, options);
      const p = state.p.dataSync();
      expected.parameter_after[i]!.forEach((x, j) => expect(p[j]).toBeCloseTo(x, 5));
    });
  });

  it('decays matrices only, through a whole update', async () => {
    const engine = await createPlainEngine(backend);
    const weights = busyWeights(tinyConfig, 6);
    await withModel(engine, tinyConfig, weights, async (model) => {
      const nothing = ({ logProbs }: { logProbs: tf.Tensor }) => ({
        loss: tf.mul(tf.sum(logProbs), 0) as Scalar,
      });
      const term = { batch: raggedBatch, want: { logProbs: true }, loss: nothing };
      await model.update([term], { ...adam, learningRate: 0.5, weightDecay: 0.1 }, false);
      const after = await model.weights();
      for (const p of parameterLayout(tinyConfig)) {
        const factor = p.shape.length > 1 ? 0.95 : 1;
        for (let i = p.offset; i < p.offset + p.size; i++)
          expect(after[i]).toBeCloseTo(factor * weights[i]!, 5);
      }
    });
  });

  it('starts afresh after setWeights', async () => {
    const engine = await createPlainEngine(backend);
    const weights = busyWeights(tinyConfig, 6);
    await withModel(engine, tinyConfig, weights, async (model) => {
      const term = { batch: raggedBatch, want: { logProbs: true }, loss: meanNll };
      await model.update([term], adam, false);
      const once = await model.weights();
      await model.update([term], adam, false);
      model.setWeights(weights);
      expect(await model.weights()).toEqual(weights);
      await model.update([term], adam, false);
      expect(await model.weights()).toEqual(once);
      expect(() => model.setWeights(weights.slice(1))).toThrow(/layout/);
    });
  });
});
