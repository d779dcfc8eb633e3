import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import wasmUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import gptTfjs from 'gpt-tfjs';
import { serve } from '../../../src/bench/worker-api';
import { ADAM, batchesOf } from '../../../src/bench/workload';
import { describeBackend } from '../../../src/engine/adapter';
import { normals } from './normals.mjs';

/** gpt-tfjs 0.0.5: its model, and the body of its own training loop (src/train.js). */
globalThis.dtype = undefined; // it assigns to this undeclared name, which only sloppy scripts may
serve(
  async (backend) => {
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    setWasmPaths({
      'tfjs-backend-wasm.wasm': wasmUrl,
      'tfjs-backend-wasm-simd.wasm': wasmUrl,
      'tfjs-backend-wasm-threaded-simd.wasm': wasmUrl,
    });
    if (!(await tf.setBackend(backend))) throw new Error(`tfjs's ${backend} backend does not start here`);
    await tf.ready();
    const { adapter, software } = (await describeBackend(backend)) ?? { adapter: backend, software: false };
    let model = null;
    let optimizer = null;
    let shape = null;
    let batches = [];
    let step = 0;
    const free = () => {
      model?.dispose();
      optimizer?.dispose();
    };
    return {
      info: { label: 'gpt-tfjs 0.0.5', adapter, software },
      async prepare(next) {
        free();
        tf.disposeVariables();
        shape = next;
        const { vocabSize, nEmbd, nLayer, nHead } = shape.config;
        const gpt = gptTfjs.model.GPT({
          vocabSize,
          nEmbd,
          nLayer,
          nHead,
          blockSize: shape.length,
          dropout: 0,
          embdDrop: 0,
          residDrop: 0,
        });
        model = gpt;
        tf.tidy(() =>
          gpt.setWeights(
            gpt.getWeights().map((w, i) => (w.rank > 1 ? tf.tensor(normals(w.size, i, 0.05), w.shape) : w)),
          ),
        );
        optimizer = tf.train.adam(ADAM.learningRate, ADAM.beta1, ADAM.beta2, ADAM.epsilon);
        batches = batchesOf({ ...shape, length: shape.length + 1 });
        step = 0;
      },
      async step(read) {
        const rows = batches[step++ % batches.length];
        const { rows: B, length: T } = shape;
        const x = tf.tensor2d(
          rows.map((r) => r.slice(0, T)),
          [B, T],
          'int32',
        );
        const y = tf.tidy(() =>
          tf.oneHot(
            tf.tensor2d(
              rows.map((r) => r.slice(1)),
              [B, T],
              'int32',
            ),
            shape.config.vocabSize,
          ),
        );
        let loss;
        tf.tidy(() => {
          const { grads } = optimizer.computeGradients(() => {
            loss = tf.keep(tf.losses.softmaxCrossEntropy(y, model.apply(x)));
            return loss;
          });
          optimizer.applyGradients(gptTfjs.optimizers.clipByGlobalNormObj(grads, 1));
        });
        const value = read ? (await loss.data())[0] : null;
        tf.dispose([x, y, loss]);
        return value;
      },
      tensors: () => ({ tensors: tf.memory().numTensors, bytes: tf.memory().numBytes }),
      dispose: free,
    };
  },
  () => true,
);
