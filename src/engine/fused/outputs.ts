import type { Kernels } from '../../kernels/kernels';
import type { HostOutputs, Wanted } from '../types';
import type { RaggedBatch } from './batch';
import type { Heads } from './heads';

/** Reads the wanted outputs and spreads them over [B, C]; cells outside the mask are 0. */
export function hostOutputs(kernels: Kernels, batch: RaggedBatch, heads: Heads, want: Wanted): HostOutputs {
  const { rows, cols } = batch.mask;
  const spread = (flat: Float32Array) => {
    const data = new Float32Array(rows * cols);
    for (let i = 0; i < batch.predictors; i++) data[batch.cells[i]!] = flat[i]!;
    return { rows, cols, data };
  };
  const out: HostOutputs = { mask: batch.mask };
  if (want.logProbs) out.logProbs = spread(kernels.readFloats(heads.logProbs));
  if (want.entropy) out.entropy = spread(kernels.readFloats(heads.entropy));
  if (want.values || want.scores) {
    const scalars = kernels.readFloats(heads.scalars);
    if (want.values) out.values = spread(scalars);
    if (want.scores) out.scores = scalars.slice(batch.predictors);
  }
  return out;
}
