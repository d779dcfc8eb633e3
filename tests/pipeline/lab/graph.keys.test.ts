import { describe, expect, it } from 'vitest';
import manifest from '../../../src/checkpoints/data/manifest.json';
import { demoNames, loadDemo } from '../../../src/headless/demos';
import { MODEL_SIZES, type ModelSize } from '../../../src/model/config';
import { defaultLabConfig, type LabConfig, type Settings } from '../../../src/pipeline/lab/config';
import { buildGraph, type Graph } from '../../../src/pipeline/lab/graph';
import { storedKeyOf, storedKeysOf } from '../../../src/pipeline/records/recording';
import { STAGES, type StageName } from '../../../src/pipeline/stages';
import { TASK_NAMES } from '../../../src/world';
import pinned from './keys.json';

interface Raise {
  stage: StageName;
  /** The version when the keys were pinned. */
  was: number;
  why: string;
  /** Where only some settings give another result. */
  when?: (settings: Settings) => boolean;
}

/**
 * Stages whose version was raised after the keys were pinned: their results were wrong. One line for each; what
 * is made from their results gets new keys by itself.
 */
const RAISED: readonly Raise[] = [
  {
    stage: 'best-of-n',
    was: 3,
    why: 'equal scores share their weight; its answers are those of the frontier',
  },
  {
    stage: 'tilt',
    was: 1,
    why: 'the noise of an answer no longer depends on how many there are',
    when: ({ samples }) => samples !== 256,
  },
  { stage: 'ai-feedback', was: 1, why: 'ties of the judge are decided by a fair draw' },
  {
    stage: 'online-dpo',
    was: 1,
    why: 'ties of the reward model are decided by a fair draw',
    when: ({ labels }) => labels === 'reward-model',
  },
];

/** Stage and key of every node by id, of every configuration that was pinned, seed 1. */
const NODES: Record<string, Record<string, string>> = pinned.nodes;
/** Keys under which the runs of the demos are stored. */
const STORED: Record<string, string> = pinned.stored;

/** Everything that a visitor meets unchanged: each task, each model size, each demo. */
const configs = new Map<string, LabConfig>([
  ...TASK_NAMES.map((task) => [`task ${task}`, defaultLabConfig(task)] as const),
  ...(Object.keys(MODEL_SIZES) as ModelSize[]).map(
    (size) => [`size ${size}`, { ...defaultLabConfig(), size }] as const,
  ),
  ...(await Promise.all(
    (await demoNames()).map(async (name) => [`demo ${name}`, (await loadDemo(name)).config] as const),
  )),
]);

/** Runs `look` with the versions that the raised stages had before. */
function beforeRaises<T>(look: () => T): T {
  const now = new Map(RAISED.map(({ stage }) => [stage, STAGES[stage].version]));
  for (const { stage, was } of RAISED) Object.assign(STAGES[stage], { version: was });
  try {
    return look();
  } finally {
    for (const [stage, version] of now) Object.assign(STAGES[stage], { version });
  }
}

/** The nodes whose pinned result is not this one: another stage or another key, or no node at all. */
function differing(graph: Graph, nodes: Record<string, string>): Set<string> {
  const now = new Map(graph.map((node) => [node.id, `${node.stage} ${node.key}`]));
  return new Set(Object.keys(nodes).filter((id) => now.get(id) !== nodes[id]));
}

/** Nodes of raised stages and all that builds on them. */
function raised(graph: Graph): Set<string> {
  const found = new Set<string>();
  for (const { id, stage, settings, inputs } of graph) {
    const itself = RAISED.some((r) => r.stage === stage && (r.when?.(settings) ?? true));
    if (itself || Object.values(inputs).some((input) => found.has(input))) found.add(id);
  }
  return found;
}

const STARTS = ['base', 'trunk'] as const;

describe('keys of results survive a change of the code', () => {
  it.each(Object.keys(NODES))('%s', (name) => {
    for (const start of STARTS) {
      const config = { ...configs.get(name)!, seed: 1, start };
      const graph = beforeRaises(() => buildGraph(config));
      const differ = differing(graph, NODES[name]!);
      // what builds on a result that changed has to change: name the first cause only
      const causes = graph.filter(
        ({ id, inputs }) => differ.has(id) && !Object.values(inputs).some((input) => differ.has(input)),
      );
      expect(
        causes.map(({ id, stage }) => `${stage} (${id})`),
        'these results are no longer found by their keys',
      ).toEqual([]);
      expect([...differ], 'these are gone').toEqual([]);
    }
  });

  it('and so do those of the stored runs', () => {
    const now = beforeRaises(() =>
      Object.keys(STORED).map((demo) => [demo, storedKeyOf(storedKeysOf(configs.get(`demo ${demo}`)!))]),
    );
    expect(Object.fromEntries(now)).toEqual(STORED);
  });

  it('except those of raised stages and of what builds on them', () => {
    for (const [name, nodes] of Object.entries(NODES)) {
      const graph = buildGraph({ ...configs.get(name)!, seed: 1 });
      const expected = [...raised(graph)].filter((id) => id in nodes);
      expect([...differing(graph, nodes)].sort(), name).toEqual(expected.sort());
    }
  });
});

it('every shipped file answers a key of a default configuration', () => {
  const asked = new Set(
    [...configs].flatMap(([name, config]) =>
      name.startsWith('demo ') ? [] : buildGraph(config).map((node) => node.key),
    ),
  );
  expect(manifest.length).toBeGreaterThan(0);
  expect(manifest.filter((entry) => !asked.has(entry.key)).map((entry) => entry.file)).toEqual([]);
});
