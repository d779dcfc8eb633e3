import { inRounds, type Figures, type PartName, type Row, type Side } from './results.mjs';
import type { Scope } from './scope.mjs';
import type { Tree } from './trees.mjs';

export const SIZES = ['quick', 'part', 'whole'] as const;
export type Size = (typeof SIZES)[number];

/** What a part has to work with. */
export interface Bench {
  scope: Scope;
  trees: Record<Side, Tree>;
  /** A folder for whatever it writes; gone at the end. */
  folder: string;
  size: Size;
  rounds: number;
  /** Whether another round of so many milliseconds would take longer than the part may. */
  enough(ms: number): boolean;
  say(message: string): void;
  /** The browser that was used, for the record. */
  usedBrowser(version: string): void;
}

export interface Outcome {
  what: string;
  rounds: number;
  rows: Row[];
  notes: string[];
}

export interface Part {
  name: PartName;
  title: string;
  /** How long one round of it takes beside the others, roughly, where time is limited. */
  weight: number;
  run(bench: Bench): Promise<Outcome>;
}

/** Measures both builds for so many rounds, fewer where time is short, but at least once. */
export const pairsOf = <T,>(
  { enough }: Bench,
  rounds: number,
  measure: (side: Side) => Promise<T>,
): Promise<Record<Side, T>[]> => inRounds(rounds, measure, enough);

/** Milliseconds for the next of several parts that share what is left by their weights. */
export const shareOf = (left: number, [next = 1, ...later]: readonly number[]): number =>
  (left * next) / [next, ...later].reduce((a, b) => a + b);

/** Rounds of a build as lines for a person who waits. */
export const told = (figures: Figures): string =>
  Object.entries(figures)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${Number(value.toPrecision(4))}`]))
    .join(', ');
