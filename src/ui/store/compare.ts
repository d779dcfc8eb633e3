import type { StageModel } from './snapshot';
import type { EvaluationPoint, Progress, XAxisName } from './series';

/** One arm as the charts need it. */
export interface ArmSeries {
  id: string;
  name: string;
  style: number;
  /** Result of earlier settings: drawn faintly. */
  stale: boolean;
  points: readonly EvaluationPoint[];
  /** Where the horizontal axis ends if the arm runs to its end. */
  ends: Progress;
}

/** Arms that have been measured at least once. */
export const armSeries = (
  stages: readonly StageModel[],
  styles: Readonly<Record<string, number>>,
): ArmSeries[] =>
  stages.flatMap((s) =>
    s.isArm && s.evaluations.length
      ? [
          {
            id: s.id,
            name: s.name,
            style: styles[s.id] ?? 0,
            stale: s.status === 'stale' || s.status === 'queued' || s.status === 'missing',
            points: s.evaluations,
            ends: endsOf(s),
          },
        ]
      : [],
  );

function endsOf({ evaluations, progress, seconds }: StageModel): Progress {
  const last = evaluations[evaluations.length - 1]!;
  const share = last.update / last.updates || 1;
  return {
    update: last.updates,
    samples: last.samples / share,
    seconds: Math.max(seconds, last.seconds) + (progress?.secondsLeft ?? 0),
  };
}

/** End of the horizontal axis for all arms; seconds are rounded up, so that the scale does not creep. */
export function axisEnd(series: readonly ArmSeries[], axis: XAxisName): number {
  const end = Math.max(0, ...series.map((s) => s.ends[axis]));
  if (axis !== 'seconds' || end === 0) return end;
  const unit = end > 60 ? 20 : end > 20 ? 10 : 5;
  return Math.ceil(end / unit) * unit;
}

/** A row of chart data: x and the value of every line that has a point there. */
export type Row = { x: number } & Record<string, number | [number, number]>;

export type Picker = (point: EvaluationPoint) => number | [number, number] | undefined;

/** Data of several lines in one table, by x; lines are named `arm.line`. */
export function chartRows(
  series: readonly ArmSeries[],
  axis: XAxisName,
  lines: Readonly<Record<string, Picker>>,
): Row[] {
  const rows = new Map<number, Row>();
  for (const s of series)
    for (const point of s.points) {
      const x = point[axis];
      let row = rows.get(x);
      if (!row) rows.set(x, (row = { x }));
      for (const [line, pick] of Object.entries(lines)) {
        const value = pick(point);
        if (value !== undefined) row[`${s.id}.${line}`] = value;
      }
    }
  return [...rows.values()].sort((a, b) => a.x - b.x);
}
