import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { CartesianGrid, ComposedChart, ReferenceLine, XAxis, YAxis } from 'recharts';
import { brief, fixed } from '../i18n/format';
import { withBands } from '../figures/bands';
import { chartRows } from '../store/compare';
import { armLines, seedBands } from './ArmLines';
import { niceAxis, progressAxis } from './axes';
import { ChartFrame } from './ChartFrame';
import type { TimeChartProps } from './Comparison';
import { EndLabels } from './EndLabels';
import { reachOf } from './frontier';
import { roomFor } from './labels';
import { bandLabels, endLabels, MARGIN, TICK } from './parts';

/** KL of the policy from SFT, nats per answer. */
export const KlChart = memo(function KlChart(props: TimeChartProps) {
  const { series, bands, lonely, names, axis, end, empty } = props;
  const { t } = useTranslation();
  const rows = withBands(chartRows(series, axis, { kl: (p) => p.evaluation.kl }), bands, axis, 'kl');
  const x = progressAxis(end[axis]);
  const values = [
    ...series.flatMap((s) => s.points.map((p) => p.evaluation.kl)),
    ...bands.flatMap((b) => b.points.map((p) => p.ranges.kl.high)),
  ];
  const reach = reachOf([
    ...series.map((s) => Math.max(...s.points.map((p) => p.evaluation.kl))),
    ...lonely.map((b) => b.points.at(-1)!.ranges.kl.median),
  ]);
  const y = niceAxis(
    values.map((kl) => (kl < 0 && kl > -0.2 ? 0 : Math.min(kl, reach))),
    [0, 2],
  );
  const format = (v: number) => `${v > y.domain[1] ? '↑ ' : ''}${fixed(v, 1)}`;
  const options = { axis, names, format };
  const labels = [
    ...endLabels(series, (p) => p.evaluation.kl, options),
    ...bandLabels(lonely, 'kl', options),
  ];
  const xUnit = t(`charts.axisUnits.${axis}`);
  const title = t('charts.kl.title');
  const question = t('charts.kl.question');
  return (
    <ChartFrame
      name="kl"
      title={title}
      question={question}
      unit={t('charts.klUnit')}
      xUnit={xUnit}
      summary={t('charts.summary', { title, question, values: labels.map((l) => l.text).join(', ') })}
      empty={empty}
    >
      <ComposedChart data={rows} margin={MARGIN} accessibilityLayer={false}>
        <CartesianGrid stroke="var(--grid)" vertical={false} />
        <XAxis
          dataKey="x"
          type="number"
          {...x}
          padding={{ right: roomFor([xUnit, ...labels.map((l) => l.text)]) }}
          tick={TICK}
          tickLine={false}
          axisLine={{ stroke: 'var(--hairline)' }}
          height={18}
          tickFormatter={brief}
        />
        <YAxis
          {...y}
          tick={TICK}
          tickLine={false}
          axisLine={false}
          width={30}
          tickFormatter={brief}
          allowDataOverflow
        />
        <ReferenceLine y={0} stroke="var(--sft)" strokeWidth={1} />
        {seedBands(bands)}
        {armLines(series, { line: 'kl' })}
        <EndLabels labels={labels} end={x.domain[1]} />
      </ComposedChart>
    </ChartFrame>
  );
});
