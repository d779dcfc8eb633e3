import type { LabConfig } from '../../pipeline/lab/config';
import type { StoredRun } from '../../pipeline/records/recording';
import { median } from './spread';

export interface Times {
  /** Seconds until two arms can be compared, and until all arms are done, on two CPU cores. */
  first: number;
  all: number;
  /** Seconds of a whole run, one stage after the other, trunk included. */
  seed: number;
}

/**
 * What a run takes, from what the recorded ones took (medians over seeds). Two workers share the arms; each arm
 * waits for its own part of the trunk; the trunk that all share is ready-made in the page. Undefined where no
 * run has all arms.
 */
export function timesOf(recorded: readonly StoredRun[], config: LabConfig): Times | undefined {
  const runs = recorded.filter(({ summary }) => config.arms.every(({ id }) => id in summary.arms));
  if (runs.length === 0) return undefined;
  const seconds = config.arms.map(({ id }) =>
    median(runs.map(({ summary }) => secondsOf(summary.arms[id]) + ownTrunk(summary.trunk, id))),
  );
  const workers = [0, 0];
  const ends = seconds.map((s) => {
    const free = workers[0]! <= workers[1]! ? 0 : 1;
    return (workers[free]! += s);
  });
  const [first = 0, second = first] = [...ends].sort((a, b) => a - b);
  return {
    first: Math.max(first, second),
    all: Math.max(...ends),
    seed: median(runs.map((run) => run.summary.seconds)),
  };
}

type Figures = Readonly<Record<string, number | string>>;

const secondsOf = (figures: Figures | undefined): number => {
  const seconds = figures?.['seconds'];
  return typeof seconds === 'number' ? seconds : 0;
};

const ownTrunk = (trunk: Readonly<Record<string, Figures>>, arm: string): number =>
  Object.entries(trunk)
    .filter(([id]) => id.startsWith(`${arm}/`))
    .reduce((sum, [, figures]) => sum + secondsOf(figures), 0);
