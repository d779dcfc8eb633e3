import { inject, type TestContext } from 'vitest';
import type { Amounts } from './amounts';

/** Figures by name, in words that a reader of tests/trial/RESULTS.md understands. */
export type Noted = Record<string, number>;

declare module 'vitest' {
  interface TaskMeta {
    /** What a test has counted and measured, for the trial. */
    noted?: Noted;
  }
}

/** How often something is done: `short`, unless this run was asked for more. */
export const amount = (of: Exclude<keyof Amounts, 'path'>, short: number): number =>
  inject('amounts')[of] ?? short;

/** Hands figures of a test over to the trial. */
export function note(task: TestContext['task'], figures: Noted): void {
  task.meta.noted = { ...task.meta.noted, ...figures };
}

/** Park & Miller's generator: moments need not be good, but the same. Numbers from 0 to 1. */
export function moments(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 0x7fffffff) / 0x7fffffff;
}
