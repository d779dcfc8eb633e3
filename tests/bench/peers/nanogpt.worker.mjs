import '@genai-fi/nanogpt';
import { selectBackend } from '../node_modules/@genai-fi/nanogpt/dist/backend.js';
import NanoGPTV1 from '../node_modules/@genai-fi/nanogpt/dist/models/NanoGPTV1.js';
import BasicTrainer from '../node_modules/@genai-fi/nanogpt/dist/training/BasicTrainer.js';
import * as tf from '@tensorflow/tfjs-core';
import { serve } from '../../../src/bench/worker-api';
import { ADAM, batchesOf } from '../../../src/bench/workload';
import { describeBackend } from '../../../src/engine/adapter';
import { normals } from './normals.mjs';

/**
 * @genai-fi/nanogpt 1.3.0: its own model (v1: GELU, RMS norm, rotary positions, tied embedding) and the training
 * step of its own trainer, in 32-bit floats and, as by default, without clipping (which it has on WebGPU only).
 */
serve(
  async (backend) => {
    if (backend === 'wasm') throw new Error('it offers cpu, webgl and webgpu only');
    await selectBackend(backend);
    const { adapter, software } = (await describeBackend(backend)) ?? { adapter: backend, software: false };
    let model = null;
    let trainer = null;
    let batches = [];
    let shape = null;
    let step = 0;
    const free = () => {
      trainer?.dispose();
      model?.dispose();
    };
    return {
      info: { label: '@genai-fi/nanogpt 1.3.0', adapter, software },
      async prepare(next) {
        free();
        shape = next;
        const { vocabSize, nEmbd, nLayer, nHead } = shape.config;
        model = new NanoGPTV1({
          vocabSize,
          nEmbed: nEmbd,
          nLayer,
          nHead,
          mlpFactor: 4,
          blockSize: shape.length,
          useRope: true,
        });
        trainer = new BasicTrainer(model, null, {
          learningRate: ADAM.learningRate,
          minLearningRate: ADAM.learningRate,
          beta1: ADAM.beta1,
          beta2: ADAM.beta2,
          epsilon: ADAM.epsilon,
          weightDecay: ADAM.weightDecay,
          warmupSteps: 0,
        });
        batches = batchesOf({ ...shape, length: shape.length + 1 });
        step = 0;
        tf.tidy(() => model.forward({ training: false }, tf.zeros([1, shape.length], 'int32'))); // makes its variables
        for (const name of model.weightStore.variableNames) {
          const variable = model.weightStore.getRawVariable(name);
          if (variable.rank > 1)
            tf.tidy(() => variable.assign(tf.tensor(normals(variable.size, name, 0.05), variable.shape)));
        }
      },
      async step(read) {
        const rows = batches[step++ % batches.length];
        const { rows: B, length: T } = shape;
        const input = (from) =>
          tf.tensor2d(
            rows.map((r) => r.slice(from, from + T)),
            [B, T],
            'int32',
          );
        const [xs, ys] = [input(0), input(1)];
        const loss = trainer.trainStep({}, { xs, ys });
        const value = read ? (await loss.data())[0] : null;
        tf.dispose([xs, ys, loss]);
        return value;
      },
      tensors: () => ({ tensors: tf.memory().numTensors, bytes: tf.memory().numBytes }),
      dispose: free,
    };
  },
  () => true,
);
