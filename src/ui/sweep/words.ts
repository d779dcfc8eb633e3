import { settingFields } from '../../pipeline/contract/settings';
import type { ArmConfig } from '../../pipeline/lab/config';
import type { SweepAxis } from '../../pipeline/lab/sweep';
import { STAGES, type StageName } from '../../pipeline/stages';
import { i18n } from '../i18n';
import { settingText } from '../i18n/dynamic';
import { plainSymbol } from '../kept/run-name';
import { valueText } from '../runs/words';

export { valueText };

const symbolOf = (stage: StageName, setting: string): string => {
  const info = settingFields(STAGES[stage].settings).find(({ name }) => name === setting)?.info;
  return plainSymbol(info?.symbol) ?? settingText(stage, setting).label;
};

/** An arm of a sweep: `DPO β=0.02`. */
export const nameOfValue = (arm: ArmConfig, stage: StageName, setting: string, value: unknown): string =>
  `${arm.name} ${symbolOf(stage, setting)}=${valueText(stage, setting, value)}`;

/** What a sweep goes through. */
export const axisText = (axis: SweepAxis | null): string =>
  axis ? settingText(axis.stage, axis.setting).label : i18n.t('sweep.bar.seeds');
