import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { guardOutputs, OUTPUT_NAMES } from '../shared/outputs';
import type { HostOutputs, LossFunction, Outputs } from '../types';
import type { RaggedBatch } from './batch';
import type { HeadGradients } from './heads';

export interface EvaluatedLoss {
  loss: number;
  metrics: Record<string, number>;
  gradients: HeadGradients<Float32Array>;
}

/** Outputs are a few thousand numbers: tfjs's plain JavaScript backend is the fastest for them. */
function onCpuBackend<T>(f: () => T): T {
  const before = tf.getBackend();
  if (before === 'cpu') return f();
  void tf.setBackend('cpu'); // synchronous: this backend needs no start-up
  try {
    return f();
  } finally {
    if (before) void tf.setBackend(before);
  }
}

/** `tf.tidy` for functions that return plain numbers. */
function tidied<T>(f: () => T): T {
  let result: { value: T } | undefined;
  tf.tidy(() => {
    result = { value: f() };
  });
  return result!.value;
}

/** Loss, metrics and gradients with respect to the heads' outputs, by tfjs's autograd on small tensors. */
export function evaluateLoss(host: HostOutputs, batch: RaggedBatch, loss: LossFunction): EvaluatedLoss {
  return withTensors(host, (tensors, outputs) => {
    const metrics: Record<string, number> = {};
    const run = () => {
      const result = loss(outputs);
      readMetrics(result, metrics);
      return result.loss;
    };
    const inputs = Object.values(tensors);
    const { value, grads } = tf.engine().gradients(run, inputs, undefined, true);
    const gradient = (name: (typeof OUTPUT_NAMES)[number]) => {
      const tensor = tensors[name] && (grads[inputs.indexOf(tensors[name])] as tf.Tensor | undefined);
      return tensor ? tensor.dataSync<'float32'>() : null;
    };
    return {
      loss: value.dataSync<'float32'>()[0]!,
      metrics,
      gradients: headGradients(batch, {
        logProbs: gradient('logProbs'),
        entropy: gradient('entropy'),
        values: gradient('values'),
        scores: gradient('scores'),
      }),
    };
  });
}

/** Loss and metrics only. */
export function lossValue(host: HostOutputs, loss: LossFunction): Omit<EvaluatedLoss, 'gradients'> {
  return withTensors(host, (_, outputs) => {
    const metrics: Record<string, number> = {};
    const result = loss(outputs);
    readMetrics(result, metrics);
    return { loss: result.loss.dataSync<'float32'>()[0]!, metrics };
  });
}

/** Gradients of a loss whose weights on the log-probabilities are known beforehand; null for other losses. */
export function linearGradients(batch: RaggedBatch, loss: LossFunction): HeadGradients<Float32Array> | null {
  if (!loss.linearWeights || batch.predictors === 0) return null;
  const logProbs = loss.linearWeights(batch.mask);
  return headGradients(batch, { logProbs, entropy: null, values: null, scores: null });
}

type HeadTensors = Partial<Record<(typeof OUTPUT_NAMES)[number], tf.Tensor>>;

/** Runs f on the outputs as tensors of the JavaScript backend, inside a tidy. */
function withTensors<T>(host: HostOutputs, f: (tensors: HeadTensors, outputs: Outputs) => T): T {
  return onCpuBackend(() =>
    tidied(() => {
      const { rows, cols } = host.mask;
      const mask = tf.tensor2d(host.mask.data, [rows, cols]);
      const tensors: HeadTensors = {};
      for (const name of OUTPUT_NAMES) {
        const value = host[name];
        if (value)
          tensors[name] =
            value instanceof Float32Array ? tf.tensor1d(value) : tf.tensor2d(value.data, [rows, cols]);
      }
      if (Object.keys(tensors).length === 0)
        throw new RangeError('a loss term must want at least one output');
      return f(tensors, guardOutputs({ ...tensors, mask } as Partial<Outputs>));
    }),
  );
}

function readMetrics({ metrics }: ReturnType<LossFunction>, into: Record<string, number>): void {
  for (const [name, value] of Object.entries(metrics ?? {})) into[name] = value.dataSync<'float32'>()[0]!;
}

/** From [B, C] back to one number per selected token; padding cells are dropped. */
function headGradients(
  { cells, predictors, lasts }: RaggedBatch,
  g: Record<(typeof OUTPUT_NAMES)[number], Float32Array | null>,
): HeadGradients<Float32Array> {
  const pick = (cellsOf: Float32Array, into: Float32Array) => {
    for (let i = 0; i < predictors; i++) into[i] = cellsOf[cells[i]!]!;
    return into;
  };
  const scalars = new Float32Array(predictors + lasts);
  if (g.values) pick(g.values, scalars);
  if (g.scores) scalars.set(g.scores, predictors);
  return {
    logProbs: g.logProbs && pick(g.logProbs, new Float32Array(predictors)),
    entropy: g.entropy && pick(g.entropy, new Float32Array(predictors)),
    scalars: g.values || g.scores ? [scalars] : [],
  };
}
