import { create } from 'zustand';
import type { Sweep, SweepGraphs, SweepRun } from '../../pipeline/lab/sweep';

/** What came of a run of a sweep. */
export interface SweepResult {
  summary: Readonly<Record<string, number>>;
}

export interface SweepState {
  sweep: Sweep | null;
  /** `stopped`: it can go on; `done`: nothing is left to do. */
  state: 'running' | 'stopped' | 'done';
  graphs: SweepGraphs;
  runs: readonly SweepRun[];
  /** By the keys of the runs. */
  results: Readonly<Record<string, SweepResult>>;
  /** Keys of what failed, and of what was skipped. */
  failed: ReadonlySet<string>;
  skipped: ReadonlySet<string>;
  /** Shares of what is being trained, by key. */
  running: ReadonlyMap<string, number>;
}

/** The sweep of the page; what runs it comes when it is wanted (`ui/sweep`). */
export const useSweep = create<SweepState>(() => ({
  sweep: null,
  state: 'stopped',
  graphs: [],
  runs: [],
  results: {},
  failed: new Set(),
  skipped: new Set(),
  running: new Map(),
}));
