import type { Figures, PartName, Row } from './results.mjs';
import type { Side } from './results.mjs';
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
  run(bench: Bench): Promise<Outcome>;
}

/** Rounds of a build as lines for a person who waits. */
export const told = (figures: Figures): string =>
  Object.entries(figures)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${Number(value.toPrecision(4))}`]))
    .join(', ');
