import type { GoldScore } from '../../src/world';

export const words = (text: string): string[] => text.split(' ').filter(Boolean);

export const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** `count` draws. */
export const draws = <T>(count: number, draw: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => draw(i));

/** Parts as an object, for readable expectations. Values are rounded to 1e-9. */
export const partsOf = (score: GoldScore): Record<string, number> =>
  Object.fromEntries(score.parts.map(({ name, value }) => [name, Math.round(value * 1e9) / 1e9]));

/** Five standard errors of a share, so that a right implementation practically never fails. */
export const fiveSigma = (share: number, count: number): number =>
  5 * Math.sqrt((share * (1 - share)) / count);
