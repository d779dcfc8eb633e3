import type { ArmSeries } from './compare';
import type { LabState } from './lab-state';

export type Ghosts = readonly ArmSeries[];

type Seen = Pick<LabState, 'series' | 'config' | 'demo'> & { replay: object | null };

/** Whether these are points of the same run, of which the later has gone on. */
const isSameRun = (before: ArmSeries, after: ArmSeries): boolean =>
  before.points[0]!.evaluation === after.points[0]!.evaluation;

/**
 * What has just become an earlier run, with those that were there before: a run of one point shows no way. Another
 * task, size or lesson has no earlier runs, a recording leaves them as they are.
 */
export function ghostsAfter(ghosts: Ghosts, before: Seen, after: Seen): Ghosts {
  const { task, size } = after.config;
  if (before.config.task !== task || before.config.size !== size || before.demo !== after.demo) return [];
  if (before.replay || after.replay || before.series === after.series) return ghosts;
  const ended = before.series.filter((s) => {
    const now = after.series.find(({ id }) => id === s.id);
    return s.points.length > 1 && !(now && isSameRun(s, now));
  });
  const left = ghosts.filter(({ id }) => !ended.some((s) => s.id === id));
  const arms = new Set(after.config.arms.map(({ id }) => id));
  const kept = [...left, ...ended].filter(({ id }) => arms.has(id));
  return ended.length === 0 && kept.length === ghosts.length ? ghosts : kept;
}
