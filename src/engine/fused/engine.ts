import type { Message } from '../../messages';
import * as tf from '@tensorflow/tfjs-core';
import type { Kernels } from '../../kernels/kernels';
import { registerGradients } from '../shared/gradients';
import type { SharedTfjs } from '../devices/tfjs';
import type { Engine, EngineInfo } from '../types';
import { evaluatePasses } from './evaluate';
import { FusedLanguageModel } from './model';
import { queueOf } from './queue';
import { SharedOnce } from './shared-once';

/** What comes with the device of the kernels. */
interface Opened {
  lost?: Promise<Message> | undefined;
  close?: () => void;
  share?: () => Promise<SharedTfjs>;
}

/**
 * An engine whose models run on the given kernels. `close` gives the device back; `share` brings tfjs there, else
 * losses run on the host.
 */
export function engineOn(kernels: Kernels, info: EngineInfo, { lost, close, share }: Opened = {}): Engine {
  tf.enableProdMode(); // no banner about tfjs-node, no debug checks
  registerGradients();
  const models = new Set<FusedLanguageModel>();
  const tfjs = share ? new SharedOnce(share) : null;
  return {
    info,
    createModel(config, weights) {
      const model: FusedLanguageModel = new FusedLanguageModel(
        kernels,
        config,
        weights,
        () => models.delete(model),
        tfjs,
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
      return { tensors: tf.memory().numTensors, bytes: kernels.bytes() + (tfjs?.bytes() ?? 0) };
    },
    ...(kernels.counters ? { counters: () => kernels.counters!() } : {}),
    ...(lost ? { lost } : {}),
    dispose() {
      for (const model of [...models]) model.dispose();
      try {
        tfjs?.close();
      } finally {
        close?.();
      }
    },
  };
}
