import type { LabConfig } from '../../pipeline/lab/config';
import type { ArmSeries } from './compare';

/** What stands behind the points of a chart. */
export interface Behind {
  /** Prompts of a point on the way, and of the last. */
  prompts: number;
  final: number;
  /** Seeds of the runs, each once. */
  seeds: readonly number[];
}

/** Of points that have been measured, whatever the form says now; undefined while there are none. */
export function behindPoints(series: readonly ArmSeries[]): Behind | undefined {
  const counts = series.flatMap((s) => s.points.map((p) => p.evaluation.prompts));
  if (counts.length === 0) return undefined;
  const seeds = [...new Set(series.flatMap((s) => (s.seed === undefined ? [] : [s.seed])))];
  return { prompts: Math.min(...counts), final: Math.max(...counts), seeds: seeds.sort((a, b) => a - b) };
}

/** Of the points that a run of this would have. */
export const plannedPoints = ({ seed, evaluation }: LabConfig): Behind => ({
  prompts: evaluation.prompts,
  final: evaluation.finalPrompts,
  seeds: [seed],
});
