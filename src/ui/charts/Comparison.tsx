import { Button } from '@mantine/core';
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStageName } from '../i18n/useStageName';
import { armSeries, promptCounts, type ArmSeries } from '../store/compare';
import type { XAxisName } from '../store/series';
import { actions, useLab } from '../store/useLab';
import { setView, useView } from '../store/useView';
import classes from './charts.module.css';
import { FrontierChart } from './FrontierChart';
import { KlChart } from './KlChart';
import { RewardChart } from './RewardChart';
import { WinRateChart } from './WinRateChart';

export interface ComparisonChartProps {
  series: readonly ArmSeries[];
  axis: XAxisName;
  /** Gold reward of SFT, the starting point of all arms. */
  sftGold?: number;
  footnote?: string;
  empty?: ReactNode;
}

/** The four questions of the lecture, for all arms. */
export function Comparison() {
  const { t } = useTranslation();
  const stages = useLab((s) => s.stages);
  const styles = useLab((s) => s.styles);
  const seed = useLab((s) => s.config.seed);
  const axis = useView((s) => s.xAxis);
  const series = useMemo(() => armSeries(stages, styles), [stages, styles]);
  const counts = promptCounts(series);
  const summaryGold = stages.find((s) => s.id === 'sft' && s.status === 'done')?.summary?.['gold'];
  const sftGold = summaryGold ?? series[0]?.points[0]?.evaluation.gold;
  const empty = useEmpty(series.length === 0);
  const footnote =
    counts &&
    (counts.usual === counts.final
      ? t('charts.prompts', { count: counts.usual, seed: String(seed) })
      : t('charts.promptsFinal', { count: counts.usual, final: String(counts.final), seed: String(seed) }));
  const props = { series, axis, sftGold, footnote: footnote ?? undefined, empty };
  return (
    <div className={classes.grid}>
      <RewardChart {...props} />
      <KlChart {...props} />
      <WinRateChart {...props} />
      <FrontierChart {...props} />
    </div>
  );
}

/** What will appear in a chart and what makes it appear. */
function useEmpty(isEmpty: boolean): ReactNode {
  const { t } = useTranslation();
  const stageName = useStageName();
  const stages = useLab((s) => s.stages);
  const state = useLab((s) => s.state);
  return useMemo(() => {
    if (!isEmpty) return undefined;
    const before = stages.filter((s) => !s.isArm && s.status !== 'done').map(stageName);
    const active = stages.find((s) => !s.isArm && (s.status === 'running' || s.status === 'paused'));
    return (
      <>
        <span>
          {before.length
            ? t('charts.empty.waiting', { names: before.join(t('status.comma')) })
            : t('charts.empty.compare')}{' '}
          {state === 'idle' && t('charts.empty.pressRun')}
        </span>
        {active && (
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
        )}
      </>
    );
  }, [isEmpty, stages, state, t, stageName]);
}
