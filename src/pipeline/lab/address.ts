import { z } from 'zod';
import type { ModelSize } from '../../model/config';
import type { Message } from '../../messages';
import { shapeProblems, shown, unwrapped } from '../../messages/shape';
import { numberOf, settingError, settingFields, settingText, settingValue } from '../contract/settings';
import type { EvaluationPlan } from '../contract/stage';
import { isTrunkStage, STAGES, TRUNK_STAGES } from '../stages';
import {
  configProblems,
  DEFAULT_TEACHER,
  given,
  labConfigSchema,
  plainPlan,
  type ArmConfig,
  type ConfigProblem,
  type LabConfig,
} from './config';
import { changesOf, placeOf, stageOfNode, standardOf, withSetting } from './edit';

/**
 * Every part of a configuration has an address, by which links and the command line name it:
 *
 * | address | part |
 * |---|---|
 * | `task` `size` `seed` `start` | of the run |
 * | `gold` | hash of a rule of one's own; `off`: the world's |
 * | `arms` | list of `id:stage:name`, with `:size` where an arm has its own |
 * | `arm@start` `arm@sft` `arm@preferences` `arm@reward` | what an arm grows from; `off`: the usual |
 * | `teacher@size` | the teacher's model |
 * | `stage.setting` | of the trunk that all share |
 * | `arm.setting` | of an arm; by the name of a stage, of all its arms |
 * | `arm/stage.setting` `teacher/stage.setting` | of a trunk of its own |
 * | `evaluation.name` | when and on what arms are measured; `off`: not |
 */
export type Pair = readonly [path: string, text: string];

type Reading = { config: LabConfig } | { problem: Message };

interface Part {
  /** As text, so that `write` gives it back. */
  read(config: LabConfig): string;
  write(config: LabConfig, text: string): Reading;
}

/** The new configuration, if the schema takes the value. */
const accepted = (schema: z.ZodType, value: unknown, change: () => LabConfig): Reading => {
  const [problem] = shapeProblems(schema, value);
  return problem ? { problem: problem.message } : { config: change() };
};

const topLevel = (name: 'task' | 'size' | 'seed' | 'start'): Part => ({
  read: (config) => String(config[name]),
  write(config, text) {
    const value = name === 'seed' ? (numberOf(text) ?? text) : text;
    return accepted(labConfigSchema.shape[name], value, () => ({ ...config, [name]: value }));
  },
});

/** A person's own rule in place of the world's gold. */
const gold: Part = {
  read: (config) => config.gold ?? 'off',
  write(config, text) {
    const value = text === 'off' ? undefined : text;
    return accepted(labConfigSchema.shape.gold, value, () => {
      const { gold: _, ...others } = config;
      return value === undefined ? others : { ...others, gold: value };
    });
  },
};

const arms: Part = {
  read: (config) =>
    config.arms
      .map((a) => [a.id, a.stage, encodeURIComponent(a.name), ...(a.size ? [a.size] : [])].join(':'))
      .join(','),
  write(config, text) {
    const items = text.split(',').map((item) => item.split(':'));
    const list = items.map(([id = '', stage = '', name = '', size]) => {
      const { size: _, ...known } = config.arms.find((a) => a.id === id && a.stage === stage) ?? {
        settings: {},
      };
      return { ...known, id, stage, name: decoded(name) || id.toUpperCase(), ...(size ? { size } : {}) };
    }) as ArmConfig[];
    if (items.some((parts) => parts.length > 4))
      return { problem: { code: 'link.arms', values: { got: shown(text) } } };
    const [wrong] = shapeProblems(labConfigSchema.shape.arms, list);
    if (wrong)
      // the list as a whole: too many
      return { problem: wrong.path ? { code: 'link.arms', values: { got: shown(text) } } : wrong.message };
    const changed = { ...config, arms: list };
    const problem = configProblems(changed).find(({ path }) => list.some((arm) => arm.id === path));
    return problem ? { problem: problem.message } : { config: changed };
  },
};

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const TOP: Readonly<Record<string, Part>> = {
  task: topLevel('task'),
  size: topLevel('size'),
  seed: topLevel('seed'),
  start: topLevel('start'),
  gold,
  arms,
};

const teacherSize: Part = {
  read: ({ teacher = DEFAULT_TEACHER }) => teacher.size,
  write: (config, text) =>
    accepted(labConfigSchema.shape.size, text, () => {
      const teacher = config.teacher ?? DEFAULT_TEACHER;
      return { ...config, teacher: { ...teacher, size: text as ModelSize } };
    }),
};

const SOURCES = ['start', 'sft', 'preferences', 'reward'] as const;
const armSchema = labConfigSchema.shape.arms.element;

/** What an arm grows from. */
const source = (id: string, name: (typeof SOURCES)[number]): Part => ({
  read(config) {
    const arm = config.arms.find((a) => a.id === id);
    return (name === 'start' ? arm?.start : arm?.from?.[name]) ?? 'off';
  },
  write(config, text) {
    const value = text === 'off' ? undefined : text;
    const schema = name === 'start' ? armSchema.shape.start : armSchema.shape.from.unwrap().shape[name];
    return accepted(schema, value, () => ({
      ...config,
      arms: config.arms.map((arm) => (arm.id === id ? withSource(arm, name, value) : arm)),
    }));
  },
});

function withSource(arm: ArmConfig, name: (typeof SOURCES)[number], value: string | undefined): ArmConfig {
  const { start, from, ...rest } = arm;
  const given = { ...from, start, [name]: value };
  const grown = Object.entries(given).filter(([key, of]) => key !== 'start' && of !== undefined);
  return {
    ...rest,
    ...(grown.length > 0 ? { from: Object.fromEntries(grown) } : {}),
    ...(given.start === undefined ? {} : { start: given.start }),
  } as ArmConfig;
}

