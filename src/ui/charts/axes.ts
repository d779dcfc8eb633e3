/** Room and steps of an axis. */
export interface Axis {
  domain: [number, number];
  ticks: number[];
}

/** 1, 2 or 5 times a power of ten, at least `step`. */
export function niceStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const lead = step / power;
  return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
}

/**
 * An axis with round ends around the values, in about `count` steps. Round ends keep the scale steady while a
 * line grows. `include` are values that are always inside.
 */
export function niceAxis(values: readonly number[], include: readonly number[] = [], count = 4): Axis {
  const finite = [...values, ...include].filter(Number.isFinite);
  const low = finite.length ? Math.min(...finite) : 0;
  const high = finite.length ? Math.max(...finite) : 1;
  const step = niceStep((high > low ? high - low : Math.abs(high) || 1) / count);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => tidy((first + i) * step));
  return { domain: [ticks[0]!, ticks[ticks.length - 1]!], ticks };
}

/** From 0 to exactly `max`, ticks at round values. */
export function progressAxis(max: number, count = 6): Axis {
  const end = max > 0 ? max : 1;
  const step = Math.max(niceStep(end / count), end <= 1 ? 0 : 1);
  const ticks = [];
  for (let at = 0; at <= end * (1 + 1e-9); at += step) ticks.push(tidy(at));
  return { domain: [0, end], ticks };
}

/** Shares in percent. */
export const SHARE: Axis = { domain: [0, 100], ticks: [0, 25, 50, 75, 100] };

/** As far below zero as above it, so that its zero is at the height of another such axis. */
export function mirrored(values: readonly number[]): Axis {
  const reach = niceAxis(values.map(Math.abs), [0, 1], 2).domain[1];
  return { domain: [-reach, reach], ticks: [-reach, 0, reach] };
}

/** Powers of ten around the values, with the ends; zero is among them where a value is. */
export function logAxis(values: readonly number[]): Axis {
  const sizes = values.filter((x) => Number.isFinite(x) && x > 0);
  const high = Math.ceil(Math.log10(Math.max(1e-9, ...sizes)) - 1e-9);
  const hasZero = values.some((x) => x <= 0);
  const lowest = sizes.length ? Math.min(...sizes) : 1;
  const low = Math.min(high - 1, hasZero ? 0 : Math.floor(Math.log10(lowest) + 1e-9));
  const powers = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
  const ticks = [...(hasZero ? [0] : []), ...powers].map(tidy);
  return { domain: [ticks[0]!, ticks[ticks.length - 1]!], ticks };
}

const tidy = (x: number): number => Number(x.toPrecision(10));

export interface LabelSpot {
  key: string;
  /** Where the label would like to be, pixels. */
  y: number;
}

/** Moves labels apart to at least `gap` pixels, in order, inside [top, bottom]. */
export function placeLabels(
  spots: readonly LabelSpot[],
  gap: number,
  top: number,
  bottom: number,
): LabelSpot[] {
  const sorted = [...spots].sort((a, b) => a.y - b.y).map((s) => ({ ...s }));
  gap = Math.min(gap, (bottom - top) / Math.max(1, sorted.length - 1)); // better close than outside
  sorted.forEach((spot, i) => {
    const lowest = i === 0 ? top : sorted[i - 1]!.y + gap;
    spot.y = Math.max(spot.y, lowest);
  });
  for (let i = sorted.length - 1; i >= 0; i--) {
    const highest = i === sorted.length - 1 ? bottom : sorted[i + 1]!.y - gap;
    sorted[i]!.y = Math.min(sorted[i]!.y, highest);
  }
  return sorted;
}
