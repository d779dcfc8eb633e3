import type { ModelSize } from '../../model/config';
import { numberOf } from '../contract/settings';
import { isTrunkStage, type ArmStage, type StageName, type TrunkStage } from '../stages';
import { armName } from '../stages/traits';
import {
  DEFAULT_TEACHER,
  defaultSettings,
  MOST,
  type ArmConfig,
  type LabConfig,
  type Settings,
} from './config';

/**
 * Where a node's settings are kept: the shared trunk, an arm, or (`arm/stage`, `teacher/stage`) a trunk of its own.
 */
type Place =
  | { kind: 'trunk'; stage: TrunkStage }
  | { kind: 'arm'; arm: ArmConfig }
  | { kind: 'own'; arm: ArmConfig; stage: TrunkStage }
  | { kind: 'teacher'; stage: TrunkStage };

/** Undefined for an id that is no node. */
export function placeOf(config: LabConfig, id: string): Place | undefined {
  if (isTrunkStage(id)) return { kind: 'trunk', stage: id };
  const [armId, stage] = id.split('/') as [string, string | undefined];
  if (armId === 'teacher' && stage !== undefined)
    return isTrunkStage(stage) ? { kind: 'teacher', stage } : undefined;
  const arm = config.arms.find((a) => a.id === armId);
  if (!arm) return undefined;
  if (stage === undefined) return { kind: 'arm', arm };
  return isTrunkStage(stage) ? { kind: 'own', arm, stage } : undefined;
}

function placed(config: LabConfig, id: string): Place {
  const place = placeOf(config, id);
  if (!place) throw new RangeError(`no stage "${id}"`);
  return place;
}

/** The stage that a node runs. */
export function stageOfNode(config: LabConfig, id: string): StageName {
  const place = placed(config, id);
  return place.kind === 'arm' ? place.arm.stage : place.stage;
}

/** Changes that are kept for exactly this node, without the defaults and without what it inherits. */
export function changesOf(config: LabConfig, id: string): Settings {
  const place = placed(config, id);
  switch (place.kind) {
    case 'trunk':
      return config.trunk[place.stage] ?? {};
    case 'arm':
      return place.arm.settings;
    case 'own':
      return place.arm.trunk?.[place.stage] ?? {};
    case 'teacher':
      return config.teacher?.trunk[place.stage] ?? {};
  }
}

function sizeOf(config: LabConfig, place: Place): ModelSize {
  switch (place.kind) {
    case 'trunk':
      return config.size;
    case 'teacher':
      return (config.teacher ?? DEFAULT_TEACHER).size;
    case 'arm':
    case 'own':
      return place.arm.size ?? config.size;
  }
}

/** What a node's settings are when nothing is changed on it: defaults, or for an arm's own trunk the shared one. */
export function standardOf(config: LabConfig, id: string): Settings {
  const place = placed(config, id);
  const defaults = defaultSettings(config.task, stageOfNode(config, id), sizeOf(config, place));
  return place.kind === 'own' ? { ...defaults, ...config.trunk[place.stage] } : defaults;
}

type Trunk = LabConfig['trunk'];
const withTrunk = (trunk: Trunk, stage: TrunkStage, changes: Settings): Trunk => {
  const { [stage]: _, ...others } = trunk;
  return Object.keys(changes).length ? { ...others, [stage]: changes } : others;
};

function withChanges(config: LabConfig, id: string, changes: Settings): LabConfig {
  const place = placed(config, id);
  if (place.kind === 'trunk') return { ...config, trunk: withTrunk(config.trunk, place.stage, changes) };
  if (place.kind === 'teacher') {
    const teacher = config.teacher ?? DEFAULT_TEACHER;
    return { ...config, teacher: { ...teacher, trunk: withTrunk(teacher.trunk, place.stage, changes) } };
  }
  const { arm } = place;
  let changed: ArmConfig = { ...arm, settings: changes };
  if (place.kind === 'own') {
    const { trunk, ...rest } = arm;
    const own = withTrunk(trunk ?? {}, place.stage, changes);
    changed = Object.keys(own).length ? { ...rest, trunk: own } : rest;
  }
  return { ...config, arms: config.arms.map((a) => (a === arm ? changed : a)) };
}

/** Sets one setting; a value equal to the default is not kept as a change. */
export function withSetting(config: LabConfig, id: string, name: string, value: unknown): LabConfig {
  const { [name]: _, ...others } = changesOf(config, id);
  const isDefault = standardOf(config, id)[name] === value;
  return withChanges(config, id, isDefault ? others : { ...others, [name]: value });
}

export const withDefaults = (config: LabConfig, id: string): LabConfig => withChanges(config, id, {});

/** With the seed that a text writes; any other text is kept, so that `configProblems` can name it. */
export const withSeed = (config: LabConfig, text: string): LabConfig => ({
  ...config,
  seed: numberOf(text) ?? (text as unknown as number),
});

/** Another arm: a copy of the given one, or a fresh one of the stage. */
export function withArm(
  config: LabConfig,
  stage: ArmStage,
  copyOf?: string,
): { config: LabConfig; arm: ArmConfig } {
  const taken = new Set(config.arms.map((a) => a.id));
  const names = new Set(config.arms.map((a) => a.name));
  let n = 1;
  const id = () => (n === 1 ? stage : `${stage}-${n}`);
  const name = () => (n === 1 ? armName(stage) : `${armName(stage)} ${n}`);
  while (taken.has(id()) || names.has(name())) n++;
  const model = config.arms.find((a) => a.id === copyOf && a.stage === stage);
  const arm: ArmConfig = { id: id(), name: name(), stage, settings: { ...model?.settings } };
  return { config: { ...config, arms: [...config.arms, arm] }, arm };
}

/**
 * With an arm of DPO on people's own comparisons, and a reward model that learns from the same; `labels` are settings of
 * the stage `own-labels`.
 */
export function withOwnLabels(
  config: LabConfig,
  name: string,
  labels: Settings,
): { config: LabConfig; arm: ArmConfig } {
  const added = withArm(config, 'dpo');
  const arm: ArmConfig = {
    ...added.arm,
    from: { preferences: 'own-labels' },
    trunk: { 'own-labels': labels },
  };
  const grown = { ...added.config, arms: [...config.arms, arm] };
  return { config: withArmName(grown, arm.id, name), arm };
}

/** Without that arm; the last one stays. */
export const withoutArm = (config: LabConfig, id: string): LabConfig =>
  config.arms.length > 1 ? { ...config, arms: config.arms.filter((a) => a.id !== id) } : config;

/** Renamed, to at most so many letters and without halves of characters; an empty name changes nothing. */
export const withArmName = (config: LabConfig, id: string, name: string): LabConfig =>
  name.trim()
    ? { ...config, arms: config.arms.map((a) => (a.id === id ? { ...a, name: fitting(name) } : a)) }
    : config;

const fitting = (name: string): string =>
  name
    .trim()
    .slice(0, MOST.letters)
    .replace(/\p{Surrogate}/gu, '\uFFFD');
