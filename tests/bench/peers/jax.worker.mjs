import { parameterLayout } from '../../../src/model/parameters';
import { serve } from '../../../src/bench/worker-api';
import { ADAM, batchesOf, weightsOf } from '../../../src/bench/workload';
import { describeBackend } from '../../../src/engine/adapter';
import { createJaxGpt } from './jax-gpt.mjs';

/** @jax-js/jax 0.1.25. Its WebAssembly threads need shared memory; without it, it runs on one thread like the rest. */
serve(
  async (backend, variant) => {
    const threads = variant === 'threads';
    if (!threads) delete globalThis.SharedArrayBuffer;
    const jax = await import('@jax-js/jax');
    const available = await jax.init(backend);
    if (!available.includes(backend)) throw new Error(`its ${backend} device does not start here`);
    jax.defaultDevice(backend);
    const { adapter, software } = (await describeBackend(backend)) ?? { adapter: backend, software: false };
    let gpt = null;
    let batches = [];
    let step = 0;
    /** Operations are lazy: this hands them to the device without waiting for it, as far as the library can. */
    const handOver = async (loss) => {
      if (backend === 'webgpu') return void (await loss.gpuBuffer());
      const done = loss.blockUntilReady().then((array) => array.dispose());
      if (backend === 'wasm') return done;
      for (let i = 0; i < 20; i++) await null; // everything has been drawn after a few microtasks
    };
    return {
      info: {
        label: threads ? '@jax-js/jax 0.1.25, threads' : '@jax-js/jax 0.1.25',
        adapter: threads ? adapter.replace(/1 of (\d+) threads/, '$1 threads') : adapter,
        software,
      },
      async prepare(shape) {
        gpt?.dispose();
        const { config, rows, length } = shape;
        gpt = createJaxGpt(jax, {
          config,
          layout: parameterLayout(config),
          weights: weightsOf(shape),
          rows,
          length,
          adam: ADAM,
        });
        batches = batchesOf(shape);
        step = 0;
      },
      async step(read) {
        const loss = gpt.step(batches[step++ % batches.length]);
        if (!read) {
          await handOver(loss);
          return null;
        }
        const value = (await loss.data())[0];
        if (threads) await gpt.finished(); // its threads still work on what follows the loss
        return value;
      },
      dispose: () => gpt?.dispose(),
    };
  },
  () => false,
);
