import { nearest, type Stretch } from '../store/useCursor';
import type { XAxisName } from '../store/series';
import { niceAxis, type Axis } from './axes';

/** A point of a line: when it was measured, and where it stands in the chart. */
export interface ScrubPoint {
  time: number;
  x: number;
  y: number;
}

export interface ScrubLine {
  id: string;
  name: string;
  style: number;
  /** Where there is no arm that gives the colour. */
  colour?: string;
  /** On the right axis, and dashed. */
  second?: boolean;
  points: readonly ScrubPoint[];
}

/** What a chart answers when it is pointed at. */
export interface Scrub {
  axis: XAxisName;
  lines: readonly ScrubLine[];
  format: (value: number) => string;
  formatSecond?: ((value: number) => string) | undefined;
  /** Over time, with a line through the chart; else by the point that is nearest. */
  isOverTime: boolean;
}

/** Places where something was measured, rising, each once. */
export const stopsOf = (lines: readonly ScrubLine[]): number[] =>
  [...new Set(lines.flatMap((line) => line.points.map((p) => p.time)))].sort((a, b) => a - b);

/** The stop that is `by` further than the one nearest to `at`; from nowhere the first or the last. */
export function stepped(stops: readonly number[], at: number | undefined, by: number): number | undefined {
  if (at === undefined) return by > 0 ? stops[0] : stops.at(-1);
  const here = stops.indexOf(nearest(stops, at, (x) => x)!);
  return stops[Math.min(stops.length - 1, Math.max(0, here + by))];
}

export interface Reading {
  line: ScrubLine;
  point: ScrubPoint;
}

/** Every line at a time: where it was measured nearest to it. */
export const readingsAt = (lines: readonly ScrubLine[], time: number): Reading[] =>
  lines.flatMap((line) => {
    const point = nearest(line.points, time, (p) => p.time);
    return point ? [{ line, point }] : [];
  });

/** The part of the axis that is looked at; the whole where the stretch is of another axis. */
export function zoomed(whole: Axis, axis: XAxisName, zoom: Stretch | null): Axis {
  if (zoom?.axis !== axis) return whole;
  const from = Math.max(whole.domain[0], zoom.from);
  const to = Math.min(whole.domain[1], zoom.to);
  if (!(to > from)) return whole;
  const ticks = niceAxis([from, to], [], 5).ticks.filter((tick) => tick >= from && tick <= to);
  return { domain: [from, to], ticks };
}

/** A stretch around a place, `factor` as long as the one that is shown. */
export function zoomAround(shown: Axis, at: number, factor: number): { from: number; to: number } {
  const [low, high] = shown.domain;
  const half = ((high - low) * factor) / 2;
  return { from: at - half, to: at + half };
}

/** What is drawn of an arm, so that the others can be faded. */
export const armClass = (id: string): string => `arm arm-${id}`;

/** Under this id stands the previous run of an arm among the rows of a chart. */
export const ghostId = (id: string): string => `${id}~`;
