import type { ModelSize } from '../../model/config';
import {
  DEFAULT_TEACHER,
  plainPlan,
  resolvedSettings,
  SHIPPED_SEED,
  type ArmConfig,
  type LabConfig,
  type Settings,
  type Sources,
} from './config';
import { keyOf } from '../contract/key';
import { keyedSettings } from '../contract/settings';
import { versionOf, type Role } from '../contract/stage';
import { isUsual, STAGES, usualFiller, type TrunkStage, type StageName } from '../stages';

export { keyOf };

/** One stage of a run with resolved settings and the nodes it builds on. */
export interface GraphNode {
  id: string;
  name: string;
  stage: StageName;
  size: ModelSize;
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

/** Whose trunk a node belongs to: the run's own, the one an arm changes for itself, or the teacher's. */
interface Owner {
  /** Prefix of the ids of nodes that differ from the run's own trunk; empty for that trunk. */
  prefix: string;
  size: ModelSize;
  trunk: LabConfig['trunk'];
  /** Roles that other stages than the usual ones fill. */
  from: Sources;
}

/**
 * The graph of a configuration: one trunk, any number of arms growing from it. An arm may change the trunk
 * under it; what it does not change it shares. The teacher has a trunk of its own. Only trunk stages that
 * some arm needs are in the graph.
 */
export function buildGraph(config: LabConfig): Graph {
  const nodes = new Map<string, GraphNode>();

  const trunkNode = (owner: Owner, stage: TrunkStage): GraphNode => {
    const shippable = isUsual(stage, 'base') ? config.start !== 'scratch' : config.start === 'trunk';
    const node = makeNode(owner, stage, stage, stage, owner.trunk[stage], shippable);
    const same = [...nodes.values()].find((n) => n.key === node.key);
    if (same) return same;
    const id = owner.prefix ? `${owner.prefix}/${stage}` : stage;
    const added = { ...node, id, name: id };
    nodes.set(id, added);
    return added;
  };

  const makeNode = (
    owner: Owner,
    id: string,
    name: string,
    stage: StageName,
    changes: Settings | undefined,
    shippable: boolean,
    arm?: ArmConfig,
  ): GraphNode => {
    const { task, evaluation, gold } = config;
    const { inputs: roles, taskFree } = STAGES[stage];
    const parents = roles.map((role) => [role, trunkNode(...sourceOf(role, owner, arm))] as const);
    const settings = resolvedSettings({ task, size: owner.size }, stage, changes);
    const seed = shippable ? SHIPPED_SEED : config.seed;
    const key = keyOf({
      stage,
      version: versionOf(STAGES[stage], settings as never),
      settings: keyedSettings(STAGES[stage].settings, settings),
      seed,
      size: owner.size,
      ...(taskFree ? {} : { task, ...(gold ? { gold } : {}) }),
      ...(arm ? { evaluation: plainPlan(evaluation) } : {}),
      inputs: parents.map(([role, node]) => [role, node.key]),
    });
    const inputs = Object.fromEntries(parents.map(([role, node]) => [role, node.id]));
    return { id, name, stage, size: owner.size, settings, seed, inputs, key, shippable };
  };

  const own: Owner = { prefix: '', size: config.size, trunk: config.trunk, from: {} };
  const teacher: Owner = { prefix: 'teacher', ...(config.teacher ?? DEFAULT_TEACHER), from: {} };
  const owners = config.arms.map((arm): Owner => {
    if (!arm.trunk && !arm.size && !arm.from) return own;
    const stages = [
      ...new Set([...Object.keys(config.trunk), ...Object.keys(arm.trunk ?? {})]),
    ] as TrunkStage[];
    const trunk = Object.fromEntries(stages.map((s) => [s, { ...config.trunk[s], ...arm.trunk?.[s] }]));
    return { prefix: arm.id, size: arm.size ?? config.size, trunk, from: arm.from ?? {} };
  });

  /** Which trunk and which of its stages fill a role. */
  function sourceOf(role: Role, owner: Owner, arm?: ArmConfig): [Owner, TrunkStage] {
    if (role === 'teacher' || role === 'judge') return [teacher, usualFiller(role)];
    const { sft, preferences, reward } = owner.from;
    const asked = { sft: arm?.start ?? sft, preferences, reward, base: undefined }[role];
    return [owner, asked ?? usualFiller(role)];
  }

  // The run's own trunk first, so that its nodes keep their plain ids.
  for (const arm of config.arms)
    for (const role of STAGES[arm.stage].inputs) trunkNode(...sourceOf(role, own));
  config.arms.forEach((arm, i) => {
    nodes.set(arm.id, makeNode(owners[i]!, arm.id, arm.name, arm.stage, arm.settings, false, arm));
  });
  return needed(
    [...nodes.values()],
    config.arms.map((a) => a.id),
  );
}

/** The nodes that the given ones build on, and these themselves; order kept. */
function needed(nodes: readonly GraphNode[], ids: readonly string[]): Graph {
  const wanted = new Set(ids);
  for (const node of nodes.toReversed())
    if (wanted.has(node.id)) for (const input of Object.values(node.inputs)) wanted.add(input);
  return nodes.filter((node) => wanted.has(node.id));
}
