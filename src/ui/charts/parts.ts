import { fixed } from '../i18n/format';
import type { ArmSeries } from '../store/compare';
import type { EvaluationPoint, XAxisName } from '../store/series';
import { armColour, armStyle } from '../theme/palette';
import type { EndLabel } from './EndLabels';

/** Pixels to the right of the last value, for the labels at the ends of lines. */
export const LABEL_ROOM = 72;

export const TICK = { fontSize: '0.6875rem', fill: 'var(--text-muted)' };

export const MARGIN = { top: 6, right: 2, bottom: 0, left: 0 };

/** Label at the end of an arm's line. */
export function endLabel(
  series: ArmSeries,
  axis: XAxisName,
  valueOf: (point: EvaluationPoint) => number | undefined,
  format: (value: number) => string = (v) => fixed(v, 2, true),
): EndLabel[] {
  const last = series.points[series.points.length - 1]!;
  const value = valueOf(last);
  if (value === undefined) return [];
  return [
    {
      key: series.id,
      text: `${shortName(series.name)} ${format(value)}`,
      colour: armColour(series.style),
      x: last[axis],
      y: value,
      faint: series.stale,
    },
  ];
}

/** Label of a horizontal line that stands for SFT. */
export const sftLabel = (text: string, x: number, y: number | undefined): EndLabel[] =>
  y === undefined ? [] : [{ key: 'sft', text, colour: 'var(--sft)', x, y, lift: 9 }];

const shortName = (name: string): string => (name.length > 8 ? `${name.slice(0, 7)}…` : name);

export const markerOf = (series: ArmSeries) => armStyle(series.style).marker;

/** Faint for results of earlier settings. */
export const opacityOf = (series: ArmSeries): number => (series.stale ? 0.4 : 1);
