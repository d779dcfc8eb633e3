import type { ArmBand, BandQuantity } from '../figures/bands';
import type { ArmSeries } from '../store/compare';
import type { EvaluationPoint, XAxisName } from '../store/series';
import { armColour, armStyle } from '../theme/palette';
import type { EndLabel } from './EndLabels';
import { areShort, shortNames } from './labels';
import type { ScrubLine } from './scrub';

/** With more arms than this, charts need more height. */
export const MANY = 4;

export const MARGIN = { top: 6, right: 2, bottom: 0, left: 0 };

/** Names of arms as they stand in charts, by id. */
export function namesIn(arms: readonly { id: string; name: string }[]): Record<string, string> {
  const short = shortNames(arms.map((arm) => arm.name));
  return Object.fromEntries(arms.map((arm, i) => [arm.id, short[i]!]));
}

/**
 * Names of arms at the ends of their lines, by id: as they are where all of them are short and few; else none, and the
 * marker stands for the arm, whose name is over the charts.
 */
export function endNames(arms: readonly { id: string; name: string }[]): Record<string, string> {
  const fit = arms.length <= MANY && areShort(arms.map((arm) => arm.name));
  return Object.fromEntries(arms.map((arm) => [arm.id, fit ? arm.name : '']));
}

/** The lines of arms over time, as they answer when they are pointed at. */
export const timeLines = (
  series: readonly ArmSeries[],
  axis: XAxisName,
  value: (point: EvaluationPoint) => number | undefined,
  more: Partial<ScrubLine> = {},
): ScrubLine[] =>
  series.map(({ id, name, style, points }) => ({
    id,
    name,
    style,
    points: points.flatMap((p) => {
      const y = value(p);
      return y === undefined ? [] : [{ time: p[axis], x: p[axis], y }];
    }),
    ...more,
  }));

export interface LabelOptions {
  axis: XAxisName;
  names: Readonly<Record<string, string>>;
  format: (value: number) => string;
}

/** Labels at the ends of the arms' lines. */
export const endLabels = (
  series: readonly ArmSeries[],
  valueOf: (point: EvaluationPoint) => number | undefined,
  { axis, names, format }: LabelOptions,
): EndLabel[] =>
  series.flatMap((s) => {
    const last = s.points[s.points.length - 1]!;
    const value = valueOf(last);
    if (value === undefined) return [];
    const text = `${names[s.id]} ${format(value)}`.trim();
    return [
      {
        key: s.id,
        text,
        colour: armColour(s.style),
        arm: { id: s.id, style: s.style },
        x: last[axis],
        y: value,
        ...(s.stale ? { faint: true } : {}),
      },
    ];
  });

/** Labels of arms that are there as recorded seeds only. */
export const bandLabels = (
  bands: readonly ArmBand[],
  quantity: BandQuantity,
  { axis, names, format }: LabelOptions,
  scale = 1,
): EndLabel[] =>
  bands.map((b) => {
    const last = b.points[b.points.length - 1]!;
    const y = scale * last.ranges[quantity].median;
    return {
      key: b.id,
      text: `${names[b.id]} ${format(y)}`.trim(),
      colour: armColour(b.style),
      arm: { id: b.id, style: b.style },
      x: last[axis],
      y,
    };
  });

/** Label of a horizontal line that stands for what the arms start from. */
export const startLabel = (text: string, x: number, y: number | undefined): EndLabel[] =>
  y === undefined ? [] : [{ key: 'start', text, colour: 'var(--sft)', x, y, lift: 9 }];

export const markerOf = (series: { style: number }) => armStyle(series.style).marker;

/** Faint for results of earlier settings. */
export const opacityOf = (series: { stale?: boolean }): number => (series.stale ? 0.4 : 1);
