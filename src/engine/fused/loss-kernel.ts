import { type DeviceBuffer, type Kernels } from '../../kernels/kernels';
import type { LossKernel, LossTerm, Matrix } from '../types';
import type { RaggedBatch } from './batch';
import type { HeadGradients, Heads } from './heads';
import { valueAt, type ReportSheet, type TermValue } from './reports';

/** Gradients that a device computed, and where its loss and metrics will be. */
export interface KernelLoss {
  gradients: HeadGradients<DeviceBuffer>;
  value: TermValue;
}

/** Floats that every operation may report: the loss and its metrics. */
const REPORT = 16;

/** A loss on the device, without a round trip; null where this backend has no operation for it. */
export function kernelLoss(
  kernels: Kernels,
  batch: RaggedBatch,
  heads: Pick<Heads, 'logProbs' | 'entropy' | 'scalars'>,
  { want, loss: { kernel } }: LossTerm,
  sheet: ReportSheet | null,
): KernelLoss | null {
  if (!kernel || !suits(kernel, batch, want)) return null;
  if (!kernels[kernel.operation]) return null;
  const entry = sheet?.entry(REPORT);
  const gradients = run({ kernels, batch, heads, report: entry?.buffer }, kernel);
  return { gradients, value: valueAt(entry?.at ?? 0, kernel.metrics) };
}

/** Operations find exactly the outputs that they read. */
function suits(kernel: LossKernel, { predictors, lasts }: RaggedBatch, want: LossTerm['want']): boolean {
  switch (kernel.operation) {
    case 'actorCriticLoss':
      return (
        lasts === 0 &&
        (!kernel.policy || Boolean(want.logProbs && want.entropy)) &&
        (!kernel.value || Boolean(want.values))
      );
    case 'preferenceLoss':
    case 'likelihoodLoss':
      return Boolean(want.logProbs);
    case 'pairwiseLogisticLoss':
      return predictors === 0 && lasts > 0;
  }
}

interface Work {
  kernels: Kernels;
  batch: RaggedBatch;
  heads: Pick<Heads, 'logProbs' | 'entropy' | 'scalars'>;
  report: DeviceBuffer | undefined;
}

function run(work: Work, kernel: LossKernel): HeadGradients<DeviceBuffer> {
  switch (kernel.operation) {
    case 'actorCriticLoss':
      return actorCritic(work, kernel);
    case 'preferenceLoss':
      return preference(work, kernel);
    case 'pairwiseLogisticLoss':
      return pairwiseLogistic(work);
    case 'likelihoodLoss':
      return likelihood(work, kernel);
  }
}

type Of<Operation extends LossKernel['operation']> = Extract<LossKernel, { operation: Operation }>;

function actorCritic(
  { kernels, batch, heads, report }: Work,
  { policy, value }: Of<'actorCriticLoss'>,
): HeadGradients<DeviceBuffer> {
  const tokens = batch.predictors;
  const room = () => kernels.temporary(tokens);
  const [dLogProbs, dEntropy, dValues] = [policy && room(), policy && room(), value && room()];
  const { logProbs, entropy, scalars: values } = heads;
  const columns = [policy?.oldLogProbs, policy?.advantages, value?.oldValues, value?.returns];
  kernels.actorCriticLoss!({
    tokens,
    experience: kernels.upload(perToken(batch, columns)),
    ...(policy && dLogProbs && dEntropy
      ? { policy: { ...policy, logProbs, entropy, dLogProbs, dEntropy } }
      : {}),
    ...(value && dValues ? { value: { ...value, values, dValues } } : {}),
    ...(report ? { report } : {}),
  });
  return { logProbs: dLogProbs, entropy: dEntropy, scalars: dValues ? [dValues] : [] };
}

function preference(
  { kernels, batch, heads: { logProbs }, report }: Work,
  { reference, lossType, ...options }: Of<'preferenceLoss'>,
): HeadGradients<DeviceBuffer> {
  const { predictors: tokens, cells, mask } = batch;
  const dLogProbs = kernels.temporary(tokens);
  const rowOf = Int32Array.from(cells, (cell) => Math.floor(cell / mask.cols));
  const offsets = new Int32Array(mask.rows + 1);
  for (const row of rowOf) offsets[row + 1]!++;
  for (let row = 0; row < mask.rows; row++) offsets[row + 1]! += offsets[row]!;
  kernels.preferenceLoss!({
    ...options,
    form: lossType,
    tokens,
    pairs: pairsOf(batch),
    chosenTokens: offsets[pairsOf(batch)]!,
    logProbs,
    reference: kernels.upload(perToken(batch, [reference])),
    offsets: kernels.upload(offsets),
    rowOf: kernels.upload(rowOf),
    dLogProbs,
    ...(report ? { report } : {}),
  });
  return { logProbs: dLogProbs, entropy: null, scalars: [] };
}

function pairwiseLogistic({ kernels, batch, heads, report }: Work): HeadGradients<DeviceBuffer> {
  const dScores = kernels.temporary(batch.lasts);
  const pairs = pairsOf(batch);
  kernels.pairwiseLogisticLoss!({ scores: heads.scalars, pairs, dScores, ...(report ? { report } : {}) });
  return { logProbs: null, entropy: null, scalars: [dScores] };
}

function likelihood(
  { kernels, batch, heads: { logProbs }, report }: Work,
  { likely, likelihoodCoef, unlikelihoodCoef }: Of<'likelihoodLoss'>,
): HeadGradients<DeviceBuffer> {
  const { predictors: tokens, cells, mask } = batch;
  const rows = likely === 'all rows' ? mask.rows : pairsOf(batch);
  const dLogProbs = kernels.temporary(tokens);
  kernels.likelihoodLoss!({
    tokens,
    likelyTokens: cells.filter((cell) => cell < rows * mask.cols).length,
    rows: { likely: rows, unlikely: mask.rows - rows },
    likelihoodCoef,
    unlikelihoodCoef,
    logProbs,
    dLogProbs,
    ...(report ? { report } : {}),
  });
  return { logProbs: dLogProbs, entropy: null, scalars: [] };
}

/** Rows are the chosen answers of all pairs, then the rejected ones. */
function pairsOf({ mask: { rows } }: RaggedBatch): number {
  if (rows % 2 !== 0) throw new RangeError(`a loss on pairs needs an even number of rows, not ${rows}`);
  return rows / 2;
}

/** [B, C] columns side by side, [predictors, columns]; an absent one is 0. */
function perToken({ cells, mask }: RaggedBatch, columns: readonly (Matrix | undefined)[]): Float32Array {
  const out = new Float32Array(cells.length * columns.length);
  columns.forEach((matrix, c) => {
    if (!matrix) return;
    if (matrix.rows !== mask.rows || matrix.cols !== mask.cols)
      throw new RangeError(
        `a loss of ${mask.rows}×${mask.cols} outputs has ${matrix.rows}×${matrix.cols} numbers`,
      );
    for (let i = 0; i < cells.length; i++) out[i * columns.length + c] = matrix.data[cells[i]!]!;
  });
  return out;
}
