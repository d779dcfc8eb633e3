import type { Graph } from '../../pipeline/lab/graph';
import type { LabConfig } from '../../pipeline/lab/config';
import { graphOverSeeds, type StoredRun } from '../../pipeline/records/recording';
import { checkedRun } from '../../pipeline/records/stored-run';

// Each file is loaded when its lesson is opened, not with the page.
const RESULTS = import.meta.glob<unknown>('../../../demos/*/results/seed-*.json', { import: 'default' });

const seedIn = (path: string): number => Number(/seed-(\d+)\.json$/.exec(path)?.[1]);

/** The stored runs of a demo, by seed. A file that cannot be loaded, or is broken, is left out. */
export async function storedRuns(demo: string): Promise<StoredRun[]> {
  const paths = Object.keys(RESULTS)
    .filter((path) => path.includes(`/demos/${demo}/results/`))
    .sort((a, b) => seedIn(a) - seedIn(b));
  const load = async (path: string) => checkedRun(await RESULTS[path]!());
  const loaded = await Promise.all(paths.map((path) => load(path).catch(() => undefined)));
  return loaded.filter((run) => run !== undefined);
}

const graphs = new WeakMap<LabConfig, Graph>();

function graphOver(config: LabConfig): Graph {
  let graph = graphs.get(config);
  if (!graph) graphs.set(config, (graph = graphOverSeeds(config)));
  return graph;
}

/** The stages and arms whose results mean the same in both configurations. */
export function sameStages(a: LabConfig, b: LabConfig): ReadonlySet<string> {
  const theirs = new Map(graphOver(b).map((node) => [node.id, node.key]));
  return new Set(graphOver(a).flatMap(({ id, key }) => (theirs.get(id) === key ? [id] : [])));
}
