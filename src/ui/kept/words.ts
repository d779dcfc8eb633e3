import type { LabConfig } from '../../pipeline/lab/config';
import { settingFields } from '../../pipeline/contract/settings';
import { STAGES } from '../../pipeline/stages';
import type { Entry } from '../../storage/schema';
import { settingText, stageText, taskText } from '../i18n/dynamic';
import { addEnglish, i18n } from '../i18n';
import { kept } from '../i18n/en/kept';
import { separated } from '../i18n/list';
import { plainSymbol, runName, type RunName } from './run-name';

addEnglish(kept);

/** The name of a run in the language of the page. */
export const nameOfRun = (config: LabConfig): RunName =>
  runName(config, {
    stage: stageText,
    setting: (stage, name) => {
      const info = settingFields(STAGES[stage].settings).find((field) => field.name === name)?.info;
      return plainSymbol(info?.symbol) ?? settingText(stage, name).label;
    },
    task: taskText,
    size: (size) => size,
    seed: (seed) => `${i18n.t('setup.seed')} ${seed}`,
  });

/** Its arms in a line. */
export const armsOf = (config: LabConfig): string => separated(config.arms.map(({ name }) => name));

/** 1 234 567 → 1.2 MB */
export function bytesText(bytes: number): string {
  const unit = bytes >= 1e9 ? 'GB' : bytes >= 1e6 ? 'MB' : 'kB';
  const value = bytes && Math.max(0.1, bytes / { kB: 1e3, MB: 1e6, GB: 1e9 }[unit]);
  return i18n.t(`kept.bytes.${unit}`, { value: value.toFixed(value >= 10 || value === 0 ? 0 : 1) });
}

/** Where stages stopped: `DPO at update 120 of 300`. */
export const whereText = (
  stopped: readonly { name: string; update?: number | undefined; updates?: number | undefined }[],
): string =>
  separated(
    stopped.map(({ name, update = 0, updates = 0 }) =>
      i18n.t('kept.at', { name, update: String(update), updates: String(updates) }),
    ),
  );

/** The stages of a run that stopped at a checkpoint, named as its arms are. */
export const stoppedIn = (config: LabConfig, entries: Readonly<Record<string, Entry>>) =>
  Object.entries(entries).flatMap(([id, { kind, stage, update, updates }]) =>
    kind === 'checkpoint'
      ? [{ name: config.arms.find((arm) => arm.id === id)?.name ?? stageText(stage), update, updates }]
      : [],
  );
