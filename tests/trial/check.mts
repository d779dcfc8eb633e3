import type { Noted } from '../support/noted';

/** What is run at once: `rows` in the short form that CI has, the others in a long one. */
export const PARTS = ['rows', 'fuzz', 'kills', 'deaths', 'losses', 'soak'] as const;
export type Part = (typeof PARTS)[number];

/** Tests of a file by a piece of their names. */
export interface Tests {
  /** From the top of the repository. */
  file: string;
  /** Pieces of `describe it`, as vitest joins them. */
  names: readonly string[];
}

/** A line of the report. */
export interface Check {
  id: string;
  part: Part;
  /** What is done, or happens. */
  what: string;
  /** What is right. */
  right: string;
  tests: readonly Tests[];
  /** What its figures have against it; nothing if all is right. */
  against?: (noted: Noted) => string[];
}

export const tests = (file: string, ...names: string[]): Tests => ({ file: `tests/${file}`, names });
