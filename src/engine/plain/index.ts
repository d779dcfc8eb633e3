import * as tf from '@tensorflow/tfjs-core';
import { message, MessageError } from '../../messages';
import { describeBackend } from '../adapter';
import type { BackendName, Engine } from '../types';
import { openBackend } from './backend';
import { registerGradients } from '../shared/gradients';
import { PlainModel } from './model';

/**
 * Plain tfjs with its autograd on any of its backends: the oracle that faster engines are compared with,
 * and the fallback where there is none. Throws with a plain reason if the backend does not work here.
 */
export async function createPlainEngine(name: BackendName): Promise<Engine> {
  const description = await describeBackend(name);
  if (!description) throw new MessageError(message('engine.unavailable', { backend: name }));
  const backend = await openBackend(name);
  registerGradients();
  const models = new Set<PlainModel>();
  return {
    info: { backend: name, kind: 'plain', ...description },
    createModel(config, weights) {
      const model: PlainModel = new PlainModel(backend, config, weights, () => models.delete(model));
      models.add(model);
      return model;
    },
    evaluateTogether: (passes) =>
      Promise.all(passes.map(({ model, batch, want }) => model.evaluate(batch, want))),
    memory() {
      const { numTensors, numBytes } = tf.memory();
      return { tensors: numTensors, bytes: numBytes };
    },
    ...(backend.lost ? { lost: backend.lost } : {}),
    dispose() {
      for (const model of [...models]) model.dispose();
    },
  };
}
