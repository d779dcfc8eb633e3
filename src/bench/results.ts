import type { BackendName } from '../engine/types';
import type { LabStage, MemorySample, StepCounts } from './worker-api';

/** Several measurements of one thing. */
export interface Series {
  median: number;
  samples: number[];
}

export interface Check {
  /** Largest deviation of the loss from the twin's, as a share of it. */
  drift: number;
  steps: number;
  /** The loss before the first and after the last of them. */
  first: number;
  last: number;
}

/** One contender on one backend at one size. Absent figures were not measured; `why` says the reason. */
export interface StepRow {
  shape: string;
  rows: number;
  length: number;
  backend: BackendName;
  contender: string;
  label: string;
  adapter?: string;
  software?: boolean;
  /** `void`: its losses left its twin's; its figures do not count. */
  status: 'measured' | 'void' | 'failed' | 'skipped';
  why?: string;
  /** Starting the library and its device. */
  openMs?: number;
  /** Making the model and the first step: compilation included. */
  firstStepMs?: number;
  /** Milliseconds per training step. */
  step?: Series;
  /** Its time divided by ours, of the same rounds. Above 1: we are faster. */
  ratio?: Series;
  enqueueMs?: Series;
  tokensPerSecond?: number;
  gflops?: number;
  counts?: StepCounts;
  /** Why counting or timing the handing over failed, although its steps were timed. */
  countsWhy?: string;
  check?: Check;
}

export interface RolloutRow {
  shape: string;
  backend: BackendName;
  contender: string;
  label: string;
  rows: number;
  /** Tokens per second with the cache, and running the whole rows again for every token. */
  cached?: Series;
  reforward?: Series;
  cachedReadbacks?: number;
  reforwardReadbacks?: number;
  why?: string;
}

export interface StageRow {
  shape: string;
  backend: BackendName;
  contender: string;
  label: string;
  stage: 'ppo' | 'dpo';
  update?: Series;
  why?: string;
}

export interface MemoryRow {
  backend: BackendName;
  stage: LabStage;
  updates: number;
  /** After a tenth of the updates and at the end. */
  early?: MemorySample;
  late?: MemorySample;
  /** The last update at which there was more than ever before. */
  grewAt?: number;
  why?: string;
}

export interface LongTaskRow {
  backend: BackendName;
  seconds: number;
  steps: number;
  longTasks: number;
  longestMs: number;
  /** Gaps between animation frames of the page meanwhile. */
  medianFrameMs: number;
  worstFrameMs: number;
}

export interface GrowthPoint {
  backend: BackendName;
  contender: string;
  axis: 'batch' | 'context' | 'width' | 'depth' | 'arms';
  value: number;
  /** Per step, of each arm. */
  ms: number;
  gflops: number;
}

export interface Results {
  userAgent: string;
  threads: number;
  /** Timers are precise to 5 µs in a cross-origin isolated page, else to 100 µs. */
  isolated: boolean;
  adapters: Partial<Record<BackendName, { adapter: string; software: boolean } | null>>;
  /** Best rate of square matrix products by plain tfjs, GFLOP/s. */
  peaks: Partial<Record<BackendName, number>>;
  /** Losses of the twins on the cpu, by twin, backend and shape. */
  expected?: Record<string, number[]>;
  steps: StepRow[];
  rollouts: RolloutRow[];
  stages: StageRow[];
  memory: MemoryRow[];
  longTasks: LongTaskRow[];
  growth: GrowthPoint[];
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export const series = (samples: readonly number[]): Series => ({
  median: median(samples),
  samples: [...samples],
});

/** Losses of the first steps against the twin's. Not finite anywhere: an infinite drift. */
export function checkOf(losses: readonly number[], twin: readonly number[]): Check {
  const drifts = losses.map((loss, i) => Math.abs(loss - twin[i]!) / Math.abs(twin[i]!));
  const drift = drifts.every(Number.isFinite) ? Math.max(...drifts) : Infinity;
  return { drift, steps: losses.length, first: losses[0]!, last: losses[losses.length - 1]! };
}
