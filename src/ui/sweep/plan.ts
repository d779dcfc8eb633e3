import { MessageError, type Message } from '../../messages';
import { MODEL_SIZES, type ModelSize } from '../../model/config';
import { parameterCount } from '../../model/parameters';
import { VOCABULARY_SIZE } from '../../model/tokens';
import { settingError, settingFields, type SettingField } from '../../pipeline/contract/settings';
import { configProblems, type LabConfig } from '../../pipeline/lab/config';
import { standardOf, stageOfNode } from '../../pipeline/lab/edit';
import {
  graphsOf,
  runsOf,
  sweepOf,
  trunkUnder,
  type NameOfValue,
  type Sweep,
} from '../../pipeline/lab/sweep';
import { parseValues, type Scale } from '../../pipeline/lab/sweep-values';
import { STAGES, type StageName } from '../../pipeline/stages';

/** What the form holds; texts as they were typed. */
export interface Draft {
  arm: string;
  /** Whose setting: the arm's id, or `arm/stage`; null where only the seed varies. */
  id: string | null;
  setting: string;
  how: 'range' | 'list';
  list: string;
  from: string;
  to: string;
  count: string;
  scale: Scale;
  /** Options of a choice. */
  options: readonly string[];
  seeds: number;
}

/** Where a setting of an arm, or of a stage under it, can be swept. */
export interface Group {
  id: string;
  stage: StageName;
  fields: SettingField[];
}

/** The arm's own settings first, then those of the trunk under it, the nearest first. */
export const groupsOf = (config: LabConfig, arm: string): Group[] =>
  [
    arm,
    ...trunkUnder(config, arm)
      .toReversed()
      .map((stage) => `${arm}/${stage}`),
  ].map((id) => {
    const stage = stageOfNode(config, id);
    return { id, stage, fields: settingFields(STAGES[stage].settings) };
  });

/** Settings that decide how far a method goes: offered first. */
const FIRST = ['beta', 'klCoef', 'learningRate'];

const isNumber = ({ kind }: SettingField): boolean => kind.type === 'number' || kind.type === 'integer';

/** The form as it opens for a stage of the page: an arm, or a stage under the first arm. */
export function draftFor(config: LabConfig, node: string): Draft {
  const [owner, own] = node.split('/') as [string, string | undefined];
  const arm = config.arms.find(({ id }) => id === owner) ?? config.arms[0]!;
  const groups = groupsOf(config, arm.id);
  const stage = own ?? (owner === arm.id ? undefined : owner);
  const group = groups.find(({ id }) => id === `${arm.id}/${stage}`) ?? groups[0]!;
  const field =
    FIRST.flatMap((name) => group.fields.find((f) => f.name === name && isNumber(f)) ?? [])[0] ??
    group.fields.find(isNumber) ??
    group.fields[0]!;
  const seeds = { seeds: 3, arm: arm.id };
  return { ...draftOf(config, group.id, field), ...seeds };
}

/** Five values over the usual range of a setting. */
export function draftOf(config: LabConfig, id: string, field: SettingField): Draft {
  const { kind, info, name } = field;
  const standard = standardOf(config, id)[name];
  const least = isNumber(field) && typeof standard === 'number' ? standard : 1;
  const [low, high] =
    info.typical && info.typical[1] > info.typical[0] ? info.typical : [least / 2, least * 2];
  return {
    arm: id.split('/')[0]!,
    id,
    setting: name,
    how: 'range',
    list: '',
    from: String(low),
    to: String(high),
    count: '5',
    scale: low > 0 && high / low >= 4 ? 'log' : 'linear',
    options: kind.type === 'choice' ? kind.options : kind.type === 'flag' ? ['off', 'on'] : [],
    seeds: 3,
  };
}

/** What would be run, or what is wrong with it, and where. */
export type Plan =
  | { sweep: Sweep; values: readonly unknown[]; problem?: never }
  | { sweep?: never; values: readonly unknown[]; problem: Message };

/** As many seeds as are asked for, from that of the configuration on. */
export const seedsFrom = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => first + i);

/** The sweep of a draft. */
export function planOf(config: LabConfig, draft: Draft, nameOf?: NameOfValue): Plan {
  const seeds = seedsFrom(config.seed, draft.seeds);
  if (draft.id === null) return { sweep: sweepOf(config, seeds), values: [] };
  const { id, setting } = draft;
  const { settings } = STAGES[stageOfNode(config, id)];
  const field = settingFields(settings).find(({ name }) => name === setting)!;
  const { from, to, count, scale } = draft;
  const text = !isNumber(field)
    ? draft.options.join(',')
    : draft.how === 'list'
      ? draft.list
      : `${from}:${to}:${count}:${scale}`;
  try {
    const values = parseValues(text, field.kind);
    const wrong = values.map((value) => settingError(settings, setting, value)).find(Boolean);
    if (wrong) return { values, problem: wrong };
    const sweep = sweepOf(config, seeds, { id, setting, values }, nameOf);
    const [problem] = configProblems(sweep.config);
    return problem ? { values, problem: problem.message } : { values, sweep };
  } catch (error) {
    if (error instanceof MessageError) return { values: [], problem: error.info };
    throw error;
  }
}

export const runCount = (sweep: Sweep): number => runsOf(sweep, graphsOf(sweep)).length;

/** Weights of the measurements of one run that the page keeps at most, bytes (`store/kept-weights`). */
const KEPT = 24e6;

/** Bytes that a seed of a sweep takes in the page: weights of its arms, and of every measurement on the way. */
export function memoryOf({ config }: Sweep): number {
  const bytes = (size: ModelSize) => 4 * parameterCount({ ...MODEL_SIZES[size], vocabSize: VOCABULARY_SIZE });
  return config.arms.reduce((sum, arm) => {
    const weights = bytes(arm.size ?? config.size);
    return sum + weights + Math.min(KEPT, weights * (config.evaluation.times + 1));
  }, 0);
}
