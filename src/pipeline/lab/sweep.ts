import { isTrunkStage, type StageName, type TrunkStage } from '../stages';
import { MOST, type ArmConfig, type LabConfig } from './config';
import { stageOfNode, withSetting } from './edit';
import { buildGraph, type Graph } from './graph';

/** The setting that a sweep goes through. */
export interface Swept {
  /** Whose it is: an arm, or `arm/stage` for a stage of the trunk under that arm. */
  id: string;
  setting: string;
  /** In the order in which they are run. */
  values: readonly unknown[];
}

/** Where an arm stands on the axis of a sweep. */
export interface SweepPlace {
  arm: string;
  value: unknown;
}

/** Arms × seeds: each seed is a run of the configuration with that seed. */
export interface Sweep {
  /** An arm for each value; without an axis the arms as they were. Its own seed is the first of `seeds`. */
  config: LabConfig;
  seeds: readonly number[];
  /** What the arms differ in; null where only seeds differ. */
  axis: SweepAxis | null;
}

export interface SweepAxis extends Omit<Swept, 'values'> {
  /** The stage whose setting it is. */
  stage: StageName;
  places: readonly SweepPlace[];
}

/** How an arm of a sweep is called. */
export type NameOfValue = (arm: ArmConfig, value: unknown) => string;

const plainName =
  (setting: string): NameOfValue =>
  (arm, value) =>
    `${arm.name} ${setting}=${String(value)}`;

/**
 * The arms × seeds of a sweep. The swept arm alone is in it, once for each value, on the trunk that it has in the
 * configuration. Whether the values are valid is for `configProblems` to say. Throws a RangeError without a seed, and
 * for an id that is neither an arm nor a stage under one.
 */
export function sweepOf(
  config: LabConfig,
  seeds: readonly number[],
  swept?: Swept,
  nameOf: NameOfValue = plainName(swept?.setting ?? ''),
): Sweep {
  const [seed] = seeds;
  if (seed === undefined) throw new RangeError('a sweep needs a seed');
  if (!swept) return { config: { ...config, seed }, seeds, axis: null };
  const { id, setting, values } = swept;
  const arm = sweptArm(config, id);
  const alone = { ...config, arms: [arm] };
  const arms = values.map((value, i): ArmConfig => {
    const changed = withSetting(alone, id, setting, value).arms[0]!;
    const name = nameOf(arm, value).slice(0, MOST.letters);
    return { ...changed, id: `${arm.id.slice(0, MOST.letters - 4)}-${i + 1}`, name };
  });
  return {
    config: { ...config, seed, arms },
    seeds,
    axis: {
      id,
      setting,
      stage: stageOfNode(config, id),
      places: arms.map((of, i) => ({ arm: of.id, value: values[i] })),
    },
  };
}

function sweptArm(config: LabConfig, id: string): ArmConfig {
  const [armId, stage] = id.split('/');
  const arm = config.arms.find((a) => a.id === armId);
  if (!arm || (stage !== undefined && !isTrunkStage(stage))) throw new RangeError(`no arm "${id}" to sweep`);
  return arm;
}

/** The stages of the trunk under an arm, from the bottom; what the teacher does is not among them. */
export function trunkUnder(config: LabConfig, arm: string): TrunkStage[] {
  const only = { ...config, arms: config.arms.filter((a) => a.id === arm) };
  return buildGraph(only).flatMap(({ id, stage }) =>
    id !== arm && !id.startsWith('teacher/') && isTrunkStage(stage) ? [stage] : [],
  );
}

/** One run of a sweep: an arm with a seed. */
export interface SweepRun {
  arm: string;
  seed: number;
  /** Of its result. */
  key: string;
}

/** The configuration of one seed. */
export const configOf = ({ config }: Sweep, seed: number): LabConfig => ({ ...config, seed });

/** The graph of every seed, in order. */
export type SweepGraphs = readonly { seed: number; graph: Graph }[];

export const graphsOf = (sweep: Sweep): SweepGraphs =>
  sweep.seeds.map((seed) => ({ seed, graph: buildGraph(configOf(sweep, seed)) }));

/** All runs, in the order in which they are run: seed by seed. */
export const runsOf = ({ config }: Sweep, graphs: SweepGraphs): SweepRun[] =>
  graphs.flatMap(({ seed, graph }) =>
    config.arms.map(({ id }) => ({ arm: id, seed, key: graph.find((node) => node.id === id)!.key })),
  );
