import { settingFields, type SettingInfo } from '../../pipeline/settings';
import type { StageName } from '../../pipeline/stage';
import { STAGES } from '../../pipeline/stages';
import { i18n, LANGUAGES } from './index';

/** A text whose key is only known at run time; undefined if the catalogue has none. */
const lookUp = (key: string): string | undefined =>
  i18n.exists(key) ? (i18n.t as (key: string) => string)(key) : undefined;

/** Label, effect and unit of a setting in the language of the page. */
export function settingText(stage: StageName, name: string): Pick<SettingInfo, 'label' | 'effect' | 'unit'> {
  const own = settingFields(STAGES[stage].settings).find((f) => f.name === name);
  const words = LANGUAGES.find((l) => l.code === i18n.language)?.settings[stage]?.[name];
  return { label: name, effect: '', ...own?.info, ...words };
}

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
