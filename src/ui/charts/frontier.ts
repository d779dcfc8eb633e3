import { frontierCurve, frontierGap, type Place } from '../../pipeline/measures/derived';
import { fittedReward } from '../../pipeline/maths/overoptimization';
import { STAGES } from '../../pipeline/stages';
import type { References } from '../../pipeline/lab/reference';
import type { ArmBand } from '../figures/bands';
import type { ArmSeries } from '../store/compare';
import type { ViewState } from '../store/useView';
import { niceAxis, type Axis } from './axes';

/** Where even steps of the logarithmic axis give way to even factors, nats. */
const BEND = 0.1;

/** Where a KL stands on the horizontal axis, from nats; 0 at its beginning on every scale. */
export function distance(kl: number, axis: ViewState['klAxis']): number {
  const nats = Math.max(0, kl);
  return { kl: nats, sqrt: Math.sqrt(nats), log: Math.log10(1 + nats / BEND) }[axis];
}

/** The axis up to a place, its ticks at round numbers of nats. */
export function klAxisTo(end: number, axis: ViewState['klAxis']): Axis & { nats: Map<number, number> } {
  const most = { kl: end, sqrt: end ** 2, log: BEND * (10 ** end - 1) }[axis];
  const values = ticksOf(most, axis);
  const places = values.map((kl) => distance(kl, axis));
  const domain: [number, number] = [0, Math.max(end, axis === 'kl' ? places.at(-1)! : 0, 1e-3)];
  const inside = places.filter((at) => at <= domain[1] + 1e-9);
  return { domain, ticks: inside, nats: new Map(places.map((at, i) => [at, values[i]!])) };
}

function ticksOf(most: number, axis: ViewState['klAxis']): number[] {
  if (axis === 'kl') return niceAxis([0, most], [0, 2]).ticks;
  if (axis === 'sqrt')
    return niceAxis([0, Math.sqrt(most)], [0, 1], 5).ticks.map((d) => Number((d * d).toPrecision(6)));
  const decades = Math.max(1, Math.ceil(Math.log10(Math.max(1, most))));
  return [0, BEND, ...Array.from({ length: decades + 1 }, (_, i) => 10 ** i)];
}

/** The limit: highest reward by KL, from its start up; of this run if it was measured here, else the recorded one. */
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

/** A peak further out than this many times what was measured says that the curve does not bend. */
const OUTSIDE = 3;

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
  if (peak !== undefined && peak > OUTSIDE * furthest) return undefined;
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

/**
 * Every arm at its last point, nearest to the limit first. The limit is by KL from what it reweights: an arm with
 * another reference has no place below it.
 */
export function gapRows(
  series: readonly ArmSeries[],
  bands: readonly ArmBand[],
  references: References,
): GapRow[] {
  const limit = limitOf(series, bands);
  if (!limit) return [];
  const live = series.map((s) => ({ arm: s, last: s.points.at(-1)!, recorded: false }));
  const others = bands
    .filter((b) => !series.some((s) => s.id === b.id))
    .map((b) => ({ arm: b, last: b.path.at(-1)!, recorded: true }));
  return [...live, ...others]
    .filter(({ arm }) => !arm.isLimit && references[arm.id]?.id === references[limit.id]?.id)
    .map(({ arm: { id, name, style }, last: { evaluation }, recorded }) => {
      const { kl, gold } = evaluation;
      const gap = frontierGap(limit.curve, { kl, gold })!;
      return { id, name, style, kl, gold, gap, atLeast: kl > limit.curve.at(-1)!.kl, recorded };
    })
    .sort((a, b) => a.gap - b.gap);
}
