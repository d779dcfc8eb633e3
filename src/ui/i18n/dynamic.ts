import { sentence, type Message, type Names } from '../../messages';
import { formatFigure, splitOwner } from '../../pipeline/contract/figures';
import { settingFields, type SettingInfo } from '../../pipeline/contract/settings';
import { STAGES, type StageName } from '../../pipeline/stages';
import { FIGURES, parseFigure } from '../../pipeline/stages/traits';
import type { SettingWords } from './catalogue';
import { i18n, language, settingWords } from './index';

/** A text whose key is only known at run time; undefined if the catalogue has none. */
const lookUp = (key: string): string | undefined =>
  i18n.exists(key) ? (i18n.t as (key: string) => string)(key) : undefined;

const wordsOf = (stage: StageName, name: string): SettingWords | undefined =>
  settingWords(language())[stage]?.[name];

/** Label, effect and unit of a setting in the language of the page. */
export function settingText(stage: StageName, name: string): Pick<SettingInfo, 'label' | 'effect' | 'unit'> {
  const own = settingFields(STAGES[stage].settings).find((f) => f.name === name);
  return { label: name, effect: '', ...own?.info, ...wordsOf(stage, name) };
}

/** Name of an option of a choice. */
export const optionText = (stage: StageName, name: string, option: string): string =>
  wordsOf(stage, name)?.options?.[option] ?? option;

/** Name of a stage; one that the catalogue does not know goes by its own name. */
export const stageText = (stage: StageName): string => lookUp(`stage.names.${stage}`) ?? stage;

/** What a stage does, in a sentence. */
export const stageAbout = (stage: StageName): string => lookUp(`stage.about.${stage}`) ?? '';

/** The formula of a stage in words. */
export const formulaAlt = (stage: StageName): string => lookUp(`formula.alt.${stage}`) ?? stageText(stage);

/** One line about a metric. */
export const metricText = (name: string): string => lookUp(`metric.${name}`) ?? i18n.t('metric.other');

/** Name of a part of a gold reward. */
export const goldPartText = (name: string): string => lookUp(`goldPart.${name}`) ?? name;

/** A task by name, for people; a task that the catalogue does not know goes by its own name. */
export const taskText = (name: string): string => lookUp(`task.${name}.name`) ?? name;

/** Name of a backend; one that the catalogue does not know goes by its own name. */
export const backendText = (name: string): string => lookUp(`backend.names.${name}`) ?? name;

/** Key of a figure in the catalogue, where dots part levels. */
const figureKey = (name: string): string => name.replaceAll('.', '_');

/** Name of a figure of a summary: `gold`, `accuracy.opposite`, `gold.64`, `reward.accuracy`, `winRate@0.5`. */
export function figureName(name: string): string {
  const whole = lookUp(`figure.${figureKey(name)}`);
  if (whole !== undefined) return whole;
  const { stage, ...own } = parseFigure(name);
  if (stage !== undefined)
    return i18n.t('figure.part', {
      figure: figureName(formatFigure(own)),
      part: stageText(stage as StageName),
    });
  const { base, temperature, opponent, point, part } = own;
  const figure = lookUp(`figure.${figureKey(base)}`) ?? base;
  if (temperature !== undefined)
    return i18n.t('figure.atTemperature', { figure, temperature: String(temperature) });
  if (opponent !== undefined) return i18n.t('figure.over', { name: opponent });
  if (point !== undefined) return i18n.t('figure.part', { figure, part: String(point) });
  if (part !== undefined) return i18n.t('figure.part', { figure, part: partText(base, part) });
  return figure;
}

function partText(base: string, part: string): string {
  const [stage, setting] = FIGURES[base]?.parts ?? [];
  return stage === undefined || setting === undefined ? part : optionText(stage as StageName, setting, part);
}

/** Name of a figure as it stands beside a stage in the rail, where there is little room. */
export const headlineText = (name: string): string =>
  lookUp(`stage.figures.${figureKey(name)}`) ?? figureName(name);

/** What a figure means, in one line; empty for one that its name explains. */
export const figureAbout = (name: string): string => lookUp(`figureAbout.${figureKey(name)}`) ?? '';

/** Name of a setting of an arm (`clusters`), of a trunk stage (`sft.examples`), or of a figure. */
export function settingName(name: string, stage: StageName | undefined): string {
  const { owner: named, figure: setting } = splitOwner(name);
  const owner = named ? (named as StageName) : stage;
  if (!owner || !(owner in STAGES)) return figureName(name);
  const has = settingFields(STAGES[owner].settings).some((f) => f.name === setting);
  return has ? settingText(owner, setting).label : figureName(name);
}

const NAMES: Names = {
  stage: (name) => stageText(name as StageName),
  setting: (stage, name) =>
    Object.hasOwn(STAGES, stage) ? settingText(stage as StageName, name).label : name,
  role: (name) => lookUp(`stage.roles.${name}`) ?? name,
  backend: backendText,
  kind: (name) => lookUp(`backend.kinds.${name}`) ?? name,
};

/** What a message says, in the language of the page. */
export const messageText = (message: Message): string => sentence(message, language(), NAMES);

/** What a message says goes on from the name before it ("must be …"); others are sentences of their own. */
export const continuesSentence = ({ code }: Message): boolean =>
  code.startsWith('value.') ||
  code.startsWith('link.') ||
  code === 'name.unknown' ||
  code === 'name.notSetting';

/** A part of a configuration and what is wrong with it. */
export const problemText = (path: string, message: Message): string => {
  const text = messageText(message);
  return continuesSentence(message) ? `${path} ${text}` : i18n.t('status.problemAt', { path, message: text });
};
