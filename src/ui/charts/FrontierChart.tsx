import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { CartesianGrid, Scatter, ScatterChart, XAxis, YAxis } from 'recharts';
import { brief, fixed } from '../i18n/format';
import { armColour } from '../theme/palette';
import { niceAxis } from './axes';
import { ChartFrame } from './ChartFrame';
import type { ComparisonChartProps } from './Comparison';
import { EndLabels, type EndLabel } from './EndLabels';
import { Marker } from './Marker';
import { LABEL_ROOM, MARGIN, markerOf, opacityOf, TICK } from './parts';

const GOLD_TICKS = [-1, -0.5, 0, 0.5, 1];

interface ShapeProps {
  cx?: number;
  cy?: number;
  payload?: { last?: boolean };
}

/** Gold reward against the KL it cost; every arm walks away from SFT at KL 0. */
export const FrontierChart = memo(function FrontierChart({ series, sftGold, empty }: ComparisonChartProps) {
  const { t } = useTranslation();
  const paths = series.map((s) => ({
    series: s,
    data: s.points.map((p, i) => ({
      kl: Math.max(0, p.evaluation.kl),
      gold: p.evaluation.gold,
      last: i === s.points.length - 1,
    })),
  }));
  const x = niceAxis(
    paths.flatMap((p) => p.data.map((d) => d.kl)),
    [0, 2],
  );
  const labels: EndLabel[] = paths.map(({ series: s, data }) => ({
    key: s.id,
    text: s.name,
    colour: armColour(s.style),
    x: data[data.length - 1]!.kl,
    y: data[data.length - 1]!.gold,
    lift: 14,
    faint: s.stale,
  }));
  if (sftGold !== undefined)
    labels.push({ key: 'sft', text: t('charts.sft'), colour: 'var(--sft)', x: 0, y: sftGold });
  const title = t('charts.frontier.title');
  const question = t('charts.frontier.question');
  const values = paths
    .map(
      ({ series: s, data }) =>
        `${s.name}: ${fixed(data.at(-1)!.gold, 2, true)}, KL ${fixed(data.at(-1)!.kl, 1)}`,
    )
    .join('; ');
  return (
    <ChartFrame
      title={title}
      question={question}
      unit={t('charts.goldUnit')}
      xUnit={t('charts.klShort')}
      summary={t('charts.summary', { title, question, values })}
      empty={empty}
    >
      <ScatterChart margin={MARGIN} accessibilityLayer={false}>
        <CartesianGrid stroke="var(--grid)" />
        <XAxis
          dataKey="kl"
          type="number"
          {...x}
          padding={{ left: 6, right: LABEL_ROOM }}
          tick={TICK}
          tickLine={false}
          axisLine={{ stroke: 'var(--hairline)' }}
          height={18}
          tickFormatter={brief}
        />
        <YAxis
          dataKey="gold"
          type="number"
          domain={[-1, 1]}
          ticks={GOLD_TICKS}
          tick={TICK}
          tickLine={false}
          axisLine={false}
          width={30}
          tickFormatter={brief}
        />
        {paths.map(({ series: s, data }) => (
          <Scatter
            key={s.id}
            data={data}
            line={{ stroke: armColour(s.style), strokeWidth: 1.5, strokeOpacity: 0.55 * opacityOf(s) }}
            lineJointType="linear"
            isAnimationActive={false}
            shape={({ cx = 0, cy = 0, payload }: ShapeProps) => (
              <g opacity={opacityOf(s)}>
                <Marker
                  shape={markerOf(s)}
                  x={cx}
                  y={cy}
                  size={payload?.last ? 5 : 2.6}
                  colour={armColour(s.style)}
                  filled={payload?.last ?? false}
                />
              </g>
            )}
          />
        ))}
        {sftGold !== undefined && (
          <Scatter
            data={[{ kl: 0, gold: sftGold }]}
            isAnimationActive={false}
            shape={({ cx = 0, cy = 0 }: ShapeProps) => (
              <Marker shape="circle" x={cx} y={cy} size={5} colour="var(--sft)" filled />
            )}
          />
        )}
        <EndLabels labels={labels} />
      </ScatterChart>
    </ChartFrame>
  );
});
