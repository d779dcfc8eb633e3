import {
  configProblems,
  defaultLabConfig,
  DEFAULT_TEACHER,
  STARTS,
  type ArmConfig,
  type ConfigProblem,
  type LabConfig,
  type Settings,
} from '../../pipeline/lab/config';
import { settingErrors, settingFields, type SettingKind } from '../../pipeline/contract/settings';
import { DEFAULT_EVALUATION, type EvaluationPlan } from '../../pipeline/contract/stage';
import { ARM_STAGES, LECTURE_STAGES, STAGES, TRUNK_STAGES } from '../../pipeline/stages';
import { MODEL_SIZES } from '../../model/config';
import { TASK_NAMES } from '../../world';
import { resolvedSettings } from '../../pipeline/lab/config';
import { DEMOS, demoByName, withNamesIn, type DemoEntry } from '../lessons/demos';
import type { LanguageCode } from '../i18n';
import { changesOf, standardOf, stageOfNode, withSetting } from './arms';

/** Version of the link format. */
const VERSION = '1';
const ALL_ARMS: readonly string[] = [...ARM_STAGES, ...LECTURE_STAGES];
const EVALUATION_FIELDS = Object.keys(DEFAULT_EVALUATION) as (keyof EvaluationPlan)[];

/** Every place where changes of settings are kept. */
const nodeIds = (config: LabConfig): string[] => [
  ...TRUNK_STAGES,
  ...TRUNK_STAGES.map((stage) => `teacher/${stage}`),
  ...config.arms.flatMap((a) => [a.id, ...TRUNK_STAGES.map((stage) => `${a.id}/${stage}`)]),
];

/** What a link may be about besides the configuration. */
export interface LinkExtras {
  /** The demo that is open: the configuration is then given by what differs from it. */
  demo?: DemoEntry | undefined;
  lang?: LanguageCode | undefined;
}

/** The part of a link after `?`: version and what differs from the defaults, or from the demo; empty if nothing does. */
export function searchOf(config: LabConfig, { demo, lang }: LinkExtras = {}): string {
  const named = demo ? withNamesIn(config, demo, 'en') : config;
  const pairs = demo
    ? pairsOf(named, demo.config, demo.config.task)
    : pairsOf(config, defaultLabConfig(config.task), defaultLabConfig().task);
  if (lang && lang !== 'en') pairs.unshift(['lang', lang]);
  if (demo) pairs.unshift(['demo', demo.name]);
  if (pairs.length === 0) return '';
  const search = new URLSearchParams([['v', VERSION], ...pairs]).toString();
  return `?${search.replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%2F', '/').replaceAll('%40', '@')}`;
}

/** Everything in which a configuration differs from a standard one. */
function pairsOf(config: LabConfig, standard: LabConfig, task: string): [string, string][] {
  const pairs: [string, string][] = [];
  if (config.task !== task) pairs.push(['task', config.task]);
  for (const name of ['size', 'seed', 'start'] as const)
    if (config[name] !== standard[name]) pairs.push([name, String(config[name])]);
  const arms = armList(config);
  if (arms !== armList(standard)) pairs.push(['arms', arms]);
  for (const arm of config.arms) {
    const known = new Map(sourcesOf(standard.arms.find((a) => a.id === arm.id && a.stage === arm.stage)));
    for (const [name, value] of sourcesOf(arm))
      if (known.get(name) !== value) pairs.push([`${arm.id}@${name}`, value]);
  }
  if (config.teacher && config.teacher.size !== standard.teacher?.size)
    pairs.push(['teacher@size', config.teacher.size]);
  for (const id of nodeIds(config)) {
    const changes = changesOf(config, id);
    const known: Settings = nodeIds(standard).includes(id) ? changesOf(standard, id) : {};
    for (const [name, value] of Object.entries(changes))
      if (known[name] !== value) pairs.push([`${id}.${name}`, textOf(value)]);
    for (const name of Object.keys(known))
      if (!(name in changes)) pairs.push([`${id}.${name}`, textOf(standardOf(config, id)[name])]);
  }
  for (const name of EVALUATION_FIELDS)
    if (config.evaluation[name] !== standard.evaluation[name])
      pairs.push([`evaluation.${name}`, String(config.evaluation[name])]);
  const tax = !!config.evaluation.tax;
  if (tax !== !!standard.evaluation.tax) pairs.push(['evaluation.tax', textOf(tax)]);
  return pairs;
}

/** What an arm grows from, where it is not the usual. */
const sourcesOf = (arm: ArmConfig | undefined): [string, string][] =>
  Object.entries({ start: arm?.start, sft: arm?.from?.sft, preferences: arm?.from?.preferences }).filter(
    (pair): pair is [string, NonNullable<(typeof pair)[1]>] => pair[1] !== undefined,
  );

const armList = (config: LabConfig): string =>
  config.arms
    .map((a) => [a.id, a.stage, encodeURIComponent(a.name), ...(a.size ? [a.size] : [])].join(':'))
    .join(',');

const textOf = (value: unknown): string =>
  value === null ? 'off' : typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);

/** A setting as it stands in a link. Text that is no such value stays text. */
export function settingValue(text: string, kind: SettingKind): unknown {
  switch (kind.type) {
    case 'flag':
      return text === 'on' ? true : text === 'off' ? false : text;
    case 'choice':
      return text;
    case 'number':
    case 'integer':
      if (kind.nullable && text === 'off') return null;
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
  }
}

