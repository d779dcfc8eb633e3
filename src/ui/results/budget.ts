import { isLadder } from '../../pipeline/stages/traits';
import type { ArmSeries } from '../store/compare';
import type { EvaluationPoint, XAxisName } from '../store/series';

/** Gold reward when this much had been spent, linear between measurements; undefined where the line ends before. */
export function goldAt(
  points: readonly EvaluationPoint[],
  axis: XAxisName,
  budget: number,
): number | undefined {
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1]!, points[i]!];
    if (b[axis] < budget) continue;
    const share = b[axis] > a[axis] ? Math.max(0, (budget - a[axis]) / (b[axis] - a[axis])) : 1;
    return a.evaluation.gold + share * (b.evaluation.gold - a.evaluation.gold);
  }
  return undefined;
}

export interface Budgets {
  /** What the most frugal arm has used of each. */
  budgets: Record<XAxisName, number>;
  rows: { id: string; name: string; style: number; gold: Record<XAxisName, number | undefined> }[];
}

/** All arms that train, when each had used as much as the most frugal one in the end. Undefined for fewer than two. */
export function atEqualBudget(series: readonly ArmSeries[]): Budgets | undefined {
  const trained = series.filter((s) => !isLadder(s) && s.summary !== undefined && s.points.length > 1);
  if (trained.length < 2) return undefined;
  const least = (axis: XAxisName) => Math.min(...trained.map((s) => s.points.at(-1)![axis]));
  const budgets = { update: least('update'), samples: least('samples'), seconds: least('seconds') };
  const rows = trained.map(({ id, name, style, points }) => {
    const at = (axis: XAxisName) => goldAt(points, axis, budgets[axis]);
    return {
      id,
      name,
      style,
      gold: { update: at('update'), samples: at('samples'), seconds: at('seconds') },
    };
  });
  return { budgets, rows };
}
