import type { TimedEvent } from '../../pipeline/lab/runner';
import type { Evaluation, EvaluationPlan } from '../../pipeline/contract/stage';

/** What the horizontal axis of the charts counts. */
export const X_AXES = ['update', 'samples', 'labels', 'tokens', 'seconds', 'kl'] as const;
export type XAxisName = (typeof X_AXES)[number];
/** Of these every row of training knows how far it is. */
export const ROW_AXES = ['update', 'samples', 'tokens', 'seconds'] as const;
export type RowAxisName = (typeof ROW_AXES)[number];

/** Most points of a line that are drawn, however long the run. */
export const MAX_POINTS = 300;

/** The axis for rows of training: updates where they do not know the chosen one. */
export const rowAxis = (axis: XAxisName): RowAxisName => ROW_AXES.find((name) => name === axis) ?? 'update';

/** What has been used so far. Labels: comparisons, each once; tokens: read and written; kl: the farthest from the start, nats. */
export type Progress = Record<XAxisName, number>;

export interface EvaluationPoint extends Progress {
  updates: number;
  evaluation: Evaluation;
}

export interface MetricPoint extends Record<RowAxisName, number> {
  value: number;
}

/** What has been read of a run's events, which only ever grow: each is looked at once, however often it is asked. */
interface Seen {
  count: number;
  evaluations: EvaluationPoint[];
  metrics: Map<string, MetricPoint[]>;
}
const seenOf = new WeakMap<readonly TimedEvent[], Seen>();

function read(events: readonly TimedEvent[]): Seen {
  let seen = seenOf.get(events);
  if (!seen || seen.count > events.length)
    seenOf.set(events, (seen = { count: 0, evaluations: [], metrics: new Map() }));
  for (; seen.count < events.length; seen.count++) add(seen, events[seen.count]!);
  return seen;
}

function add({ evaluations, metrics }: Seen, e: TimedEvent): void {
  const { update, updates, samples, tokens, seconds } = e;
  if (e.type === 'evaluation') {
    const { evaluation } = e;
    const kl = Math.max(evaluations.at(-1)?.kl ?? 0, evaluation.kl || 0);
    evaluations.push({ update, updates, samples, labels: 0, tokens, seconds, kl, evaluation });
  }
  if (e.type !== 'metrics') return;
  for (const [name, value] of Object.entries(e.metrics)) {
    if (!Number.isFinite(value)) continue;
    let points = metrics.get(name);
    if (!points) metrics.set(name, (points = []));
    points.push({ update, samples, tokens, seconds, value });
  }
}

/** The held-out measurements of an arm, in order; `labels`: how many it has used when it has seen so many samples. */
export const evaluationPoints = (
  events: readonly TimedEvent[],
  labels: (samples: number) => number = () => 0,
): EvaluationPoint[] =>
  thin([...read(events).evaluations], (p) => p.evaluation.gold).map((p) => ({
    ...p,
    labels: labels(p.samples),
  }));

/** Every metric of a stage by name, in the order of first appearance, each thinned. Non-finite values are left out. */
export const metricSeries = (events: readonly TimedEvent[]): Map<string, MetricPoint[]> =>
  new Map([...read(events).metrics].map(([name, points]) => [name, thin([...points], (p) => p.value)]));

/** The last logged value of a metric. */
export function latestMetric(events: readonly TimedEvent[], name: string): number | undefined {
  for (let i = events.length - 1; i >= 0; i--) {
    const event = events[i]!;
    if (event.type === 'metrics' && event.metrics[name] !== undefined) return event.metrics[name];
  }
  return undefined;
}

/**
 * At most `max` of the points: the first, the last, and of each stretch in between its lowest and its highest,
 * so that no spike is lost.
 */