/** A part of a link that could not be used, and why. */
export type LinkProblem = ConfigProblem;

/** Reads a link. Parts that are not valid are left at their default and reported. */
export function configFrom(search: string): {
  config: LabConfig;
  problems: LinkProblem[];
  demo?: DemoEntry;
} {
  const parameters = new URLSearchParams(search);
  const problems: LinkProblem[] = [];
  const version = parameters.get('v');
  if (version !== null && version !== VERSION) {
    problems.push({
      path: 'v',
      message: `must be ${VERSION} (got ${version}); nothing of the link was used`,
    });
    return { config: defaultLabConfig(), problems };
  }
  const demo = demoByName(
    oneOf(
      'demo',
      DEMOS.map((d) => d.name),
    ) ?? null,
  );
  const task = oneOf('task', TASK_NAMES) ?? demo?.config.task ?? defaultLabConfig().task;
  let config = demo ? { ...demo.config, task } : defaultLabConfig(task);
  config.size = (oneOf('size', Object.keys(MODEL_SIZES)) as LabConfig['size'] | undefined) ?? config.size;
  config.start = (oneOf('start', STARTS) as LabConfig['start'] | undefined) ?? config.start;
  config = keepIfValid(config, 'seed', (value) => ({ ...config, seed: value }));
  readArms();
  for (const name of EVALUATION_FIELDS)
    config = keepIfValid(config, `evaluation.${name}`, (value) => ({
      ...config,
      evaluation: { ...config.evaluation, [name]: value },
    }));
  const tax = parameters.get('evaluation.tax');
  if (tax === 'on' || tax === 'off')
    config = { ...config, evaluation: { ...config.evaluation, tax: tax === 'on' } };
  const known = new Set(['v', 'demo', 'lang', 'task', 'size', 'start', 'seed', 'arms', 'threads']);
  for (const [path, text] of parameters) {
    if (known.has(path) || path.startsWith('evaluation.')) continue;
    if (path.includes('@')) readSource(path, text);
    else readSetting(path, text);
  }
  return { config, problems, ...(demo ? { demo } : {}) };

  function oneOf(name: string, options: readonly string[]): string | undefined {
    const text = parameters.get(name);
    if (text === null || options.includes(text)) return text ?? undefined;
    problems.push({ path: name, message: `must be one of ${options.join(', ')} (got ${text})` });
    return undefined;
  }

  function keepIfValid(before: LabConfig, path: string, change: (value: number) => LabConfig): LabConfig {
    const text = parameters.get(path);
    if (text === null) return before;
    const after = change(text.trim() === '' ? NaN : Number(text));
    const [problem] = configProblems(after);
    if (!problem) return after;
    problems.push({ path, message: `${problem.message} (got ${text})` });
    return before;
  }

  function readArms(): void {
    const list = parameters.get('arms');
    if (list === null) return;
    const arms = list.split(',').map((item) => {
      const [id = '', stage = '', name = '', size] = item.split(':');
      const known = config.arms.find((a) => demo && a.id === id && a.stage === stage);
      const settings = known?.settings ?? {};
      return {
        ...known,
        id,
        name: decoded(name) || id.toUpperCase(),
        stage,
        settings,
        ...(size ? { size } : {}),
      };
    });
    const valid = arms.every((a) => ALL_ARMS.includes(a.stage));
    const candidate = { ...config, arms: arms as LabConfig['arms'] };
    const [problem] = valid ? configProblems(candidate) : [];
    if (valid && !problem) config = candidate;
    else
      problems.push({
        path: 'arms',
        message: problem?.message ?? `must be a list of id:stage:name (got ${list})`,
      });
  }

  /** `arm@start=pretrain`, `arm@sft=distil`, `arm@preferences=ai-feedback`, `teacher@size=small` */
  function readSource(path: string, text: string): void {
    const [id, name] = path.split('@') as [string, string];
    const after: LabConfig =
      path === 'teacher@size'
        ? { ...config, teacher: { ...(config.teacher ?? DEFAULT_TEACHER), size: text as LabConfig['size'] } }
        : {
            ...config,
            arms: config.arms.map((a) =>
              a.id !== id
                ? a
                : name === 'start'
                  ? { ...a, start: text as NonNullable<ArmConfig['start']> }
                  : { ...a, from: { ...a.from, [name]: text } },
            ),
          };
    const [problem] = configProblems(after);
    if (problem || (id !== 'teacher' && !config.arms.some((a) => a.id === id)))
      problems.push({ path, message: `${problem?.message ?? 'is not known'} (got ${text})` });
    else config = after;
  }

  function readSetting(path: string, text: string): void {
    const dot = path.indexOf('.');
    const [id, name] = [path.slice(0, dot), path.slice(dot + 1)];
    if (dot < 0 || !nodeIds(config).includes(id)) {
      problems.push({ path, message: 'is not known' });
      return;
    }
    const stage = stageOfNode(config, id);
    const schema = STAGES[stage].settings;
    const field = settingFields(schema).find((f) => f.name === name);
    const value = field ? settingValue(text, field.kind) : text;
    const [error] = settingErrors(schema, resolvedSettings(config, stage, { [name]: value }));
    if (error) problems.push({ path, message: error.message });
    else config = withSetting(config, id, name, value);
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
