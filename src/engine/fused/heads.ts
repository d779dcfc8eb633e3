import { roundUp4, type DeviceBuffer, type Kernels, type PackedMatrix } from '../../kernels/kernels';
import type { GptConfig } from '../../model/config';
import type { Wanted } from '../types';
import type { RaggedBatch } from './batch';
import type { ModelTensors } from './tensors';

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

/** Gradients of the loss with respect to the heads' outputs, on the host, one number per selected token. */
export interface HeadGradients {
  /** [predictors]; null where the loss does not use it. */
  logProbs: Float32Array | null;
  entropy: Float32Array | null;
  /** [R]: values, then scores. */
  scalars: Float32Array | null;
}

/** Final layer norm, language-model head and scalar head, only where they are needed. */
export function headsForward(
  kernels: Kernels,
  config: GptConfig,
  tensors: ModelTensors,
  head: PackedMatrix,
  batch: RaggedBatch,
  x: DeviceBuffer,
  want: Wanted,
  keep: boolean,
): Heads {
  const { nEmbd: d, vocabSize: v } = config;
  const { predictors } = batch;
  const r = predictors + batch.lasts;
  const gathered = kernels.temporary(r * d);
  const stats = kernels.temporary(r * 2);
  const hidden = kernels.temporary(r * d);
  kernels.gatherRows(x, batch.heads, gathered, r, d);
  kernels.layerNorm(gathered, tensors.lnF.weight, tensors.lnF.bias, hidden, stats, r, d);
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
      kernels.linear(kernels.slice(hidden, first * d, rows * d), head, null, null, part, rows);
      kernels.tokenLogProb(part, of(batch.labels), of(logProbs), of(entropy), of(logSum), rows, v);
    }
  }
  if (want.values || want.scores)
    kernels.scalarHead(hidden, tensors.score.weight, tensors.score.bias, scalars, r, d);
  return { gathered, stats, hidden, logits: keep ? logits : null, logSum, logProbs, entropy, scalars };
}

/** Gradient of `headsForward`: adds to `grads` and returns dx [N, d]. `head` is the untransposed embedding. */
export function headsBackward(
  kernels: Kernels,
  config: GptConfig,
  tensors: ModelTensors,
  grads: ModelTensors,
  head: PackedMatrix,
  batch: RaggedBatch,
  heads: Heads,
  gradients: HeadGradients,
): DeviceBuffer {
  const { nEmbd: d, vocabSize: v } = config;
  const { predictors, tokens } = batch;
  const r = predictors + batch.lasts;
  const dHidden = kernels.temporary(r * d);
  kernels.zero(dHidden);
  if (heads.logits && (gradients.logProbs || gradients.entropy)) {
    const none = new Float32Array(predictors);
    const dLogProbs = kernels.upload(gradients.logProbs ?? none);
    const dEntropy = kernels.upload(gradients.entropy ?? none);
    const { logits, entropy, logSum } = heads;
    kernels.tokenLogProbBackward(logits, batch.labels, entropy, logSum, dLogProbs, dEntropy, predictors, v);
    const width = roundUp4(v);
    kernels.linear(logits, head, null, null, dHidden, predictors, width);
    kernels.linearBackwardWeight(logits, heads.hidden, grads.wte, null, predictors, v, d, width);
  }
  if (gradients.scalars) {
    const dScalars = kernels.upload(gradients.scalars);
    const { weight, bias } = grads.score;
    kernels.scalarHeadBackward(dScalars, heads.hidden, tensors.score.weight, dHidden, weight, bias, r, d);
  }
  const dGathered = kernels.temporary(r * d);
  kernels.layerNormBackward(
    dHidden,
    heads.gathered,
    heads.stats,
    tensors.lnF.weight,
    null,
    dGathered,
    grads.lnF.weight,
    grads.lnF.bias,
    r,
    d,
  );
  const dx = kernels.temporary(tokens * d);
  kernels.zero(dx);
  kernels.scatterRows(dGathered, batch.heads, dx, r, d);
  return dx;
}
