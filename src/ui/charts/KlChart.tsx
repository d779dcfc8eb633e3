import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { CartesianGrid, ComposedChart, ReferenceLine, XAxis, YAxis } from 'recharts';
import { brief, fixed } from '../i18n/format';
import { axisEnd, chartRows } from '../store/compare';
import { armLines } from './ArmLines';
import { niceAxis, progressAxis } from './axes';
import { ChartFrame } from './ChartFrame';
import type { ComparisonChartProps } from './Comparison';
import { EndLabels } from './EndLabels';
import { endLabel, LABEL_ROOM, MARGIN, TICK } from './parts';

/** KL of the policy from SFT, nats per answer. */
export const KlChart = memo(function KlChart({ series, axis, empty }: ComparisonChartProps) {
  const { t } = useTranslation();
  const rows = chartRows(series, axis, { kl: (p) => p.evaluation.kl });
  const x = progressAxis(axisEnd(series, axis));
  const y = niceAxis(
    series.flatMap((s) => s.points.map((p) => p.evaluation.kl)).map((kl) => (kl < 0 && kl > -0.2 ? 0 : kl)),
    [0, 2],
  );
  const labels = series.flatMap((s) =>
    endLabel(
      s,
      axis,
      (p) => p.evaluation.kl,
      (v) => fixed(v, 1),
    ),
  );
  const title = t('charts.kl.title');
  const question = t('charts.kl.question');
  return (
    <ChartFrame
      title={title}
      question={question}
      unit={t('charts.klUnit')}
      xUnit={t(`charts.axisUnits.${axis}`)}
      summary={t('charts.summary', { title, question, values: labels.map((l) => l.text).join(', ') })}
      empty={empty}
    >
      <ComposedChart data={rows} margin={MARGIN} accessibilityLayer={false}>
        <CartesianGrid stroke="var(--grid)" vertical={false} />
        <XAxis
          dataKey="x"
          type="number"
          {...x}
          padding={{ right: LABEL_ROOM }}
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
        {armLines(series, { line: 'kl' })}
        <EndLabels labels={labels} />
      </ComposedChart>
    </ChartFrame>
  );
});
