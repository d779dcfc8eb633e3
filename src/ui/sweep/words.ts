import { settingFields } from '../../pipeline/contract/settings';
import type { ArmConfig } from '../../pipeline/lab/config';
import type { SweepAxis } from '../../pipeline/lab/sweep';
import { STAGES, type StageName } from '../../pipeline/stages';
import { i18n } from '../i18n';
import { settingText, stageText } from '../i18n/dynamic';
import { plainSymbol } from '../kept/run-name';
import { valueText } from '../runs/words';

export { valueText };

const symbolOf = (stage: StageName, setting: string): string => {
  const info = settingFields(STAGES[stage].settings).find(({ name }) => name === setting)?.info;
  return plainSymbol(info?.symbol) ?? settingText(stage, setting).label;
};

/** An arm of a sweep: `DPO β=0.02`, or of a stage under it `DPO SFT steps=20`. */
export function nameOfValue(arm: ArmConfig, stage: StageName, setting: string, value: unknown): string {
  const owner = stage === arm.stage ? [] : [stageText(stage)];
  const symbol = `${symbolOf(stage, setting)}=`;
  const parts = arm.name.split(' ').filter((part) => !part.startsWith(symbol)); // of a sweep before
  return [...parts, ...owner, symbol + valueText(stage, setting, value)].join(' ');
}

/** What a sweep goes through. */
export const axisText = (axis: SweepAxis | null): string =>
  axis
    ? [
        ...(axis.id.includes('/') ? [stageText(axis.stage)] : []),
        settingText(axis.stage, axis.setting).label,
      ].join(' ')
    : i18n.t('sweep.bar.seeds');
