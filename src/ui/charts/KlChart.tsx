import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { fixed } from '../i18n/format';
import { withReference } from '../i18n/reference';
import { SegmentedControl } from '@mantine/core';
import '../i18n/look';
import { setView, useView } from '../store/useView';
import { logAxis, niceAxis } from './axes';
import classes from './charts.module.css';
import { reachOf } from './frontier';
import { compared, type TimeProps } from './props';
import { TimeChart } from './TimeChart';

/** KL of the policy from the model that it started from, nats per answer. */
export const KlChart = memo(function KlChart(all: TimeProps) {
  const props = compared(all);
  const { series, bands, lonely, against } = props;
  const { t } = useTranslation(['translation', 'look']);
  const values = [
    ...series.flatMap((s) => s.points.map((p) => p.evaluation.kl)),
    ...bands.flatMap((b) => b.points.map((p) => p.ranges.kl.high)),
  ];
  // An arm that is far out would squeeze all others together: it leaves the picture.
  const reach = reachOf([
    ...series.map((s) => Math.max(...s.points.map((p) => p.evaluation.kl))),
    ...lonely.map((b) => b.points.at(-1)!.ranges.kl.median),
  ]);
  const log = useView((s) => s.klLog);
  const whole = logAxis([0, 1, ...values]);
  const even = niceAxis(
    values.map((kl) => (kl < 0 && kl > -0.2 ? 0 : Math.min(kl, reach))),
    [0, 2],
  );
  const y = log ? whole : even;
  return (
    <TimeChart
      {...props}
      name="kl"
      question={withReference('charts.kl.question', against.main)}
      unit={t('charts.klUnit')}
      quantity="kl"
      isRelative
      y={y}
      yScale={log ? 'symlog' : 'linear'}
      controls={
        <SegmentedControl
          size="xs"
          className={classes.compact}
          aria-label={t('look:log.group')}
          value={log ? 'log' : 'linear'}
          onChange={(value) => setView({ klLog: value === 'log' })}
          data={[
            { value: 'linear', label: 'KL' },
            { value: 'log', label: t('look:log.kl') },
          ]}
        />
      }
      cut
      start={0}
      format={(kl) => `${kl > y.domain[1] ? '↑ ' : ''}${fixed(kl, 1)}`}
    />
  );
});
