import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { resolvedSettings, SHIPPED_SEED, type LabConfig, type Settings } from './lab-config';
import type { Role, StageName } from './stage';
import { STAGES, TRUNK_STAGES } from './stages';

/** One stage of a run with resolved settings and the nodes it builds on. */
export interface GraphNode {
  id: string;
  name: string;
  stage: StageName;
  settings: Settings;
  seed: number;
  inputs: Partial<Record<Role, string>>;
  /**
   * Names the result: equal keys, equal results. Hash of stage, version, settings, seed, task, size,
   * evaluation plan and the keys of the inputs.
   */
  key: string;
  /** A ready-made result under this key may be used. */
  shippable: boolean;
}

/** Nodes in an order in which every input comes before its users. */
export type Graph = readonly GraphNode[];

const INPUT_NODE: Record<Role, string> = {
  base: 'pretrain',
  sft: 'sft',
  preferences: 'preferences',
  reward: 'reward',
};

/** The graph of a configuration: one trunk, any number of arms growing from it. */
export function buildGraph(config: LabConfig): Graph {
  const nodes = new Map<string, GraphNode>();
  const add = (
    id: string,
    name: string,
    stage: StageName,
    changes: Settings | undefined,
    isTrunk: boolean,
  ) => {
    const settings = resolvedSettings(config, stage, changes);
    const roles = STAGES[stage].inputs;
    const inputs = Object.fromEntries(roles.map((role) => [role, INPUT_NODE[role]])) as GraphNode['inputs'];
    const shippable = stage === 'pretrain' ? config.start !== 'scratch' : isTrunk && config.start === 'trunk';
    const seed = shippable ? SHIPPED_SEED : config.seed;
    const key = keyOf({
      stage,
      version: STAGES[stage].version,
      settings,
      seed,
      size: config.size,
      ...(stage === 'pretrain' ? {} : { task: config.task }),
      ...(isTrunk ? {} : { evaluation: config.evaluation }),
      inputs: roles.map((role) => [role, nodes.get(INPUT_NODE[role])!.key]),
    });
    nodes.set(id, { id, name, stage, settings, seed, inputs, key, shippable });
  };
  for (const stage of TRUNK_STAGES) add(stage, stage, stage, config.trunk[stage], true);
  for (const arm of config.arms) add(arm.id, arm.name, arm.stage, arm.settings, false);
  return [...nodes.values()];
}

/** SHA-256 of canonical JSON (sorted object keys), first 128 bits as hex. */
export const keyOf = (value: unknown): string =>
  bytesToHex(sha256(utf8ToBytes(JSON.stringify(value, sortKeys)))).slice(0, 32);

function sortKeys(_: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The nodes still to be run, given which keys have results: in order, each after its inputs. */
export const missingNodes = (graph: Graph, has: (key: string) => boolean): GraphNode[] =>
  graph.filter((node) => !has(node.key));
