import { METRIC_GROUPS, type MetricGroup } from '../../pipeline/contract/traits';
import { STAGES, type StageName } from '../../pipeline/stages';
import type { EvaluationPoint, MetricPoint } from '../store/series';

/** Held-out measurements that the comparison does not show. */
const HELD_OUT = ['eosRate', 'length', 'distinct1', 'distinct2', 'entropy'] as const;

export interface MetricSection {
  group: MetricGroup;
  metrics: { name: string; points: readonly MetricPoint[] }[];
}

/** The heading of a metric, as its stage declares it; what nobody declares is the optimiser's. */
export const groupOf = (stage: StageName, name: string): MetricGroup | 'hidden' =>
  STAGES[stage].metrics[name] ?? 'optimiser';

/** All curves of a stage under their headings. */
export function metricSections(
  stage: StageName,
  metrics: ReadonlyMap<string, readonly MetricPoint[]>,
  evaluations: readonly EvaluationPoint[],
): MetricSection[] {
  const all = [...metrics].map(([name, points]) => ({ group: groupOf(stage, name), name, points }));
  const heldOut = HELD_OUT.map((name) => ({
    group: 'heldOut' as const,
    name: `eval/${name}`,
    points: evaluations.map((p) => ({ ...p, value: p.evaluation[name] })),
  }));
  const shown = evaluations.length ? [...all, ...heldOut] : all;
  return METRIC_GROUPS.map((group) => ({
    group,
    metrics: shown.filter((m) => m.group === group).map(({ name, points }) => ({ name, points })),
  })).filter((section) => section.metrics.length > 0);
}
