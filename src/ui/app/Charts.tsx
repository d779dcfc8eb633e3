import { NativeSelect, SegmentedControl } from '@mantine/core';
import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { isTableOnly } from '../figures/figures';
import { useStageName } from '../store/useStageName';
import { behindPoints, plannedPoints } from '../store/behind';
import { ROW_AXES, rowAxis, X_AXES } from '../store/series';
import { useShallow } from 'zustand/react/shallow';
import { useLab } from '../store/useLab';
import { useSweep } from '../store/useSweep';
import { setView, useView, type ViewState } from '../store/useView';
import { ChartFrames } from '../charts/ChartFrames';
import classes from '../charts/charts.module.css';
import { comparison, curves, data, results, seedSwitch, sweepView } from './parts';

/** The middle of the page: all arms compared in charts or in a table, or one stage from inside. */
export function Charts() {
  const { t } = useTranslation();
  const chosen = useView((s) => s.tab);
  const axis = useView((s) => s.xAxis);
  const inLesson = useLab((s) => s.demo !== null);
  const tableOnly = useLab((s) => isTableOnly(s.config.arms));
  const swept = useSweep((s) => s.sweep !== null);
  const tabs: readonly ViewState['tab'][] = [
    ...(tableOnly ? [] : (['compare'] as const)),
    'results',
    'inside',
    'data',
    ...(swept ? (['sweep'] as const) : []),
  ];
  const tab = tabs.includes(chosen) ? chosen : tabs[0]!;
  const selected = useLab(
    useShallow((s) => {
      const stage = s.stages.find((m) => m.id === s.selected);
      return stage ? { name: stage.name, isArm: stage.isArm, stage: stage.stage } : null;
    }),
  );
  const stageName = useStageName();
  const name = selected ? stageName(selected) : '';
  return (
    <section className={classes.region} aria-label={t('charts.region')} id="charts">
      <div className={classes.bar}>
        <SegmentedControl
          size="xs"
          aria-label={t('charts.region')}
          value={tab}
          onChange={(value) => setView({ tab: value as ViewState['tab'] })}
          data={tabs.map((value) => ({ value, label: t(`charts.${value}`, { name }) }))}
        />
        {(tab === 'compare' || tab === 'inside') && (
          <div className={classes.axisSwitch}>
            <span aria-hidden>{t('charts.by')}</span>
            <NativeSelect
              size="xs"
              aria-label={t('charts.axis')}
              value={tab === 'inside' ? rowAxis(axis) : axis}
              onChange={(e) => setView({ xAxis: e.currentTarget.value as ViewState['xAxis'] })}
              data={(tab === 'inside' ? ROW_AXES : X_AXES).map((value) => ({
                value,
                label: t(`charts.axes.${value}`),
              }))}
            />
          </div>
        )}
        {(tab === 'compare' || tab === 'results') && (
          <div className={classes.behind} data-wide={inLesson || undefined}>
            {tab === 'compare' && <Footnote />}
            <Suspense>
              <seedSwitch.Part inTables={tab === 'results'} />
            </Suspense>
          </div>
        )}
      </div>
      <Suspense
        key={tab}
        fallback={tab === 'compare' ? <ChartFrames /> : <div className={classes.waiting} />}
      >
        {tab === 'compare' ? (
          <comparison.Part />
        ) : tab === 'results' ? (
          <results.Part />
        ) : tab === 'data' ? (
          <data.Part />
        ) : tab === 'sweep' ? (
          <sweepView.Part />
        ) : (
          <curves.Part />
        )}
      </Suspense>
    </section>
  );
}

/** What stands behind the points of all charts: of the runs that made them, or of the one to come. */
function Footnote() {
  const { t } = useTranslation();
  const isReplay = useLab((s) => s.replay !== null);
  const series = useLab((s) => s.series);
  const config = useLab((s) => (s.problems.length === 0 ? s.config : null));
  const behind = behindPoints(series) ?? (config && plannedPoints(config));
  if (!behind) return null;
  const { prompts: count, final, seeds } = behind;
  const seed = seeds.join(t('status.comma'));
  return (
    <span>
      {isReplay && <b>{t('replay.mark')} </b>}
      {count === final
        ? t('charts.prompts', { count, seed })
        : t('charts.promptsFinal', { count, final: String(final), seed })}
    </span>
  );
}
