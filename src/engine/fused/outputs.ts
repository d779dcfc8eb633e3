import type { DeviceBuffer, Kernels, MaybePromise } from '../../kernels/kernels';
import type { HostOutputs, Matrix, Wanted } from '../types';
import type { RaggedBatch } from './batch';
import type { Heads } from './heads';

/** Reads the wanted outputs in one go and spreads them over [B, C]; cells outside the mask are 0. */
export function hostOutputs(
  kernels: Kernels,
  batch: RaggedBatch,
  heads: Heads,
  want: Wanted,
): MaybePromise<HostOutputs> {
  const names: ('logProbs' | 'entropy' | 'scalars')[] = [];
  if (want.logProbs) names.push('logProbs');
  if (want.entropy) names.push('entropy');
  if (want.values || want.scores) names.push('scalars');
  const found = kernels.readAll(names.map((name): DeviceBuffer => heads[name]));
  const arrange = (arrays: Float32Array[]) =>
    spreadOutputs(batch, want, Object.fromEntries(names.map((name, i) => [name, arrays[i]])));
  return found instanceof Promise ? found.then(arrange) : arrange(found);
}

function spreadOutputs(
  { mask, predictors, cells }: RaggedBatch,
  want: Wanted,
  flat: { logProbs?: Float32Array; entropy?: Float32Array; scalars?: Float32Array },
): HostOutputs {
  const { rows, cols } = mask;
  const spread = (values: Float32Array) => {
    const data = new Float32Array(rows * cols);
    for (let i = 0; i < predictors; i++) data[cells[i]!] = values[i]!;
    return { rows, cols, data };
  };
  const out: HostOutputs = { mask };
  if (flat.logProbs) out.logProbs = spread(flat.logProbs);
  if (flat.entropy) out.entropy = spread(flat.entropy);
  if (want.values) out.values = spread(flat.scalars!);
  if (want.scores) out.scores = flat.scalars!.slice(predictors);
  return out;
}

/** Stacks the outputs of consecutive chunks of a batch; columns are padded to the longest completion. */
export function joinOutputs(parts: readonly HostOutputs[]): HostOutputs {
  if (parts.length === 1) return parts[0]!;
  const cols = Math.max(...parts.map((p) => p.mask.cols));
  const rows = parts.reduce((sum, p) => sum + p.mask.rows, 0);
  const stack = (name: 'mask' | 'logProbs' | 'entropy' | 'values'): Matrix => {
    const data = new Float32Array(rows * cols);
    let row = 0;
    for (const part of parts) {
      const m = part[name]!;
      for (let r = 0; r < m.rows; r++, row++)
        data.set(m.data.subarray(r * m.cols, (r + 1) * m.cols), row * cols);
    }
    return { rows, cols, data };
  };
  const out: HostOutputs = { mask: stack('mask') };
  for (const name of ['logProbs', 'entropy', 'values'] as const) if (parts[0]![name]) out[name] = stack(name);
  if (parts[0]!.scores) out.scores = Float32Array.from(parts.flatMap((p) => [...p.scores!]));
  return out;
}
