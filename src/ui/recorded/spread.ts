/** The middle of a list: of an even one, the mean of the two in the middle. NaN of an empty one. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return sorted.length % 2 ? sorted[Math.floor(half)]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Median and ends of a figure over seeds. */
export interface Range {
  median: number;
  low: number;
  high: number;
}

export const rangeOf = (values: readonly number[]): Range => ({
  median: median(values),
  low: Math.min(...values),
  high: Math.max(...values),
});
