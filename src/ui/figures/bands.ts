import type { StoredEvaluation, StoredRun } from '../../pipeline/records/recording';
import type { StageName } from '../../pipeline/stages';
import { isLadder } from '../../pipeline/stages/traits';
import { START, type Row } from '../store/compare';
import type { EvaluationPoint, Progress, RowAxisName, XAxisName } from '../store/series';
import { median, rangeOf, type Range } from '../recorded/spread';

/** What charts draw over seeds. */
export const BAND_QUANTITIES = ['gold', 'kl', 'winRate'] as const;
export type BandQuantity = (typeof BAND_QUANTITIES)[number];

/** One measurement of an arm in all seeds. */
export interface BandPoint extends Progress {
  ranges: Record<BandQuantity, Range>;
}

/** The arm that a band belongs to. */
export interface BandArm {
  id: string;
  name: string;
  style: number;
  stage: StageName;
  isLimit: boolean;
}

/** An arm over the recorded seeds. */
export interface ArmBand extends BandArm {
  seeds: number;
  points: readonly BandPoint[];
  /** The middle of all seeds as if it were a run. */
  path: readonly EvaluationPoint[];
}

/**
 * Measurements of several seeds, first with first, second with second and so on; where they differ in length,
 * as far as the shortest goes. Seconds differ from seed to seed: the point stands at their median. Labels are not stored.
 */
export function bandPoints(histories: readonly (readonly StoredEvaluation[])[]): BandPoint[] {
  const length = histories.length ? Math.min(...histories.map((h) => h.length)) : 0;
  let kl = 0;
  return Array.from({ length }, (_, i) => {
    const rows = histories.map((h) => h[i]!);
    const middle = (axis: RowAxisName) => median(rows.map((row) => row[axis]));
    const over = (name: BandQuantity) => rangeOf(rows.map((row) => row.evaluation[name]));
    const ranges = { gold: over('gold'), kl: over('kl'), winRate: over('winRate') };
    kl = Math.max(kl, ranges.kl.median || 0);
    return {
      update: middle('update'),
      samples: middle('samples'),
      labels: 0,
      tokens: middle('tokens'),
      seconds: middle('seconds'),
      kl,
      ranges,
    };
  });
}

/** The median of every figure at every measurement. */
export function medianPath(histories: readonly (readonly StoredEvaluation[])[]): EvaluationPoint[] {
  return bandPoints(histories).map(({ ranges: _, ...at }, i) => {
    const rows = histories.map((h) => h[i]!);
    const names = Object.keys(rows[0]!.evaluation) as (keyof StoredEvaluation['evaluation'])[];
    const evaluation = Object.fromEntries(
      names.map((name) => [name, median(rows.flatMap((r) => r.evaluation[name] ?? []))]),
    ) as unknown as StoredEvaluation['evaluation'];
    return { ...at, updates: rows[0]!.updates, evaluation };
  });
}

/** Bands of the given arms; an arm that no seed has measured on the way has none. */
export const armBands = (runs: readonly StoredRun[], arms: readonly BandArm[]): ArmBand[] =>
  arms.flatMap((arm) => {
    const histories = runs.flatMap((run) => (run.history[arm.id] ? [run.history[arm.id]!] : []));
    const points = bandPoints(histories);
    return points.length ? [{ ...arm, seeds: histories.length, points, path: medianPath(histories) }] : [];
  });

/** As charts over time show them: ladders at their final value from beginning to end, without the limit. */
export const bandsOverTime = (bands: readonly ArmBand[], end: Progress): ArmBand[] =>
  bands
    .filter((band) => !band.isLimit)
    .map((band) => {
      if (!isLadder(band)) return band;
      const last = band.points[band.points.length - 1]!;
      const points = [
        { ...last, ...START },
        { ...last, ...end },
      ];
      return { ...band, points };
    });

/** Chart data with `arm.seeds` (the ends) and `arm.middle` added, in order of x. */
export function withBands(
  rows: readonly Row[],
  bands: readonly ArmBand[],
  axis: XAxisName,
  quantity: BandQuantity,
  scale = 1,
): Row[] {
  const byX = new Map(rows.map((row) => [row.x, { ...row }]));
  for (const { id, points } of bands)
    for (const point of points) {
      const x = point[axis];
      const { low, high, median: middle } = point.ranges[quantity];
      const row = byX.get(x) ?? { x };
      byX.set(x, {
        ...row,
        [`${id}.seeds`]: [scale * low, scale * high],
        [`${id}.middle`]: scale * middle,
      } as Row);
    }
  return [...byX.values()].sort((a, b) => a.x - b.x);
}

/** Where the horizontal axis ends for the bands of arms that take time. */
export const bandsEnd = (bands: readonly ArmBand[], axis: XAxisName): number =>
  Math.max(0, ...bands.filter((b) => !isLadder(b)).map((b) => b.points.at(-1)![axis]));
