import { checkBatch } from '../shared/batch';
import type { Batch, HostOutputs, Matrix, Wanted } from '../types';
import { inOrder, PrefixTree } from './fold';
import { forward } from './forward';
import { headsForward } from './heads';
import type { ReadyModel } from './tensors';

/** Distinct tokens of a pass: about a thousand stay in the second-level cache. */
const TOKENS = 1024;
/** Rows of a pass: bounds what attention needs where hardly any token is distinct. */
const ROWS = 128;

/**
 * Outputs of a batch, of which every distinct prefix is computed once: prompts that are asked again, and what their
 * answers have in common. A row's numbers do not depend on what is beside it, so they are those of each row alone.
 */
export async function evaluateOnHost(model: ReadyModel, batch: Batch, want: Wanted): Promise<HostOutputs> {
  checkBatch(batch, model.config);
  const outputs = emptyOutputs(batch, want);
  const order = inOrder(batch.map(({ ids }) => ids));
  for (let first = 0; first < order.length;) {
    const tree = new PrefixTree(model.config, want);
    const last = Math.min(order.length, first + ROWS);
    do {
      const row = order[first]!;
      tree.add(batch[row]!, row);
    } while (++first < last && tree.size < TOKENS);
    if (tree.size > 0) await pass(model, tree, want, outputs);
  }
  return outputs;
}

/** One pass over a tree; its results go to the rows that share them. */
async function pass(model: ReadyModel, tree: PrefixTree, want: Wanted, outputs: HostOutputs): Promise<void> {
  const { kernels } = model;
  await kernels.frame(async () => {
    const folded = tree.upload(kernels);
    const { x } = forward(model, folded, { keep: false });
    const heads = headsForward(model, folded, x, { want, keep: false });
    const { predictors } = folded;
    const spread = (matrix: Matrix | undefined, values: Float32Array) => {
      if (matrix)
        for (const { row, column, from } of tree.cells)
          matrix.data[row * matrix.cols + column] = values[from]!;
    };
    if (want.logProbs) spread(outputs.logProbs, await kernels.readFloats(heads.logProbs));
    if (want.entropy) spread(outputs.entropy, await kernels.readFloats(heads.entropy));
    if (!want.values && !want.scores) return;
    const scalars = await kernels.readFloats(heads.scalars);
    spread(outputs.values, scalars);
    if (outputs.scores)
      for (const { row, from } of tree.scores) outputs.scores[row] = scalars[predictors + from]!;
  });
}

/** All that is wanted, zeros so far, and the mask. */
function emptyOutputs(batch: Batch, want: Wanted): HostOutputs {
  const rows = batch.length;
  const cols = Math.max(...batch.map(({ ids, start }) => ids.length - start));
  const matrix = (): Matrix => ({ rows, cols, data: new Float32Array(rows * cols) });
  const mask = matrix();
  batch.forEach(({ ids, start }, b) => mask.data.fill(1, b * cols, b * cols + ids.length - start));
  return {
    mask,
    ...(want.logProbs ? { logProbs: matrix() } : {}),
    ...(want.entropy ? { entropy: matrix() } : {}),
    ...(want.values ? { values: matrix() } : {}),
    ...(want.scores ? { scores: new Float32Array(rows) } : {}),
  };
}
