import { useTranslation } from 'react-i18next';
import { figureValue } from '../figures/figures';
import { duration } from '../i18n/format';
import type { Figure, StageModel } from '../store/snapshot';

/** Value of a headline figure, for people. */
export const figureText = ({ name, value }: Figure): string => figureValue(name, value);

/** What the rail says about a stage. */
export function useStageWords(stage: StageModel): { status: string; detail: string } {
  const { t } = useTranslation();
  const { progress } = stage;
  const status =
    stage.status === 'done' && stage.source === 'shipped'
      ? t('stage.shipped')
      : stage.outdated && (stage.status === 'running' || stage.status === 'paused')
        ? t('stage.outdated')
        : t(`stage.status.${stage.status}`);
  const isActive = stage.status === 'running' || stage.status === 'paused';
  const detail =
    isActive && progress
      ? [
          t('stage.progress', { update: String(progress.update), updates: String(progress.updates) }),
          progress.secondsLeft !== undefined ? t('stage.left', { time: duration(progress.secondsLeft) }) : '',
        ]
          .filter(Boolean)
          .join(' · ')
      : stage.status === 'done' && stage.source === 'live'
        ? t('stage.took', { time: duration(stage.seconds) })
        : '';
  return { status, detail };
}
