import { Line } from 'recharts';
import type { ArmSeries } from '../store/compare';
import { armColour } from '../theme/palette';
import { Marker } from './Marker';
import { markerOf, opacityOf } from './parts';

interface ArmLinesOptions {
  /** Name of the line in the chart's rows, behind the arm's id. */
  line: string;
  dashed?: boolean;
  axis?: string;
}

/** One line per arm, in its colour and with its marker. A function, not a component: charts look for their lines among their children. */
export const armLines = (series: readonly ArmSeries[], { line, dashed = false, axis }: ArmLinesOptions) =>
  series.map((s) => (
    <Line
      key={`${s.id}.${line}`}
      dataKey={(row: Record<string, unknown>) => row[`${s.id}.${line}`] as number | undefined}
      name={s.id}
      {...(axis ? { yAxisId: axis } : {})}
      stroke={armColour(s.style)}
      strokeWidth="var(--stroke)"
      strokeDasharray={dashed ? '2 4' : undefined}
      strokeLinecap="round"
      strokeOpacity={opacityOf(s) * (dashed ? 0.9 : 1)}
      connectNulls
      isAnimationActive={false}
      activeDot={false}
      dot={
        dashed
          ? false
          : ({ cx, cy, index, value }) =>
              value === undefined || cx === undefined || cy === undefined || !Number.isFinite(cy) ? (
                <g key={index} />
              ) : (
                <g key={index} opacity={opacityOf(s)}>
                  <Marker shape={markerOf(s)} x={cx} y={cy} size={2.6} colour={armColour(s.style)} />
                </g>
              )
      }
    />
  ));
