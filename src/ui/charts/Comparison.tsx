import { Button } from '@mantine/core';
import { useMemo, type ComponentType, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStageName } from '../i18n/useStageName';
import type { ArmSeries } from '../store/compare';
import type { XAxisName } from '../store/series';
import { actions, useLab } from '../store/useLab';
import { setView, useView } from '../store/useView';
import classes from './charts.module.css';
import { FrontierChart } from './FrontierChart';
import { KlChart } from './KlChart';
import { useQueued } from './useQueued';
import { RewardChart } from './RewardChart';
import { WinRateChart } from './WinRateChart';

export interface ComparisonChartProps {
  series: readonly ArmSeries[];
  axis: XAxisName;
  /** Gold reward of SFT, the starting point of all arms. */
  sftGold?: number;
  /** Prompts behind a point. */
  prompts: number;
  empty?: ReactNode;
}

/** The four questions of the lecture, for all arms. */
export function Comparison() {
  const series = useLab((s) => s.series);
  const { prompts } = useLab((s) => s.config.evaluation);
  const axis = useView((s) => s.xAxis);
  // On the prompts of the points, so that every line starts on it.
  const sftGold = series[0]?.points[0]?.evaluation.gold;
  const empty = useEmpty(series.length === 0);
  const props = useMemo(() => ({ series, axis, sftGold, prompts }), [series, axis, sftGold, prompts]);
  return (
    <div className={classes.grid}>
      <Queued chart={RewardChart} props={props} empty={empty?.reward} />
      <Queued chart={KlChart} props={props} empty={empty?.kl} />
      <Queued chart={WinRateChart} props={props} empty={empty?.winRate} />
      <Queued chart={FrontierChart} props={props} empty={empty?.frontier} />
    </div>
  );
}

interface QueuedProps {
  chart: ComponentType<ComparisonChartProps>;
  props: ComparisonChartProps;
  empty: ReactNode;
}

/** A chart that is drawn when it is its turn. */
function Queued({ chart: Chart, props, empty }: QueuedProps) {
  const queued = useQueued(props);
  return <Chart {...(queued ?? props)} empty={empty ?? (queued?.series.length ? undefined : <></>)} />;
}

const CHARTS = ['reward', 'kl', 'winRate', 'frontier'] as const;

/** What will appear in each chart and what makes it appear. */
function useEmpty(isEmpty: boolean): Record<(typeof CHARTS)[number], ReactNode> | undefined {
  const { t } = useTranslation();
  const stageName = useStageName();
  const stages = useLab((s) => s.stages);
  const idle = useLab((s) => s.state === 'idle');
  return useMemo(() => {
    if (!isEmpty) return undefined;
    const before = stages
      .filter((s) => !s.isArm && s.owner === undefined && s.status !== 'done')
      .map(stageName);
    const active = stages.find((s) => !s.isArm && (s.status === 'running' || s.status === 'paused'));
    const when = before.length
      ? t('charts.empty.waiting', { names: before.join(t('status.comma')) })
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
    const parts = CHARTS.map((chart) => [
      chart,
      <>
        <span>
          {t(`charts.empty.${chart}`)} {when} {idle && t('charts.empty.pressRun')}
        </span>
        {look}
      </>,
    ]);
    return Object.fromEntries(parts) as Record<(typeof CHARTS)[number], ReactNode>;
  }, [isEmpty, stages, idle, t, stageName]);
}
