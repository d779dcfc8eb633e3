import * as tf from '@tensorflow/tfjs-core';
import type { DeviceBuffer, Kernels } from '../../kernels/kernels';
import type { SharedTfjs } from '../devices/tfjs';
import { guardOutputs, OUTPUT_NAMES } from '../shared/outputs';
import type { LossFunction, Outputs, Wanted } from '../types';
import type { RaggedBatch } from './batch';
import type { HeadGradients, Heads } from './heads';

/** Numbers that a loss may report: its value and its metrics. */
export const REPORT = 64;

/**
 * The gradient of a loss with respect to the heads' outputs, by tfjs's autograd on the device where they are:
 * nothing is read back. `into` [REPORT] gets the value and then the metrics with these `names`; null if nobody will ask.
 */
export function lossOnDevice(
  tfjs: SharedTfjs,
  kernels: Kernels,
  { batch, heads, want }: { batch: RaggedBatch; heads: Heads; want: Wanted },
  loss: LossFunction,
  into: DeviceBuffer | null,
): { gradients: HeadGradients; names: string[] } {
  return tfjs.run(() => {
    const inputs = outputTensors(tfjs, kernels, batch, heads, want);
    const { rows, cols } = batch.mask;
    const mask = tf.tensor2d(batch.mask.data, [rows, cols]);
    const outputs = guardOutputs({ ...inputs, mask } as Partial<Outputs>);
    const metrics = new Map<string, tf.Tensor>();
    const run = () => {
      const result = loss(outputs);
      if (into)
        for (const [name, value] of Object.entries(result.metrics ?? {}))
          metrics.set(name, tf.keep(tf.clone(value))); // outlives the tape
      return result.loss;
    };
    try {
      const xs = Object.values(inputs);
      const { value, grads } = tf.engine().gradients(run, xs, undefined, true);
      const gradient = (name: (typeof OUTPUT_NAMES)[number]) =>
        inputs[name] && (grads[xs.indexOf(inputs[name])] as tf.Tensor | undefined);
      if (into) report(tfjs, kernels, [value, ...metrics.values()], into);
      return {
        gradients: headGradients(tfjs, kernels, batch, gradient),
        names: [...metrics.keys()],
      };
    } catch (error) {
      abandonTape();
      throw error;
    } finally {
      tf.dispose([...metrics.values()]);
    }
  });
}

/** What a loss that throws has saved for its gradient, tfjs would keep for good. */
function abandonTape(): void {
  const { state } = tf.engine() as unknown as { state: { activeTape: { saved?: tf.Tensor[] }[] | null } };
  for (const { saved } of state.activeTape ?? []) tf.dispose(saved ?? []);
  state.activeTape = null;
}

/** The wanted outputs over [B, C], 0 outside the mask; scores over [B]. */
function outputTensors(
  tfjs: SharedTfjs,
  kernels: Kernels,
  { mask, predictors, cells, lasts }: RaggedBatch,
  heads: Heads,
  want: Wanted,
): Partial<Record<(typeof OUTPUT_NAMES)[number], tf.Tensor>> {
  const { rows, cols } = mask;
  const source = new Int32Array(rows * cols).fill(-1);
  for (let i = 0; i < predictors; i++) source[cells[i]!] = i;
  const index = kernels.upload(source);
  const spread = (x: DeviceBuffer) =>
    predictors === 0
      ? tf.zeros([rows, cols])
      : tfjs.tensor(gathered(kernels, x, index, rows * cols), [rows, cols]);
  const found: ReturnType<typeof outputTensors> = {};
  if (want.logProbs) found.logProbs = spread(heads.logProbs);
  if (want.entropy) found.entropy = spread(heads.entropy);
  if (want.values) found.values = spread(heads.scalars);
  if (want.scores) {
    const last = kernels.upload(Int32Array.from({ length: lasts }, (_, b) => predictors + b));
    found.scores = tfjs.tensor(gathered(kernels, heads.scalars, last, lasts), [lasts]);
  }
  if (Object.keys(found).length === 0) throw new RangeError('a loss term must want at least one output');
  return found;
}

/** From [B, C] back to one number per selected token. */
function headGradients(
  tfjs: SharedTfjs,
  kernels: Kernels,
  { predictors, cells, lasts }: RaggedBatch,
  gradient: (name: (typeof OUTPUT_NAMES)[number]) => tf.Tensor | undefined,
): HeadGradients {
  const pick = (tensor: tf.Tensor, index: Int32Array) =>
    gathered(kernels, tfjs.buffer(tensor), kernels.upload(index), index.length);
  const packed = (name: 'logProbs' | 'entropy') => {
    const tensor = gradient(name);
    return tensor && predictors > 0 ? pick(tensor, cells) : null;
  };
  const [values, scores] = [gradient('values'), gradient('scores')];
  const none = (count: number) => new Array<number>(count).fill(-1);
  const scalars: DeviceBuffer[] = [];
  if (values && predictors > 0) scalars.push(pick(values, Int32Array.from([...cells, ...none(lasts)])));
  if (scores) scalars.push(pick(scores, Int32Array.from([...none(predictors), ...Array(lasts).keys()])));
  return { logProbs: packed('logProbs'), entropy: packed('entropy'), scalars };
}

function gathered(kernels: Kernels, x: DeviceBuffer, index: DeviceBuffer, cells: number): DeviceBuffer {
  const out = kernels.temporary(cells);
  kernels.gatherCells!({ x, index, out, cells });
  return out;
}

function report(tfjs: SharedTfjs, kernels: Kernels, scalars: tf.Tensor[], into: DeviceBuffer): void {
  const count = scalars.length;
  if (count > REPORT) throw new RangeError(`a loss may report at most ${REPORT - 1} metrics`);
  const all = tf.stack(scalars.map((x) => tf.reshape(tf.cast(x, 'float32'), [])));
  const index = Int32Array.from({ length: REPORT }, (_, i) => (i < count ? i : -1));
  kernels.gatherCells!({ x: tfjs.buffer(all), index: kernels.upload(index), out: into, cells: REPORT });
}
