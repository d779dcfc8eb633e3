import * as Comlink from 'comlink';
import type { BackendName } from '../engine/types';
import {
  deviceMemory,
  installCounters,
  readCounts,
  resetCounts,
  resetPeak,
  type Counts,
  type DeviceMemory,
} from './counters';
import type { Shape } from './workload';

export interface SubjectInfo {
  /** Library or engine in words, with its version. */
  label: string;
  /** Adapter or processor in words. */
  adapter: string;
  /** A GPU emulated on the processor. */
  software: boolean;
}

/** One library on one device, training one model. Everything it holds lives in one worker. */
export interface Subject {
  info: SubjectInfo;
  /** A fresh model with the standard weights; replaces the one before. */
  prepare(shape: Shape): Promise<void>;
  /** One training step on the next batch. Resolves to the loss if `read`, else once it is enqueued. */
  step(read: boolean): Promise<number | null>;
  /** Live tensors and bytes, where the library counts them. */
  tensors?(): { tensors: number; bytes: number } | null;
  /** Kernels that the engine asked its device for so far, where it counts them. */
  kernels?(): number | null;
  /** Samples one batch of rollouts; with `reforward`, without a cache: the whole rows again for every token. */
  rollout?(rows: number, reforward: boolean): Promise<{ tokens: number }>;
  /** Milliseconds of successive updates of a lab stage; `updates` optimiser steps or PPO iterations. */
  stage?(name: 'ppo' | 'dpo', shape: Shape, updates: number): Promise<number[]>;
  /** Device memory along `updates` updates of a lab stage with small batches. */
  stageMemory?(name: LabStage, updates: number): Promise<MemorySample[]>;
  /** Best rate of square matrix products, GFLOP/s. */
  matmulPeak?(): Promise<number>;
  dispose(): void;
}

export type LabStage = 'pretrain' | 'sft' | 'reward' | 'ppo' | 'dpo';

export interface MemorySample {
  update: number;
  tensors: number;
  bytes: number;
  deviceBytes: number;
}

export interface StepCounts extends Counts {
  /** tfjs kernels or kernels of ours; null where nobody counts. */
  kernels: number | null;
  /** Most live tensors during the step; null outside tfjs. */
  peakTensors: number | null;
  /** Most bytes in live tensors during the step; null outside tfjs. */
  peakTensorBytes: number | null;
  /** GPU buffers and textures, or WebAssembly memory, at their largest since the model was made. */
  device: DeviceMemory;
}

export interface Timed {
  ms: number;
  loss: number;
}

/** The contract between the measuring page and a worker that holds one subject. */
export interface BenchWorker {
  /** Starts the library on a backend. */
  open(backend: BackendName, variant?: string): Promise<SubjectInfo & { ms: number }>;
  /** A fresh model. */
  prepare(shape: Shape): Promise<{ ms: number }>;
  /** `steps` training steps in a row; the last one's loss is read, which waits for all of them. */
  block(steps: number): Promise<Timed>;
  /** The time that handing over one step takes, the device being idle before it. */
  enqueue(): Promise<number>;
  /** One step, counted. */
  count(): Promise<StepCounts>;
  losses(steps: number): Promise<number[]>;
  rollout(
    rows: number,
    reforward: boolean,
  ): Promise<{ ms: number; tokens: number; readbacks: number } | null>;
  stage(name: 'ppo' | 'dpo', shape: Shape, updates: number): Promise<number[] | null>;
  stageMemory(name: LabStage, updates: number): Promise<MemorySample[] | null>;
  matmulPeak(): Promise<number | null>;
  close(): Promise<void>;
}

interface Profiled {
  peakBytes: number;
  kernels: { totalTensorsSnapshot: number; totalBytesSnapshot: number }[];
}

/** tfjs's engine is one per global scope, whichever copy of the library made it. */
const tfjsEngine = () =>
  (globalThis as { _tfengine?: { ENV: unknown; profile(run: () => Promise<unknown>): Promise<Profiled> } })
    ._tfengine;

/** Answers the page on behalf of a subject. `usesTfjs`: its tensors and kernels are tfjs's. */
export function serve(
  open: (backend: BackendName, variant?: string) => Promise<Subject>,
  usesTfjs: (backend: BackendName, variant?: string) => boolean,
): void {
  installCounters();
  Comlink.expose(workerOf(open, usesTfjs));
}

export function workerOf(
  open: (backend: BackendName, variant?: string) => Promise<Subject>,
  usesTfjs: (backend: BackendName, variant?: string) => boolean,
): BenchWorker {
  let subject: Subject | null = null;
  let onTfjs = false;
  const started = (): Subject => {
    if (!subject) throw new Error('nothing has been opened');
    return subject;
  };
  return {
    async open(backend, variant) {
      const start = performance.now();
      subject = await open(backend, variant);
      onTfjs = usesTfjs(backend, variant);
      return { ...subject.info, ms: performance.now() - start };
    },
    async prepare(shape) {
      const start = performance.now();
      await started().prepare(shape);
      resetPeak();
      return { ms: performance.now() - start };
    },
    async block(steps) {
      const start = performance.now();
      for (let i = 1; i < steps; i++) await started().step(false);
      const loss = await started().step(true);
      return { ms: (performance.now() - start) / steps, loss: loss! };
    },
    async enqueue() {
      await started().step(true);
      const start = performance.now();
      await started().step(false);
      const ms = performance.now() - start;
      await started().step(true);
      return ms;
    },
    async count() {
      await started().step(true);
      const kernelsBefore = started().kernels?.() ?? null;
      resetCounts();
      await started().step(false);
      const counted = readCounts();
      const kernelsAfter = started().kernels?.() ?? null;
      await started().step(true);
      const tfjs = onTfjs ? tfjsEngine() : undefined; // profiling adds work of its own: another step
      const profiled = tfjs ? await tfjs.profile(() => started().step(false)) : null;
      await started().step(true);
      const own = kernelsBefore !== null && kernelsAfter !== null ? kernelsAfter - kernelsBefore : null;
      const most = (of: (k: Profiled['kernels'][number]) => number) =>
        profiled?.kernels.length ? profiled.kernels.reduce((max, k) => Math.max(max, of(k)), 0) : null;
      return {
        ...counted,
        kernels: profiled ? profiled.kernels.length : own,
        peakTensors: most((k) => k.totalTensorsSnapshot),
        peakTensorBytes: most((k) => k.totalBytesSnapshot),
        device: deviceMemory(),
      };
    },
    async losses(steps) {
      const losses: number[] = [];
      for (let i = 0; i < steps; i++) losses.push((await started().step(true))!);
      return losses;
    },
    async rollout(rows, reforward) {
      const s = started();
      if (!s.rollout) return null;
      const { readbacks: before } = readCounts();
      const start = performance.now();
      const { tokens } = await s.rollout(rows, reforward);
      return { ms: performance.now() - start, tokens, readbacks: readCounts().readbacks - before };
    },
    stage: async (name, shape, updates) => (await started().stage?.(name, shape, updates)) ?? null,
    stageMemory: async (name, updates) => (await started().stageMemory?.(name, updates)) ?? null,
    matmulPeak: async () => (await started().matmulPeak?.()) ?? null,
    async close() {
      subject?.dispose();
      subject = null;
    },
  };
}
