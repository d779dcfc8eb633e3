import type { Artifact } from '../../pipeline/contract/artifacts';
import { buildGraph } from '../../pipeline/lab/graph';
import { derivedFigures } from '../../pipeline/measures/derived';
import { finishedArms } from '../../pipeline/records/finished';
import type { ExchangedRun } from '../run';
import type { LabContents, NamedRun } from './file';

/** What other programs can use of a lab: models, data and figures of the settings of now, those between arms included. */
export function runOfLab({ name, config, runs }: LabContents): ExchangedRun {
  const nodes = buildGraph(config).flatMap((node) => {
    const run = runs.find(({ id, run }) => id === node.id && run.key === node.key)?.run;
    return run?.result ? [{ node, status: 'done' as const, run }] : [];
  });
  const between = derivedFigures(finishedArms(nodes, config));
  const figures: ExchangedRun['figures'] = {};
  const artifacts = new Map<string, Artifact>();
  for (const { node, run } of nodes) {
    const { summary, artifact } = run.result!;
    const all = Object.entries({ ...summary, ...between[node.id] });
    figures[node.id] = Object.fromEntries(all.filter(([, x]) => Number.isFinite(x)));
    artifacts.set(node.id, artifact);
  }
  return { name, config, figures, artifacts };
}

/**
 * A run that other programs have had as a lab, without its curves, which they do not take along. What they have changed is
 * not what its key names and is left out.
 */
export function labOfRun({
  name,
  config,
  figures,
  artifacts,
  changed,
}: ExchangedRun & { changed: readonly string[] }): LabContents {
  const runs = buildGraph(config).flatMap(({ id, key, seed, size, settings }): NamedRun[] => {
    const artifact = artifacts.get(id);
    if (!artifact || changed.includes(id)) return [];
    const result = { artifact, summary: figures[id] ?? {} };
    const made = { seed, size, settings };
    return [{ id, run: { key, made, events: [], notices: [], source: 'live', seconds: 0, result } }];
  });
  return { name, config, runs, samples: [] };
}
