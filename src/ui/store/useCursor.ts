import { create } from 'zustand';
import type { XAxisName } from './series';

/** A place on the horizontal axis of all charts over time. */
export interface Place {
  axis: XAxisName;
  x: number;
}

/** A part of that axis. */
export interface Stretch {
  axis: XAxisName;
  from: number;
  to: number;
}

export interface CursorState {
  /** Where the pointer is; gone with it. */
  hovered: Place | null;
  /** Where it was put: stays until it is let go of. */
  pinned: Place | null;
  /** The arm that the pointer or the focus is on. */
  pointed: string | null;
  /** The arm that is singled out. */
  held: string | null;
  /** What happens to the others meanwhile. */
  others: 'faded' | 'hidden';
  /** The stretch of time that charts show; null for all of it. */
  zoom: Stretch | null;
  /** Whether the previous run of every arm is drawn too. */
  ghosts: boolean;
}

/** Where everybody looks: one update and one arm for all charts and answers of the page. */
export const useCursor = create<CursorState>(() => ({
  hovered: null,
  pinned: null,
  pointed: null,
  held: null,
  others: 'faded',
  zoom: null,
  ghosts: true,
}));

export const setCursor = (change: Partial<CursorState>): void => useCursor.setState(change);

/** Where the cursor stands on this axis; undefined while there is none. */
export function cursorOn(axis: XAxisName, { hovered, pinned }: CursorState): number | undefined {
  const place = hovered ?? pinned;
  return place?.axis === axis ? place.x : undefined;
}

/** The arm that is seen clearly while the others are faded; null for all. */
export const litArm = ({ pointed, held }: CursorState): string | null => pointed ?? held;

/** The only arm that is drawn; null for all. */
export const onlyArm = ({ held, others }: CursorState): string | null => (others === 'hidden' ? held : null);

export const hold = (id: string): void =>
  useCursor.setState(({ held }) => ({ held: held === id ? null : id }));

/** Puts the cursor down, or lets go of it where it lies already. */
export const pin = (place: Place): void =>
  useCursor.setState(({ pinned }) => ({
    pinned: pinned?.axis === place.axis && pinned.x === place.x ? null : place,
  }));

export const release = (): void => useCursor.setState({ hovered: null, pinned: null });

/** The one that was measured nearest to a place, the earlier of two; undefined without any. */
export function nearest<T>(points: readonly T[], x: number, of: (point: T) => number): T | undefined {
  let best: T | undefined;
  for (const point of points)
    if (best === undefined || Math.abs(of(point) - x) < Math.abs(of(best) - x)) best = point;
  return best;
}

/** Series as far as they go up to a place, those that begin after it left out. */
export const onlyWithin = <P, S extends { points: readonly P[] }>(
  series: readonly S[],
  of: (point: P) => number,
  end: number,
): S[] =>
  series
    .map((s) => ({ ...s, points: s.points.filter((p) => of(p) <= end) }))
    .filter((s) => s.points.length > 0);
