import manifest from '../../src/checkpoints/data/manifest.json';
import type { Demo } from '../../src/pipeline/records/demo';
import { buildGraph, type GraphNode } from '../../src/pipeline/lab/graph';
import type { StageName } from '../../src/pipeline/stages';
import { configFrom } from '../../src/ui/store/url';

/** What a stage may do at most in a test; everything of it really happens, only less often. */
const MOST: Partial<Record<StageName, Readonly<Record<string, number>>>> = {
  sft: { steps: 5, batchSize: 8 },
  preferences: { pairs: 64, heldOutPairs: 24 },
  reward: { steps: 5, batchSize: 8 },
  distil: { answers: 32, steps: 5, batchSize: 8 },
  'ai-feedback': { pairs: 32, heldOutPairs: 16 },
  ppo: { iterations: 6, rolloutBatch: 8, epochs: 2 },
  dpo: { steps: 6, batchSize: 8 },
  'online-dpo': { rounds: 2, pairs: 16, steps: 3, batchSize: 8 },
  'preferred-ft': { steps: 6, batchSize: 8 },
  unlikelihood: { steps: 6, batchSize: 8 },
  'best-of-n': { samples: 16 },
  tilt: { samples: 32, rungs: 4 },
  instruct: { steps: 5, batchSize: 8 },
};

/** Numbers of comparisons in which arms differ stay different. */
const SHRINK = 20;

/**
 * A link to the demo with all its arms, each reduced to a few steps. Stages that are shipped ready-made stay as they
 * are, and so does whatever the arms differ in. A stage that several arms share falls apart when one of them is
 * reduced, so all are looked at until nothing is left to reduce.
 */
export function reducedLink(demo: Demo): string {
  const parameters = new URLSearchParams({ v: '1', demo: demo.name });
  for (const [name, value] of Object.entries({ times: 2, prompts: 16, finalPrompts: 16 }))
    parameters.set(`evaluation.${name}`, String(value));
  for (let before = -1; before !== parameters.size;) {
    before = parameters.size;
    for (const node of buildGraph(configFrom(`?${parameters}`).config)) reduce(node, parameters);
  }
  return `?${parameters}`;
}

const SHIPPED = new Set(manifest.map((entry) => entry.key));

function reduce({ id, key, stage, settings, shippable }: GraphNode, parameters: URLSearchParams): void {
  if (shippable && SHIPPED.has(key)) return;
  for (const [name, most] of Object.entries(MOST[stage] ?? {})) {
    const value = settings[name];
    if (typeof value !== 'number' || value <= most || parameters.has(`${id}.${name}`)) continue;
    const differs = stage === 'preferences' && name === 'pairs' && id.includes('/');
    parameters.set(`${id}.${name}`, String(differs ? Math.max(8, Math.round(value / SHRINK)) : most));
  }
}

/** What of the page a demo needs: its stages, its task, its chart and what is measured at the end. */
const needs = ({ chart, config }: Demo): string[] => [
  ...buildGraph(config).map(({ stage }) => stage),
  config.task,
  ...(chart ? [chart.kind, ...Object.keys(chart)] : []),
  ...Object.keys(config.evaluation),
];

/** Few demos that together need all that any of them needs. */
export function covering<D extends Demo>(demos: readonly D[]): D[] {
  const chosen: D[] = [];
  const met = new Set<string>();
  for (;;) {
    const news = demos.map((demo) => new Set(needs(demo).filter((need) => !met.has(need))));
    const most = Math.max(...news.map(({ size }) => size));
    if (most === 0) return demos.filter((demo) => chosen.includes(demo));
    const best = news.findIndex(({ size }) => size === most);
    chosen.push(demos[best]!);
    for (const need of news[best]!) met.add(need);
  }
}
