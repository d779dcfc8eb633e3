import type { Message } from '../../messages';
import * as tf from '@tensorflow/tfjs-core';
import type { Kernels } from '../../kernels/kernels';
import { registerGradients } from '../shared/gradients';
import type { Engine, EngineInfo } from '../types';
import { evaluatePasses } from './evaluate';
import { FusedLanguageModel } from './model';
import { queueOf } from './queue';

/** An engine whose models run on the given kernels. `close` gives the device back. */
export function engineOn(
  kernels: Kernels,
  info: EngineInfo,
  { lost, close }: { lost?: Promise<Message> | undefined; close?: () => void } = {},
): Engine {
  tf.enableProdMode(); // no banner about tfjs-node, no debug checks
  registerGradients();
  const models = new Set<FusedLanguageModel>();
  return {
    info,
    createModel(config, weights) {
      const model: FusedLanguageModel = new FusedLanguageModel(kernels, config, weights, () =>
        models.delete(model),
      );
      models.add(model);
      return model;
    },
    async evaluateTogether(passes) {
      const all = passes.map(({ model, ...pass }) => ({
        ...pass,
        model: (model as FusedLanguageModel).onThe(kernels),
      }));
      return queueOf(kernels).run(() => kernels.frame(() => evaluatePasses(kernels, all)));
    },
    memory() {
      return { tensors: tf.memory().numTensors, bytes: kernels.bytes() };
    },
    ...(kernels.counters ? { counters: () => kernels.counters!() } : {}),
    ...(lost ? { lost } : {}),
    dispose() {
      for (const model of [...models]) model.dispose();
      close?.();
    },
  };
}
