import { roundUp4, type DeviceBuffer } from '../../kernels/kernels';
import type { Wanted } from '../types';
import type { BackwardPass } from './backward';
import type { RaggedBatch } from './batch';
import type { DeviceModel, ReadyModel } from './tensors';

/** Rows of logits computed at a time when they need not be kept: in host memory they stay in the cache. */
const CHUNK = { host: 64, device: 4096 };

/** Results of both heads at the selected tokens: R = predictors + last tokens. */
export interface Heads {
  /** Output of the last block at the selected tokens, [R, d]. */
  gathered: DeviceBuffer;
  stats: DeviceBuffer;
  /** After the final layer norm, [R, d]. */
  hidden: DeviceBuffer;
  /** [predictors, V4], kept for the backward pass only. */
  logits: DeviceBuffer | null;
  logSum: DeviceBuffer;
  logProbs: DeviceBuffer;
  entropy: DeviceBuffer;
  /** Scalar head at all selected tokens, [R]. */
  scalars: DeviceBuffer;
}

/** On the host, or on the device already. */
export type Numbers = Float32Array | DeviceBuffer;

/** Gradients of the loss with respect to the heads' outputs, one number per selected token. */
export interface HeadGradients<A = Numbers> {
  /** [predictors]; null where the loss does not use it. */
  logProbs: A | null;
  entropy: A | null;
  /** [R] each, to be added up: values, then scores. */
  scalars: readonly A[];
}

/** Final layer norm, language-model head and scalar head of x [N, d], only where they are needed. */
export function headsForward(
  { kernels, config, tensors, packed }: ReadyModel,
  batch: Pick<RaggedBatch, 'heads' | 'labels' | 'predictors' | 'lasts'>,
  x: DeviceBuffer,
  { want, keep }: { want: Wanted; keep: boolean },
): Heads {
  const { nEmbd: d, vocabSize: v } = config;
  const { predictors } = batch;
  const r = predictors + batch.lasts;
  const size = { rows: r, width: d };
  const gathered = kernels.temporary(r * d);
  const stats = kernels.temporary(r * 2);
  const hidden = kernels.temporary(r * d);
  kernels.gatherRows({ x, index: batch.heads, out: gathered, ...size });
  kernels.layerNorm({ x: gathered, ...tensors.lnF, out: hidden, stats, ...size });
  const logProbs = kernels.temporary(predictors);
  const entropy = kernels.temporary(predictors);
  const logSum = kernels.temporary(predictors);
  const scalars = kernels.temporary(r);
  let logits: DeviceBuffer | null = null;
  if (want.logProbs || want.entropy) {
    const width = roundUp4(v);
    const chunk = Math.min(keep ? Infinity : CHUNK[kernels.hostMemory ? 'host' : 'device'], predictors);
    logits = kernels.temporary((keep ? predictors : chunk) * width);
    for (let first = 0; first < predictors; first += chunk) {
      const rows = Math.min(chunk, predictors - first);
      const part = keep ? kernels.slice(logits, first * width, rows * width) : logits;
      const of = (buffer: DeviceBuffer) => kernels.slice(buffer, first, rows);
      const states = kernels.slice(hidden, first * d, rows * d);
      kernels.linear({ x: states, w: packed.head, out: part, m: rows });
      kernels.tokenLogProb({
        logits: part,
        labels: of(batch.labels),
        logProbs: of(logProbs),
        entropy: of(entropy),
        logSum: of(logSum),
        rows,
        vocabulary: v,
      });
    }
  }
  if (want.values || want.scores) kernels.scalarHead({ x: hidden, ...tensors.score, out: scalars, ...size });
  return { gathered, stats, hidden, logits: keep ? logits : null, logSum, logProbs, entropy, scalars };
}

/** Gradient of `headsForward`: adds to the gradients of the parameters and returns dx [N, d]. */
export function headsBackward(
  { kernels, config, tensors }: DeviceModel,
  { grads, transposed }: BackwardPass,
  batch: RaggedBatch,
  heads: Heads,
  gradients: HeadGradients,
): DeviceBuffer {
  const { nEmbd: d, vocabSize: v } = config;
  const { predictors, tokens } = batch;
  const r = predictors + batch.lasts;
  const size = { rows: r, width: d };
  const dHidden = kernels.temporary(r * d);
  const { hidden } = heads;
  const onDevice = (numbers: Numbers) =>
    numbers instanceof Float32Array ? kernels.upload(numbers) : numbers;
  const ofLogits = heads.logits && (gradients.logProbs || gradients.entropy);
  if (!ofLogits || predictors < r) kernels.zero(dHidden); // else the product below writes all of it
  if (heads.logits && ofLogits) {
    const none = new Float32Array(predictors);
    const { logits, entropy, logSum } = heads;
    kernels.tokenLogProbBackward({
      logits,
      labels: batch.labels,
      entropy,
      logSum,
      dLogProbs: onDevice(gradients.logProbs ?? none),
      dEntropy: onDevice(gradients.entropy ?? none),
      rows: predictors,
      vocabulary: v,
    });
    // `logits` now holds its gradient
    const xStride = roundUp4(v);
    kernels.linear({ x: logits, w: transposed.head, out: dHidden, m: predictors, xStride });
    kernels.linearBackwardWeight({
      x: logits,
      dy: hidden,
      dWeight: grads.wte,
      m: predictors,
      k: v,
      n: d,
      xStride,
    });
  }
  for (const numbers of gradients.scalars) {
    const dOut = onDevice(numbers);
    const { weight } = tensors.score;
    const { weight: dWeight, bias: dBias } = grads.score;
    kernels.scalarHeadBackward({ dOut, x: hidden, weight, dx: dHidden, dWeight, dBias, ...size });
  }
  const dGathered = kernels.temporary(r * d);
  kernels.layerNormBackward({
    dy: dHidden,
    x: heads.gathered,
    stats: heads.stats,
    weight: tensors.lnF.weight,
    dx: dGathered,
    dWeight: grads.lnF.weight,
    dBias: grads.lnF.bias,
    ...size,
  });
  const dx = kernels.temporary(tokens * d);
  kernels.zero(dx);
  kernels.scatterRows({ dy: dGathered, index: batch.heads, out: dx, ...size });
  return dx;
}
