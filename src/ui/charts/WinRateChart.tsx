import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { Area, CartesianGrid, ComposedChart, ReferenceLine, XAxis, YAxis } from 'recharts';
import { brief, percent } from '../i18n/format';
import { withBands } from '../figures/bands';
import { chartRows } from '../store/compare';
import { useLab } from '../store/useLab';
import { armColour } from '../theme/palette';
import { armLines, seedBands } from './ArmLines';
import { progressAxis } from './axes';
import { ChartFrame } from './ChartFrame';
import type { TimeChartProps } from './Comparison';
import { EndLabels } from './EndLabels';
import { Intervals } from './Intervals';
import { roomFor } from './labels';
import { BandSign, IntervalSign } from './LineSign';
import { bandLabels, endLabels, MARGIN, opacityOf, sftLabel, TICK } from './parts';

const TICKS = [0, 25, 50, 75, 100];

/** From this many arms on, intervals over the whole way would cover each other. */
const MANY = 4;
/** From this many on, even bars would: only the selected arm has one. */
const CROWD = 6;

/**
 * Share of held-out prompts on which an arm beats SFT by gold, always 0 to 100 %. Its 95 % Wilson interval is a
 * band along the way, or, where bands are seeds or arms are many, a bar at the last point.
 */
export const WinRateChart = memo(function WinRateChart(props: TimeChartProps) {
  const { series, bands, lonely, names, axis, end, prompts, empty } = props;
  const { t } = useTranslation();
  const selected = useLab((s) => s.selected);
  const asBars = bands.length > 0 || series.length > MANY;
  const lines = chartRows(series, axis, {
    win: (p) => 100 * p.evaluation.winRate,
    ...(asBars
      ? {}
      : { band: (p) => [100 * p.evaluation.winRateLow, 100 * p.evaluation.winRateHigh] as [number, number] }),
  });
  const rows = withBands(lines, bands, axis, 'winRate', 100);
  const x = progressAxis(end[axis]);
  const options = { axis, names, format: (v: number) => percent(v / 100) };
  const labels = [
    ...endLabels(series, (p) => 100 * p.evaluation.winRate, options),
    ...bandLabels(lonely, 'winRate', options, 100),
  ];
  const xUnit = t(`charts.axisUnits.${axis}`);
  const title = t('charts.winRate.title');
  const question = t('charts.winRate.question');
  return (
    <ChartFrame
      name="winRate"
      title={title}
      question={question}
      unit={t('charts.winRateUnit')}
      xUnit={xUnit}
      summary={t('charts.summary', { title, question, values: labels.map((l) => l.text).join(', ') })}
      empty={empty}
      legend={
        series.length > 0 && (
          <span>
            {asBars ? <IntervalSign /> : <BandSign />}
            {t('charts.band', {
              count:
                (asBars ? series[0]?.points.at(-1) : series[0]?.points[0])?.evaluation.prompts ?? prompts,
            })}
          </span>
        )
      }
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
        <YAxis domain={[0, 100]} ticks={TICKS} tick={TICK} tickLine={false} axisLine={false} width={30} />
        {!asBars &&
          series.map((s) => (
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
        {seedBands(bands)}
        {armLines(series, { line: 'win' })}
        {asBars && (
          <Intervals
            marks={series
              .filter((s) => series.length <= CROWD || s.id === selected)
              .map((s) => {
                const last = s.points.at(-1)!;
                const { winRateLow, winRateHigh } = last.evaluation;
                const colour = armColour(s.style);
                return { key: s.id, x: last[axis], low: 100 * winRateLow, high: 100 * winRateHigh, colour };
              })}
          />
        )}
        <EndLabels labels={[...labels, ...sftLabel(t('charts.sft'), x.domain[1], 50)]} end={x.domain[1]} />
      </ComposedChart>
    </ChartFrame>
  );
});