export function thin<T>(points: T[], valueOf: (point: T) => number, max = MAX_POINTS): T[] {
  if (points.length <= max) return points;
  const buckets = Math.floor((max - 2) / 2);
  const inner = points.length - 2;
  const kept = [points[0]!];
  for (let b = 0; b < buckets; b++) {
    const from = 1 + Math.floor((b * inner) / buckets);
    const to = 1 + Math.floor(((b + 1) * inner) / buckets);
    let [low, high] = [from, from];
    for (let i = from; i < to; i++) {
      if (valueOf(points[i]!) < valueOf(points[low]!)) low = i;
      if (valueOf(points[i]!) > valueOf(points[high]!)) high = i;
    }
    kept.push(points[Math.min(low, high)]!);
    if (low !== high) kept.push(points[Math.max(low, high)]!);
  }
  kept.push(points[points.length - 1]!);
  return kept;
}

/** Tokens per second over the last rows of a stage; undefined until two rows are there. */
export function tokensPerSecond(events: readonly TimedEvent[], rows = 8): number | undefined {
  const last = events[events.length - 1];
  const first = events[Math.max(0, events.length - 1 - rows)];
  if (!last || !first || last.seconds <= first.seconds) return undefined;
  return (last.tokens - first.tokens) / (last.seconds - first.seconds);
}

/** Rows of training whose pace is that of the rest: enough to level out uneven ones, few enough to follow a change. */
const PACE_ROWS = 24;

/**
 * Seconds until a stage is done. Updates and measurements are counted apart: of the first, the pace of the latest rows
 * (without the very first, which also starts the engine); of the others, what one has cost so far, as many as `plan` has
 * left, the last one over its own number of prompts. Without a plan nothing is measured on the way.
 */
export function secondsLeft(events: readonly TimedEvent[], plan?: EvaluationPlan): number | undefined {
  const last = events[events.length - 1];
  if (!last || last.update === 0) return undefined;
  const left = Math.max(0, last.updates - last.update);
  if (!events.some((e) => e.type === 'metrics'))
    // a ladder: every row is a measurement
    return left > 0 ? (left * last.seconds) / last.update : undefined;
  const isOver = last.type === 'evaluation' && left === 0;
  if (isOver || (left === 0 && !plan)) return undefined;
  return left * secondsPerUpdate(events) + (plan ? measuring(events, last, plan) : 0);
}

/** How long a row took, alone. */
const spent = (events: readonly TimedEvent[], i: number): number =>
  events[i]!.seconds - (events[i - 1]?.seconds ?? 0);

/** Of the latest rows of training. */
function secondsPerUpdate(events: readonly TimedEvent[]): number {
  let [rows, seconds, updates] = [0, 0, 0];
  for (let i = events.length - 1; i >= 0 && rows < PACE_ROWS; i--) {
    if (events[i]!.type !== 'metrics') continue;
    const from = updateBefore(events, i);
    if (from === 0 && rows > 0) break; // the first row
    rows++;
    seconds += spent(events, i);
    updates += events[i]!.update - from;
  }
  return updates > 0 ? seconds / updates : 0;
}

function updateBefore(events: readonly TimedEvent[], i: number): number {
  for (let before = i - 1; before >= 0; before--)
    if (events[before]!.type === 'metrics') return events[before]!.update;
  return 0;
}

/** Seconds of the measurements that are still to come. */
function measuring(events: readonly TimedEvent[], last: TimedEvent, plan: EvaluationPlan): number {
  const done = events.flatMap((e, i) =>
    e.type === 'evaluation' ? [{ update: e.update, seconds: spent(events, i) }] : [],
  );
  // at the start SFT is measured, which is drawn anew or was known
  const trained = done.filter(({ update }) => update > 0);
  const known = trained.length > 0 ? trained : done;
  if (known.length === 0) return 0;
  const each = known.reduce((sum, { seconds }) => sum + seconds, 0) / known.length;
  const between = Math.max(0, plan.times - 1 - trained.length);
  return each * ((last.update < last.updates ? between : 0) + plan.finalPrompts / plan.prompts);
}
