import type { BackendName } from '../engine/types';
import type { Results } from './results';
import type { ShapeName } from './workload';

/** `twins`: only the losses that the steps of other runs are checked against. */
export type Part = 'twins' | 'steps' | 'rollouts' | 'stages' | 'memory' | 'longTasks' | 'growth';
export const PARTS: readonly Part[] = ['steps', 'rollouts', 'stages', 'memory', 'longTasks', 'growth'];

export interface BenchOptions {
  backends: readonly BackendName[];
  shapes: readonly ShapeName[];
  parts: readonly Part[];
  /** Rounds in which every contender is timed once. */
  rounds: number;
  /** Steps in which losses are compared with the twin's. */
  checkSteps: number;
  /** Updates of every stage over which memory must not grow. */
  memoryUpdates: number;
  /** Losses of twins that an earlier run computed, by twin, backend and shape. */
  expected?: Record<string, number[]>;
  /** A step slower than this is timed only once or twice. */
  patienceMs: number;
  /** A library that needs longer for one answer, or for starting and being checked at one size, is given up. */
  timeoutS: number;
  /** After so many minutes nothing new is begun. */
  minutes: number;
}

export const FULL: BenchOptions = {
  backends: ['wasm', 'webgl', 'webgpu'],
  shapes: ['overhead', 'nano', 'tiny', 'small', 'medium', 'tinygpt'],
  parts: PARTS,
  rounds: 9,
  checkSteps: 50,
  memoryUpdates: 2000,
  patienceMs: 8000,
  timeoutS: 240,
  minutes: 240,
};

export const QUICK: BenchOptions = {
  ...FULL,
  shapes: ['overhead'],
  rounds: 2,
  checkSteps: 5,
  memoryUpdates: 20,
};

export interface Hooks {
  progress(message: string): void;
  /** Called whenever something was added to the results. */
  update?(results: Results): void;
  /** Stops between two measurements and closes every worker. */
  signal?: AbortSignal;
}
