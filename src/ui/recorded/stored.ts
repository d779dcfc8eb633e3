import { fetchJson } from '../../checkpoints/fetch-file';
import { messageOf, type Message } from '../../messages';
import { buildGraph, type Graph } from '../../pipeline/lab/graph';
import type { LabConfig } from '../../pipeline/lab/config';
import { storedKeyOf, type StoredRun } from '../../pipeline/records/recording';

// Fetched when their lesson is opened, and again when that failed: browsers remember a failed import.
const RESULTS = import.meta.glob<string>('../../../demos/*/results/seed-*.json', {
  query: '?url',
  import: 'default',
  eager: true,
});

const seedIn = (path: string): number => Number(/seed-(\d+)\.json$/.exec(path)?.[1]);

/** The stored runs of a demo, by seed, and why the others could not be loaded. */
export async function storedRuns(
  demo: string,
  read: (url: string, file: string) => Promise<unknown> = fetchJson,
): Promise<{ runs: StoredRun[]; missing: Message[] }> {
  const paths = Object.keys(RESULTS)
    .filter((path) => path.includes(`/demos/${demo}/results/`))
    .sort((a, b) => seedIn(a) - seedIn(b));
  const missing: Message[] = [];
  const loaded = await Promise.all(
    paths.map(async (path) => {
      try {
        return (await read(RESULTS[path]!, `${demo}/results/seed-${seedIn(path)}.json`)) as StoredRun;
      } catch (error) {
        missing.push(messageOf(error));
        return undefined;
      }
    }),
  );
  const runs = loaded.flatMap((run) => (run?.summary ? [{ ...run, history: run.history ?? {} }] : []));
  return { runs, missing };
}

const graphs = new WeakMap<LabConfig, Graph>();

/** The stages as they would be over seeds: whatever the seed, and with the trunk trained live. */
function graphOver(config: LabConfig): Graph {
  let graph = graphs.get(config);
  if (!graph) graphs.set(config, (graph = buildGraph({ ...config, seed: 0, start: 'base' })));
  return graph;
}

/** The stages and arms whose results mean the same in both configurations. */
export function sameStages(a: LabConfig, b: LabConfig): ReadonlySet<string> {
  const theirs = new Map(graphOver(b).map((node) => [node.id, node.key]));
  return new Set(graphOver(a).flatMap(({ id, key }) => (theirs.get(id) === key ? [id] : [])));
}

/** Runs of the demo as it is now; those of earlier settings or earlier code say nothing about it. */
export function currentRuns(runs: readonly StoredRun[], config: LabConfig): StoredRun[] {
  const key = storedKeyOf(config);
  return runs.filter((run) => run.key === key);
}
