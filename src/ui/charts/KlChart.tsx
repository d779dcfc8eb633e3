import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { fixed } from '../i18n/format';
import { withReference } from '../i18n/reference';
import { niceAxis } from './axes';
import { reachOf } from './frontier';
import { compared, type TimeProps } from './props';
import { TimeChart } from './TimeChart';

/** KL of the policy from the model that it started from, nats per answer. */
export const KlChart = memo(function KlChart(all: TimeProps) {
  const props = compared(all);
  const { series, bands, lonely, against } = props;
  const { t } = useTranslation();
  const values = [
    ...series.flatMap((s) => s.points.map((p) => p.evaluation.kl)),
    ...bands.flatMap((b) => b.points.map((p) => p.ranges.kl.high)),
  ];
  // An arm that is far out would squeeze all others together: it leaves the picture.
  const reach = reachOf([
    ...series.map((s) => Math.max(...s.points.map((p) => p.evaluation.kl))),
    ...lonely.map((b) => b.points.at(-1)!.ranges.kl.median),
  ]);
  const y = niceAxis(
    values.map((kl) => (kl < 0 && kl > -0.2 ? 0 : Math.min(kl, reach))),
    [0, 2],
  );
  return (
    <TimeChart
      {...props}
      name="kl"
      question={withReference('charts.kl.question', against.main)}
      unit={t('charts.klUnit')}
      quantity="kl"
      isRelative
      y={y}
      cut
      start={0}
      format={(kl) => `${kl > y.domain[1] ? '↑ ' : ''}${fixed(kl, 1)}`}
    />
  );
});
