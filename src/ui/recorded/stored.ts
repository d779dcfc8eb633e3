import { fetchJson } from '../../checkpoints/fetch-file';
import { messageOf, type Message } from '../../messages';
import type { LabConfig } from '../../pipeline/lab/config';
import { graphOf } from '../../pipeline/records/current';
import type { StoredRun } from '../../pipeline/records/recording';
import { checkedRun } from '../../pipeline/records/stored-run';

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
        return checkedRun(await read(RESULTS[path]!, `${demo}/results/seed-${seedIn(path)}.json`));
      } catch (error) {
        missing.push(messageOf(error));
        return undefined;
      }
    }),
  );
  return { runs: loaded.filter((run) => run !== undefined), missing };
}

/** The stages and arms whose results mean the same in both configurations. */
export function sameStages(a: LabConfig, b: LabConfig): ReadonlySet<string> {
  const theirs = new Map(graphOf(b).map((node) => [node.id, node.key]));
  return new Set(graphOf(a).flatMap(({ id, key }) => (theirs.get(id) === key ? [id] : [])));
}
