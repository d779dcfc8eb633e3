import { METRIC_GROUPS } from '../../pipeline/contract/traits';
import { STAGES } from '../../pipeline/stages';
import type { StageModel } from '../store/snapshot';

/** The numbers of one update of a stage, as they were logged. */
export interface StepNumbers {
  update: number;
  updates: number;
  /** More than 1 where not every update is logged. */
  every: number;
  /** By the stage's own order of headings; what only repeats the horizontal axis is left out. */
  metrics: [name: string, value: number][];
  /** The update after which the stage was last measured; absent before the first time. */
  measured?: number;
}

/** Of the latest update that a stage has logged; undefined before the first. */
export function stepNumbers({ stage, rows, evaluations }: StageModel): StepNumbers | undefined {
  const trained = rows.filter((row) => row.type === 'metrics');
  const last = trained.at(-1);
  if (!last) return undefined;
  const declared = STAGES[stage].metrics;
  const rank = (name: string) =>
    METRIC_GROUPS.findIndex((group) => group === (declared[name] ?? 'optimiser'));
  const measured = evaluations.at(-1)?.update;
  return {
    update: last.update,
    updates: last.updates,
    every: last.update - (trained.at(-2)?.update ?? last.update - 1),
    metrics: Object.entries(last.metrics)
      .filter(([name]) => declared[name] !== 'hidden')
      .sort(([a], [b]) => rank(a) - rank(b)),
    ...(measured === undefined ? {} : { measured }),
  };
}
