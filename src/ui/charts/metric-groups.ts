import type { en } from '../i18n/en';
import type { EvaluationPoint, MetricPoint } from '../store/series';

export type MetricGroup = keyof typeof en.metricGroup;

/** What belongs to which heading; the first match counts. */
const GROUPS: readonly [MetricGroup, RegExp][] = [
  ['heldOut', /^eval\//],
  ['loss', /^(loss|eval_loss|loss\/pretrain_avg|agreement|accuracy|eval_accuracy|rewards\/accuracies)$/],
  ['value', /^(loss\/value_avg|val\/clipfrac_avg|val\/explained_var)$/],
  ['logps', /^logps\//],
  ['reward', /^(objective\/(?!entropy)|rewards\/|margin|(min|mean|max)_reward)/],
  ['policy', /^(policy\/|loss\/policy_avg|val\/|entropy|objective\/entropy)/],
  ['optimiser', /./],
];

const ORDER: readonly MetricGroup[] = ['loss', 'reward', 'logps', 'policy', 'value', 'heldOut', 'optimiser'];

/** Rows that only repeat the horizontal axis. */
const HIDDEN = new Set(['iteration']);

/** Held-out measurements that the comparison does not show. */
const HELD_OUT = ['eosRate', 'length', 'distinct1', 'distinct2', 'entropy'] as const;

export interface MetricSection {
  group: MetricGroup;
  metrics: { name: string; points: readonly MetricPoint[] }[];
}

export const groupOf = (name: string): MetricGroup => GROUPS.find(([, pattern]) => pattern.test(name))![0];

/** All curves of a stage under their headings. */
export function metricSections(
  metrics: ReadonlyMap<string, readonly MetricPoint[]>,
  evaluations: readonly EvaluationPoint[],
): MetricSection[] {
  const all: MetricSection['metrics'] = [...metrics].map(([name, points]) => ({ name, points }));
  if (evaluations.length)
    for (const name of HELD_OUT)
      all.push({
        name: `eval/${name}`,
        points: evaluations.map((p) => ({ ...p, value: p.evaluation[name] })),
      });
  return ORDER.map((group) => ({
    group,
    metrics: all.filter((m) => !HIDDEN.has(m.name) && groupOf(m.name) === group),
  })).filter((section) => section.metrics.length > 0);
}
