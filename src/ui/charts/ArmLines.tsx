import { Area, Line } from 'recharts';
import { isLadder } from '../../pipeline/stages/traits';
import type { StageName } from '../../pipeline/stages';
import { armColour, isHollow } from '../theme/palette';
import { Marker } from './Marker';
import { markerOf, opacityOf } from './parts';
import { armClass, ghostId } from './scrub';

/** What is needed of an arm to draw its line. */
interface LineArm {
  id: string;
  style: number;
  /** A ladder stands at one value and has no points on the way. */
  stage?: StageName;
  /** Result of earlier settings. */
  stale?: boolean;
}

interface ArmLinesOptions {
  /** Name of the line in the chart's rows, behind the arm's id. */
  line: string;
  dashed?: boolean;
  axis?: string;
}

/** From here on a chart is full: bands are fainter and points smaller. */
const MANY = 4;

/** What recorded seeds reached from lowest to highest, and a thin line in the middle. */
export const seedBands = (bands: readonly { id: string; style: number }[]) =>
  bands.flatMap((b) => [
    <Area
      key={`${b.id}.seeds`}
      className={armClass(b.id)}
      dataKey={(row: Record<string, unknown>) => row[`${b.id}.seeds`] as [number, number] | undefined}
      stroke="none"
      fill={armColour(b.style)}
      fillOpacity={bands.length > MANY ? 0.11 : 0.17}
      connectNulls
      isAnimationActive={false}
      activeDot={false}
    />,
    <Line
      key={`${b.id}.middle`}
      className={armClass(b.id)}
      dataKey={(row: Record<string, unknown>) => row[`${b.id}.middle`] as number | undefined}
      stroke={armColour(b.style)}
      strokeWidth={1}
      strokeOpacity={0.75}
      connectNulls
      dot={false}
      isAnimationActive={false}
      activeDot={false}
    />,
  ]);

/** From and to along the lines of arms, `arm.area` in the rows. */
export const armAreas = (arms: readonly LineArm[]) =>
  arms.map((arm) => (
    <Area
      key={`${arm.id}.area`}
      className={armClass(arm.id)}
      dataKey={(row: Record<string, unknown>) => row[`${arm.id}.area`] as [number, number] | undefined}
      stroke="none"
      fill={armColour(arm.style)}
      fillOpacity={0.14 * opacityOf(arm)}
      connectNulls
      isAnimationActive={false}
      activeDot={false}
    />
  ));

/** One line per arm, in its colour and with its marker. A function, not a component: charts look for their lines among their children. */
export const armLines = (series: readonly LineArm[], { line, dashed = false, axis }: ArmLinesOptions) =>
  series.map((s) => (
    <Line
      key={`${s.id}.${line}`}
      className={armClass(s.id)}
      dataKey={(row: Record<string, unknown>) => row[`${s.id}.${line}`] as number | undefined}
      name={s.id}
      {...(axis ? { yAxisId: axis } : {})}
      stroke={armColour(s.style)}
      strokeWidth="var(--stroke)"
      strokeDasharray={dashed ? '2 4' : isHollow(s.style) ? '9 4' : undefined}
      strokeLinecap="round"
      strokeOpacity={opacityOf(s) * (dashed ? 0.9 : 1)}
      connectNulls
      isAnimationActive={false}
      activeDot={false}
      dot={
        dashed || (s.stage && isLadder({ stage: s.stage }))
          ? false
          : ({ cx, cy, index, value }) =>
              value === undefined || cx === undefined || cy === undefined || !Number.isFinite(cy) ? (
                <g key={index} />
              ) : (
                <g key={index} className={armClass(s.id)} opacity={opacityOf(s)}>
                  <Marker
                    shape={markerOf(s)}
                    x={cx}
                    y={cy}
                    size={series.length > MANY ? 2 : 2.6}
                    colour={armColour(s.style)}
                    filled={!isHollow(s.style)}
                  />
                </g>
              )
      }
    />
  ));

/** The previous run of arms: thin, faint and without points. */
export const ghostLines = (series: readonly LineArm[], line: string) =>
  series.map((s) => (
    <Line
      key={`${ghostId(s.id)}.${line}`}
      className={armClass(s.id)}
      dataKey={(row: Record<string, unknown>) => row[`${ghostId(s.id)}.${line}`] as number | undefined}
      stroke={armColour(s.style)}
      strokeWidth={1.25}
      strokeOpacity={0.4}
      connectNulls
      dot={false}
      isAnimationActive={false}
      activeDot={false}
    />
  ));
