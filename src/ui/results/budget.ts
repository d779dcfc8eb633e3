import { isLadder } from '../../pipeline/stages/traits';
import { onAxes, type ArmSeries } from '../store/compare';
import { mostInCommon, valueAt } from '../store/equal';
import type { Progress, XAxisName } from '../store/series';

export interface Budgets {
  /** What the most frugal arm has used of each. */
  budgets: Progress;
  rows: { id: string; name: string; style: number; gold: Record<XAxisName, number | undefined> }[];
}

/** All arms that train, when each had used as much as the most frugal one in the end. Undefined for fewer than two. */
export function atEqualBudget(series: readonly ArmSeries[]): Budgets | undefined {
  const trained = series.filter((s) => !isLadder(s) && s.summary !== undefined && s.points.length > 1);
  if (trained.length < 2) return undefined;
  const paths = trained.map(({ points }) => points);
  const budgets = onAxes((axis) => mostInCommon(paths, axis) ?? 0);
  const rows = trained.map(({ id, name, style, points }) => {
    const at = (axis: XAxisName) => valueAt(points, axis, budgets[axis], 'gold');
    return { id, name, style, gold: onAxes((axis) => (budgets[axis] > 0 ? at(axis) : undefined)) };
  });
  return { budgets, rows };
}
