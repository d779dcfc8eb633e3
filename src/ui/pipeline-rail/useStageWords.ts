import { useTranslation } from 'react-i18next';
import type { Reference } from '../../pipeline/lab/reference';
import { figureValue } from '../figures/figures';
import { headlineText } from '../i18n/dynamic';
import { duration, spaced } from '../i18n/format';
import { referenceName, versus } from '../i18n/reference';
import type { Figure, StageModel } from '../store/snapshot';

/** Value of a headline figure, for people. */
export const figureText = ({ name, value }: Figure): string => figureValue(name, value);

/** What stands beside a headline figure, and what it is in full. */
export function useFigureWords(own: Reference | undefined) {
  const { t } = useTranslation();
  return ({ name }: Figure): { label: string; title: string | undefined } => {
    if (!own || (name !== 'winRate' && name !== 'kl')) return { label: headlineText(name), title: undefined };
    const title = spaced(t(`reference.${name}`, { reference: referenceName(own) }));
    return { label: name === 'kl' ? headlineText(name) : versus(own), title };
  };
}

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
