import { useEffect, useState } from 'react';
import type { RewardModelArtifact } from '../../pipeline/contract/stage';
import { sequence } from '../../pipeline/data/tokens';
import { actions } from '../store/useLab';
import type { PairRow } from './learned';

/** Pairs that are scored in one go, so that the first are there soon and the worker can answer in between. */
const AT_ONCE = 250;

const known = new WeakMap<Float32Array, Map<PairRow['pair'], number>>();

/**
 * What the reward model makes of every pair: its score of the chosen answer less that of the other, in SFT standard
 * deviations. Computed once for each reward model, while the table stands.
 */
export function useMargins(
  rows: readonly PairRow[],
  reward: RewardModelArtifact | undefined,
): ReadonlyMap<PairRow['pair'], number> {
  const [, setDone] = useState(0);
  useEffect(() => {
    if (!reward) return;
    let left = false;
    const found = known.get(reward.weights) ?? new Map<PairRow['pair'], number>();
    known.set(reward.weights, found);
    const run = async () => {
      const todo = rows.map((row) => row.pair).filter((pair) => !found.has(pair));
      for (let at = 0; at < todo.length && !left; at += AT_ONCE) {
        const pairs = todo.slice(at, at + AT_ONCE);
        const batch = pairs.flatMap((p) => [sequence(p.prompt, p.chosen), sequence(p.prompt, p.rejected)]);
        const { scores } = await actions.inspect({ models: [], rows: batch, reward });
        pairs.forEach((pair, i) => found.set(pair, scores![2 * i]! - scores![2 * i + 1]!));
        setDone(at + pairs.length);
      }
    };
    run().catch(() => undefined); // without a worker there are no margins, as before it has started
    return () => {
      left = true;
    };
  }, [rows, reward]);
  return (reward && known.get(reward.weights)) ?? NONE;
}

const NONE: ReadonlyMap<PairRow['pair'], number> = new Map();
