import { Button, Checkbox } from '@mantine/core';
import { useDeferredValue, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useStageName } from '../store/useStageName';
import { metricSeries, rowAxis } from '../store/series';
import type { StageModel } from '../store/snapshot';
import { openMicroscope } from '../store/useMicroscope';
import { useLab, useStage } from '../store/useLab';
import '../i18n/look';
import { setView, useView } from '../store/useView';
import { armColour } from '../theme/palette';
import classes from './charts.module.css';
import { CursorBar } from './CursorBar';
import { metricSections } from './metric-groups';
import { MetricChart } from './MetricChart';

/** Everything that the selected stage logs. */
export function StageCurves() {
  const selected = useLab((s) => s.selected);
  const stage = useDeferredValue(useStage(selected)); // input comes first
  return stage ? <Curves stage={stage} /> : null;
}

function Curves({ stage }: { stage: StageModel }) {
  const { t } = useTranslation(['translation', 'look']);
  const name = useStageName()(stage);
  const axis = useView((s) => rowAxis(s.xAxis));
  const log = useView((s) => s.insideLog);
  const style = useLab((s) => s.styles[stage.id]);
  const sections = useMemo(
    () => metricSections(stage.stage, metricSeries(stage.rows), stage.evaluations),
    [stage],
  );
  const arm = useMemo(() => ({ id: stage.id, style: style ?? 0 }), [stage.id, style]);
  const points = sections.flatMap((s) => s.metrics.flatMap((m) => m.points));
  const end = Math.max(
    ...points.map((p) => p[axis]),
    axis === 'update' ? (stage.progress?.updates ?? 0) : 0,
    Number.MIN_VALUE,
  );
  if (sections.length === 0)
    return (
      <div className={classes.empty}>
        {t(stage.source === 'shipped' ? 'charts.empty.shipped' : 'charts.empty.inside', { name })}
      </div>
    );
  return (
    <>
      <CursorBar arms={[]}>
        <Checkbox
          size="xs"
          checked={log}
          label={t('look:log.inside')}
          onChange={(e) => setView({ insideLog: e.currentTarget.checked })}
        />
        {stage.stage === 'ppo' && (
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => openMicroscope({ kind: 'rollouts', arm: stage.id })}
          >
            {t('look:scope.rollouts')}
          </Button>
        )}
      </CursorBar>
      <div className={classes.curves} tabIndex={0} role="region" aria-label={t('charts.inside', { name })}>
        {sections.map(({ group, metrics }) => (
          <section key={group}>
            <h3 className={classes.group}>{t(`metricGroup.${group}`)}</h3>
            <div className={classes.small}>
              {metrics.map((m) => (
                <MetricChart
                  key={m.name}
                  name={m.name}
                  points={m.points}
                  axis={axis}
                  end={end}
                  colour={style === undefined ? 'var(--text)' : armColour(style)}
                  arm={arm}
                  log={log}
                />
              ))}
            </div>
          </section>
        ))}
      </div>
    </>
  );
}
