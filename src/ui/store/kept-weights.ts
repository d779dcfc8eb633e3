import type { TimedEvent } from '../../pipeline/lab/runner';
import type { StageModel } from './snapshot';

/** Weights of an arm as they were measured. */
interface Kept {
  update: number;
  weights: Float32Array;
}

/** Most that is kept of one run, bytes; of longer ones every other measurement is let go. */
const MOST_BYTES = 24e6;

const keptOf = new WeakMap<readonly TimedEvent[], Kept[]>();

/** Keeps the weights of the latest measurement of every arm, so that it can be asked later what it said then. */
export function keepWeights(stages: readonly StageModel[], most = MOST_BYTES): void {
  for (const { isArm, rows, evaluations, model } of stages) {
    const last = evaluations.at(-1);
    if (!isArm || !last || !model) continue;
    let kept = keptOf.get(rows);
    if (!kept) keptOf.set(rows, (kept = []));
    if (kept.some(({ update }) => update === last.update)) continue;
    kept.push({ update: last.update, weights: model.weights });
    const bytes = kept.reduce((sum, { weights }) => sum + weights.byteLength, 0);
    if (bytes > most)
      keptOf.set(
        rows,
        kept.filter((_, i) => i % 2 === 0 || i === kept.length - 1),
      );
  }
}

/** The weights that were measured at an update; undefined where they were not kept. */
export const keptWeights = ({ rows }: Pick<StageModel, 'rows'>, update: number): Float32Array | undefined =>
  keptOf.get(rows)?.find((kept) => kept.update === update)?.weights;
