import type { Sweep, SweepRun } from '../lab/sweep';
import { spreadOf, type Spread } from './verdict';

/** A figure where a sweep has been, over its seeds. */
export interface CurvePoint {
  arm: string;
  /** Of the swept setting; of a sweep over seeds alone the arm. */
  value: unknown;
  /** Over the seeds that have it. */
  spread: Spread;
  each: readonly { seed: number; y: number }[];
}

type Summaries = Readonly<Record<string, { summary: Readonly<Record<string, number>> }>>;

/** The points of a figure in the order of the values; places where no seed has it are left out. */
export function curveOf(
  { config, axis }: Sweep,
  runs: readonly SweepRun[],
  results: Summaries,
  figure: string,
): CurvePoint[] {
  const places = axis?.places ?? config.arms.map(({ id }) => ({ arm: id, value: id }));
  return places.flatMap(({ arm, value }) => {
    const each = runs.flatMap((run) => {
      const y = run.arm === arm ? results[run.key]?.summary[figure] : undefined;
      return y === undefined ? [] : [{ seed: run.seed, y }];
    });
    return each.length > 0 ? [{ arm, value, spread: spreadOf(each.map(({ y }) => y)), each }] : [];
  });
}

/** The figures that some run has. */
export const figuresIn = (runs: readonly SweepRun[], results: Summaries): string[] => [
  ...new Set(runs.flatMap(({ key }) => Object.keys(results[key]?.summary ?? {}))),
];
