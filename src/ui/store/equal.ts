import type { Evaluation } from '../../pipeline/contract/stage';
import type { EvaluationPoint, XAxisName } from './series';

/** A number that every measurement has. */
export type Measured = 'gold' | 'winRate' | 'kl' | 'proxy' | 'length';

/**
 * A figure when this much had been used, linear between measurements; undefined before the first and after the last.
 * Of several measurements at the same amount the last counts; at a KL the first, for a path may come back.
 */
export function valueAt(
  points: readonly EvaluationPoint[],
  axis: XAxisName,
  amount: number,
  figure: Measured,
): number | undefined {
  const of = (point: EvaluationPoint): number | undefined =>
    point.evaluation[figure as keyof Evaluation] as number;
  const first = points[0];
  if (!first || amount < first[axis]) return undefined;
  const after =
    axis === 'kl'
      ? points.findIndex((p) => p[axis] >= amount)
      : points.findLastIndex((p) => p[axis] <= amount) + 1;
  const [a, b] = [points[after - 1], points[after]];
  if (after < 0) return undefined;
  if (!a) return b && of(b);
  if (!b) return a[axis] === amount ? of(a) : undefined;
  const share = (amount - a[axis]) / (b[axis] - a[axis]);
  const [from, to] = [of(a), of(b)];
  return from === undefined || to === undefined ? undefined : from + share * (to - from);
}

/** The most that all of them have used, of those that have used any; undefined of none. */
export function mostInCommon(
  paths: readonly (readonly EvaluationPoint[])[],
  axis: XAxisName,
): number | undefined {
  const ends = paths.flatMap((points) => points.at(-1)?.[axis] ?? []).filter((end) => end > 0);
  return ends.length > 0 ? Math.min(...ends) : undefined;
}

/** The measurements as a line over an axis: at a KL that was reached before there is no second one. */
export function onAxis<S extends { points: readonly { kl: number }[] }>(series: S, axis: XAxisName): S {
  if (axis !== 'kl') return series;
  const points = series.points.filter((p, i, all) => i === 0 || p.kl > all[i - 1]!.kl);
  return { ...series, points };
}
