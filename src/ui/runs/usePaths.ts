import { useEffect, useState } from 'react';
import { buildGraph } from '../../pipeline/lab/graph';
import { labelsUsed } from '../../pipeline/lab/labels';
import { keeper } from '../store/keep';
import { evaluationPoints, type EvaluationPoint } from '../store/series';
import type { RunRow } from './rows';

/** Read once; the weights that come with them are let go. */
const known = new Map<string, readonly EvaluationPoint[]>();

async function read(row: RunRow): Promise<void> {
  const kept = await keeper();
  const graph = buildGraph(row.run.config);
  const labels = labelsUsed(
    graph.find(({ id }) => id === row.arm.id)!,
    graph,
  );
  for (const key of row.keys)
    if (!known.has(key)) {
      const run = await kept?.load(key);
      known.set(key, run ? evaluationPoints(run.events, labels) : []);
    }
}

/** The measurements of these rows, by key; undefined until all of them have been read. */
export function usePaths(
  rows: readonly RunRow[],
  wanted: boolean,
): ReadonlyMap<string, readonly EvaluationPoint[]> | undefined {
  const keys = rows.flatMap((row) => row.keys);
  const isThere = keys.every((key) => known.has(key));
  const [, setTurn] = useState(0);
  const missing = wanted && !isThere;
  useEffect(() => {
    if (!missing) return;
    let current = true;
    void (async () => {
      for (const row of rows) if (current) await read(row);
      if (current) setTurn((turn) => turn + 1);
    })();
    return () => void (current = false);
  }, [missing, rows]);
  return isThere ? known : undefined;
}