const planSchema = labConfigSchema.shape.evaluation.unwrap();
const PLAN = Object.keys(planSchema.shape) as (keyof EvaluationPlan)[];

const evaluation = (name: keyof EvaluationPlan): Part => ({
  read(config) {
    const { [name]: value } = plainPlan(config.evaluation);
    return value === undefined ? 'off' : settingText(value);
  },
  write(config, text) {
    const schema = planSchema.shape[name];
    const value =
      schema instanceof z.ZodOptional && (text === 'off' || text === 'false')
        ? undefined
        : planValue(text, unwrapped(schema).inner.def.type);
    return accepted(schema, value, () => {
      const { [name]: _, ...others } = config.evaluation;
      const plan = value === undefined ? others : { ...others, [name]: value };
      return { ...config, evaluation: plan as EvaluationPlan };
    });
  },
});

function planValue(text: string, type: string): unknown {
  if (type === 'boolean') return text === 'on' || text === 'true' ? true : text;
  if (type === 'number') return numberOf(text) ?? text;
  return text
    .replace(/^\[(.*)\]$/, '$1')
    .split(',')
    .map((item) => numberOf(item) ?? item);
}

/** A setting of these nodes. */
const setting = (ids: readonly string[], name: string): Part => ({
  read: (config) => settingText(resolved(config, ids[0]!)[name]),
  write(config, text) {
    let next = config;
    for (const id of ids) {
      const schema = STAGES[stageOfNode(config, id)].settings;
      const field = settingFields(schema).find((f) => f.name === name);
      const value = field ? settingValue(text, field.kind) : text;
      const problem = settingError(schema, name, value);
      if (problem) return { problem };
      next = withSetting(next, id, name, value);
    }
    return { config: next };
  },
});

const resolved = (config: LabConfig, id: string) => ({
  ...standardOf(config, id),
  ...given(changesOf(config, id)),
});

/** The part at an address; undefined where there is none. */
function partAt(config: LabConfig, path: string): Part | undefined {
  if (Object.hasOwn(TOP, path)) return TOP[path];
  if (path === 'teacher@size') return teacherSize;
  const end = path.search(/[@.]/);
  if (end < 0) return undefined;
  const [owner, name] = [path.slice(0, end), path.slice(end + 1)];
  if (path[end] === '@') {
    const which = SOURCES.find((s) => s === name);
    return which && config.arms.some((a) => a.id === owner) ? source(owner, which) : undefined;
  }
  if (owner === 'evaluation') {
    const which = PLAN.find((p) => p === name);
    return which && evaluation(which);
  }
  const ids = placeOf(config, owner)
    ? [owner]
    : config.arms.filter((a) => a.stage === owner).map((a) => a.id);
  return ids.length > 0 ? setting(ids, name) : undefined;
}

/**
 * What has to be known before other addresses mean anything comes first: the usual settings follow from task and size,
 * and those of a trunk of its own from the shared one.
 */
function rankOf(path: string): number {
  if (path === 'task' || path === 'size') return 0;
  if (path === 'arms') return 1;
  if (path.includes('@')) return 2;
  return isTrunkStage(path.split('.')[0]!) ? 3 : 4;
}

/**
 * The configuration with these parts changed. A part that is not valid stays as it was and is reported; what is
 * wrong only with the whole is reported, too.
 */
export function withPairs(
  config: LabConfig,
  pairs: readonly Pair[],
): { config: LabConfig; problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  let next = config;
  for (const [path, text] of pairs.toSorted(([a], [b]) => rankOf(a) - rankOf(b))) {
    const reading = partAt(next, path)?.write(next, text) ?? {
      problem: { code: 'name.unknown', values: {} } as const,
    };
    if ('config' in reading) next = reading.config;
    else problems.push({ path, message: reading.problem });
  }
  return { config: next, problems: [...problems, ...configProblems(next)] };
}

/** Every place where changes of settings are kept, the shared trunk before those that inherit from it. */
const nodeIds = (config: LabConfig): string[] => [
  ...TRUNK_STAGES,
  ...TRUNK_STAGES.map((stage) => `teacher/${stage}`),
  ...config.arms.flatMap((a) => [a.id, ...TRUNK_STAGES.map((stage) => `${a.id}/${stage}`)]),
];

/** What has to be changed in `standard` to get `config`, which must be valid: `withPairs` the other way round. */
export function pairsBetween(standard: LabConfig, config: LabConfig): Pair[] {
  const pairs: Pair[] = [];
  let reached = standard;
  const compare = (path: string, undone = false) => {
    const text = partAt(config, path)!.read(config);
    const part = partAt(reached, path);
    if (!part || (!undone && part.read(reached) === text)) return;
    pairs.push([path, text]);
    const reading = part.write(reached, text);
    if ('config' in reading) reached = reading.config;
  };
  for (const name of Object.keys(TOP)) compare(name);
  for (const { id } of config.arms) for (const name of SOURCES) compare(`${id}@${name}`);
  compare('teacher@size');
  for (const id of nodeIds(config)) {
    const [changes, known] = [changesOf(config, id), changesOf(reached, id)];
    for (const name of new Set([...Object.keys(changes), ...Object.keys(known)]))
      compare(`${id}.${name}`, !Object.hasOwn(changes, name)); // a change that is only written down is undone, too
  }
  for (const name of PLAN) compare(`evaluation.${name}`);
  return pairs;
}

/** Whose settings can be changed, for a person who named something else. */
export const addressOwners = (config: LabConfig): string[] => [
  ...TRUNK_STAGES,
  ...config.arms.map((a) => a.id),
  'teacher',
  'evaluation',
];
