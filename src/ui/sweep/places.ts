import type { Sweep } from '../../pipeline/lab/sweep';
import { areRatios } from '../../pipeline/lab/sweep-values';

export interface Places {
  /** Where each arm stands, and which value it has. */
  at: ReadonlyMap<string, { x: number; index: number; value: unknown }>;
  ends: [number, number];
  isLog: boolean;
  /** The values are numbers: a line between them means something. */
  ordered: boolean;
}

/** Where the arms of a sweep stand on its axis: numbers by size or ratio, anything else one after the other. */
export function placesOf({ config, axis }: Sweep): Places {
  const places = axis?.places ?? config.arms.map(({ id }) => ({ arm: id, value: id }));
  const values = places.map(({ value }) => value);
  const ordered = values.every((value) => typeof value === 'number');
  const isLog = areRatios(values);
  const place = (value: unknown, i: number): number =>
    !ordered ? i : isLog ? Math.log10(value as number) : (value as number);
  const at = new Map(places.map(({ arm, value }, i) => [arm, { x: place(value, i), index: i, value }]));
  const xs = [...at.values()].map(({ x }) => x);
  const [low, high] = [Math.min(...xs), Math.max(...xs)];
  return { at, ends: high > low ? [low, high] : [low - 1, high + 1], isLog, ordered };
}
