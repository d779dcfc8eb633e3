import { frontierCurve, frontierGap, type Place } from '../../pipeline/measures/derived';
import { fittedReward } from '../../pipeline/maths/overoptimization';
import { STAGES } from '../../pipeline/stages';
import type { ArmBand } from '../figures/bands';
import type { ArmSeries } from '../store/compare';
import type { ViewState } from '../store/useView';

/** What the horizontal axis counts, from nats. */
export const distance = (kl: number, axis: ViewState['klAxis']): number =>
  axis === 'sqrt' ? Math.sqrt(Math.max(0, kl)) : Math.max(0, kl);

/** The limit: highest reward by KL, from SFT up; of this run if it was measured here, else the recorded one. */
export function limitOf(
  series: readonly ArmSeries[],
  bands: readonly ArmBand[],
): { id: string; curve: Place[] } | undefined {
  const live = series.find((s) => s.isLimit);
  const recorded = bands.find((b) => b.isLimit);
  const points = live?.points ?? recorded?.path;
  const id = live?.id ?? recorded?.id;
  if (!points || id === undefined) return undefined;
  const curve = frontierCurve(points.map((p) => p.evaluation));
  return curve.length > 1 ? { id, curve } : undefined;
}

/** How well a fit has to describe the way of an arm to be drawn: share of the variance. */
const GOOD_FIT = 0.5;
const STEPS = 60;

export interface FitCurve {
  points: Place[];
  /** Where it is highest, if that is on the way that was measured. */
  peak?: Place;
}

/** The fitted curve of Gao et al. along the way of an arm; undefined without one that describes it. */
export function fitCurve({ stage, points, summary }: ArmSeries): FitCurve | undefined {
  const [alpha, beta, r2] = ['fit.alpha', 'fit.beta', 'fit.r2'].map((name) => summary?.[name]);
  const start = points[0];
  if (alpha === undefined || beta === undefined || !start || !(r2! >= GOOD_FIT)) return undefined;
  const form = STAGES[stage].fit;
  if (!form) return undefined;
  const furthest = Math.max(...points.map((p) => p.evaluation.kl));
  const at = (kl: number): Place => ({
    kl,
    gold: start.evaluation.gold + fittedReward(form, { alpha, beta }, kl),
  });
  // even steps of √KL: the bend is near the start
  const curve = Array.from({ length: STEPS + 1 }, (_, i) => at(furthest * (i / STEPS) ** 2));
  const peak = summary?.['fit.peakKl'];
  return {
    points: curve,
    ...(peak !== undefined && peak < 0.9 * furthest ? { peak: at(peak) } : {}),
  };
}

/** How many times as far as the next one an arm may be before it is left outside. */
const FAR = 3;

/**
 * The value up to which an axis should reach, so that one arm that is far out does not squeeze all others together:
 * those out there are left outside. Infinity where nobody is.
 */
export function reachOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => b - a);
  let outside = 0;
  while (
    outside < 2 &&
    sorted.length - outside > 2 &&
    sorted[outside]! > FAR * Math.max(1, sorted[outside + 1]!)
  )
    outside++;
  return outside ? 1.3 * Math.max(1, sorted[outside]!) : Infinity;
}

/** An arm and how far it is below the limit at its own KL. */
export interface GapRow extends Place {
  id: string;
  name: string;
  style: number;
  gap: number;
  /** Beyond the last rung of the limit: the gap is at least that. */
  atLeast: boolean;
  recorded: boolean;
}

/** Every arm at its last point, nearest to the limit first. */
export function gapRows(series: readonly ArmSeries[], bands: readonly ArmBand[]): GapRow[] {
  const limit = limitOf(series, bands);
  if (!limit) return [];
  const live = series.map((s) => ({ arm: s, last: s.points.at(-1)!, recorded: false }));
  const others = bands
    .filter((b) => !series.some((s) => s.id === b.id))
    .map((b) => ({ arm: b, last: b.path.at(-1)!, recorded: true }));
  return [...live, ...others]
    .filter(({ arm }) => !arm.isLimit)
    .map(({ arm: { id, name, style }, last: { evaluation }, recorded }) => {
      const { kl, gold } = evaluation;
      const gap = frontierGap(limit.curve, { kl, gold })!;
      return { id, name, style, kl, gold, gap, atLeast: kl > limit.curve.at(-1)!.kl, recorded };
    })
    .sort((a, b) => a.gap - b.gap);
}
