import type { StageName } from '../../pipeline/stages';
import { isLadder, isLimit } from '../../pipeline/stages/traits';
import type { StageModel } from './snapshot';
import { X_AXES, type EvaluationPoint, type Progress, type XAxisName } from './series';

/** One arm as the charts need it. */
export interface ArmSeries {
  id: string;
  name: string;
  style: number;
  stage: StageName;
  /** No method but the best that any could do. */
  isLimit: boolean;
  /** Seed of the run that the points are of. */
  seed?: number;
  /** Result of earlier settings: drawn faintly. */
  stale: boolean;
  points: readonly EvaluationPoint[];
  /** Headline figures, once it is done. */
  summary?: Readonly<Record<string, number>>;
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
            stage: s.stage,
            isLimit: isLimit(s),
            stale: s.status === 'stale' || s.status === 'queued' || s.status === 'missing',
            ...(s.made ? { seed: s.made.seed } : {}),
            points: s.evaluations,
            ends: endsOf(s),
            ...(s.summary ? { summary: s.summary } : {}),
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
    labels: last.labels,
    tokens: last.tokens / share,
    kl: last.kl,
    seconds: roundedUp(Math.max(seconds, last.seconds) + (progress?.secondsLeft ?? 0)),
  };
}

/** The new series with every part that has not changed taken from before, so that charts see what is new. */
export function keepUnchanged(
  before: readonly ArmSeries[],
  after: readonly ArmSeries[],
): readonly ArmSeries[] {
  const kept = after.map((s) => before.find((b) => isSame(b, s)) ?? s);
  return kept.length === before.length && kept.every((s, i) => s === before[i]) ? before : kept;
}

const isSame = (a: ArmSeries, b: ArmSeries): boolean =>
  a.id === b.id &&
  a.name === b.name &&
  a.style === b.style &&
  a.stale === b.stale &&
  a.seed === b.seed &&
  a.points === b.points &&
  a.summary === b.summary &&
  X_AXES.every((axis) => a.ends[axis] === b.ends[axis]);

/** Something for every axis. */
export const onAxes = <T>(of: (axis: XAxisName) => T): Record<XAxisName, T> =>
  Object.fromEntries(X_AXES.map((axis) => [axis, of(axis)])) as Record<XAxisName, T>;

/** Where nothing has been used. */
export const START = onAxes(() => 0);

/**
 * The arms as charts over time show them: a ladder has no time, so it stands at its final value from beginning
 * to end; the limit is no method and left out.
 */
export function overTime(series: readonly ArmSeries[], end: Progress): ArmSeries[] {
  return series
    .filter((s) => !s.isLimit)
    .map((s) => {
      if (!isLadder(s)) return s;
      const last = s.points[s.points.length - 1]!;
      return {
        ...s,
        points: [
          { ...last, ...START },
          { ...last, ...end },
        ],
      };
    });
}

/** Where time ends: when the last arm that takes any is done. */
export function timeEnd(series: readonly ArmSeries[]): Progress {
  const walking = series.filter((s) => !isLadder(s));
  return onAxes((axis) => axisEnd(walking, axis) || 1);
}

/** Seconds in steps, so that the scale does not creep while the end is only estimated. */
const roundedUp = (seconds: number): number => {
  const unit = seconds > 60 ? 20 : seconds > 20 ? 10 : 5;
  return Math.ceil(seconds / unit) * unit;
};

/** End of the horizontal axis for all arms. */
export const axisEnd = (series: readonly ArmSeries[], axis: XAxisName): number =>
  Math.max(0, ...series.map((s) => s.ends[axis]));

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
