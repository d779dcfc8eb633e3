import type { StageName } from '../../pipeline/stages';
import { addEnglish, i18n } from '../i18n';
import { optionText } from '../i18n/dynamic';
import { sweep } from '../i18n/en/sweep';
import { brief } from '../i18n/format';

addEnglish(sweep);

/** A value of a setting as a person reads it. */
export function valueText(stage: StageName, setting: string, value: unknown): string {
  if (typeof value === 'number') return brief(value);
  if (value === null || value === false) return i18n.t('settings.off');
  if (value === true) return i18n.t('settings.on');
  return optionText(stage, setting, String(value));
}
