import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { Area, CartesianGrid, ComposedChart, ReferenceLine, XAxis, YAxis } from 'recharts';
import { brief, percent } from '../i18n/format';
import { axisEnd, chartRows } from '../store/compare';
import { armColour } from '../theme/palette';
import { armLines } from './ArmLines';
import { progressAxis } from './axes';
import { ChartFrame } from './ChartFrame';
import classes from './charts.module.css';
import type { ComparisonChartProps } from './Comparison';
import { EndLabels } from './EndLabels';
import { endLabel, LABEL_ROOM, MARGIN, opacityOf, sftLabel, TICK } from './parts';

const TICKS = [0, 25, 50, 75, 100];

/** Share of held-out prompts on which an arm beats SFT by gold, with its 95 % Wilson interval; always 0 to 100 %. */
export const WinRateChart = memo(function WinRateChart({
  series,
  axis,
  prompts,
  empty,
}: ComparisonChartProps) {
  const { t } = useTranslation();
  const rows = chartRows(series, axis, {
    win: (p) => 100 * p.evaluation.winRate,
    band: (p) => [100 * p.evaluation.winRateLow, 100 * p.evaluation.winRateHigh],
  });
  const x = progressAxis(axisEnd(series, axis));
  const labels = series.flatMap((s) =>
    endLabel(
      s,
      axis,
      (p) => 100 * p.evaluation.winRate,
      (v) => percent(v / 100),
    ),
  );
  const title = t('charts.winRate.title');
  const question = t('charts.winRate.question');
  return (
    <ChartFrame
      title={title}
      question={question}
      unit={t('charts.winRateUnit')}
      xUnit={t(`charts.axisUnits.${axis}`)}
      summary={t('charts.summary', { title, question, values: labels.map((l) => l.text).join(', ') })}
      empty={empty}
      legend={
        <span className={classes.legend}>
          <span>
            <svg width="18" height="10" aria-hidden>
              <rect width="18" height="10" fill="currentColor" opacity="0.25" />
              <path d="M0 5H18" stroke="currentColor" strokeWidth="2" />
            </svg>
            {t('charts.band', { count: prompts })}
          </span>
        </span>
      }
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
        <YAxis domain={[0, 100]} ticks={TICKS} tick={TICK} tickLine={false} axisLine={false} width={30} />
        {series.map((s) => (
          <Area
            key={`${s.id}.band`}
            dataKey={(row: Record<string, unknown>) => row[`${s.id}.band`] as [number, number] | undefined}
            stroke="none"
            fill={armColour(s.style)}
            fillOpacity={0.14 * opacityOf(s)}
            connectNulls
            isAnimationActive={false}
            activeDot={false}
          />
        ))}
        <ReferenceLine y={50} stroke="var(--sft)" strokeWidth={1.25} />
        {armLines(series, { line: 'win' })}
        <EndLabels labels={[...labels, ...sftLabel(t('charts.sft'), x.domain[1], 50)]} />
      </ComposedChart>
    </ChartFrame>
  );
});
