import * as tf from '@tensorflow/tfjs-core';
import { registerGradients } from '../plain/gradients';
import { WasmKernels } from '../../kernels/wasm/kernels';
import type { Engine } from '../types';
import { FusedLanguageModel } from './model';

/** Fused engine on our SIMD WASM kernels; works in Node, pages and workers. */
export async function createFusedEngine(backend: 'wasm'): Promise<Engine> {
  const kernels = await WasmKernels.create();
  registerGradients();
  const models = new Set<FusedLanguageModel>();
  return {
    info: {
      backend,
      kind: 'fused',
      adapter: kernels.relaxed ? 'WASM relaxed SIMD' : 'WASM SIMD',
      software: false,
    },
    createModel(config, weights) {
      const model: FusedLanguageModel = new FusedLanguageModel(kernels, config, weights, () =>
        models.delete(model),
      );
      models.add(model);
      return model;
    },
    memory() {
      return { tensors: tf.memory().numTensors, bytes: kernels.bytes() };
    },
    dispose() {
      for (const model of [...models]) model.dispose();
    },
  };
}
