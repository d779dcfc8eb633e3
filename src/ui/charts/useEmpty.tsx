import { Button } from '@mantine/core';
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStageName } from '../store/useStageName';
import { useRecordedRuns } from '../figures/useRecorded';
import { nameList } from '../i18n/list';
import { actions, useLab } from '../store/useLab';
import { CHART_NAMES, setView, type ChartName } from '../store/useView';
import classes from './charts.module.css';

/** What will appear in each chart and what makes it appear. */
export function useEmpty(isEmpty: boolean): Record<ChartName, ReactNode> | undefined {
  const { t } = useTranslation();
  const stageName = useStageName();
  const stages = useLab((s) => s.stages);
  const idle = useLab((s) => s.state === 'idle');
  const seeds = useRecordedRuns().length;
  return useMemo(() => {
    if (!isEmpty) return undefined;
    const before = stages
      .filter((s) => !s.isArm && s.owner === undefined && s.status !== 'done')
      .map(stageName);
    const active = stages.find((s) => !s.isArm && (s.status === 'running' || s.status === 'paused'));
    const when = before.length
      ? t('charts.empty.waiting', { names: nameList(before) })
      : t('charts.empty.compare');
    const look = active && (
      <Button
        size="compact-xs"
        variant="default"
        onClick={() => {
          actions.select(active.id);
          setView({ tab: 'inside' });
        }}
      >
        {t('charts.empty.look', { name: stageName(active) })}
      </Button>
    );
    const show = seeds > 0 && !active && (
      <button type="button" className={classes.link} onClick={() => setView({ seeds: 'shown' })}>
        {t('charts.seedsShow', { count: seeds })}
      </button>
    );
    const parts = CHART_NAMES.map((chart) => [
      chart,
      <>
        <span>
          {t(`charts.empty.${chart}`)} {when} {idle && t('charts.empty.pressRun')}
        </span>
        {look}
        {chart === 'reward' && show}
      </>,
    ]);
    return Object.fromEntries(parts) as Record<ChartName, ReactNode>;
  }, [isEmpty, stages, idle, seeds, t, stageName]);
}
