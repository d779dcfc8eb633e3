import * as Comlink from 'comlink';
// `@commit` is the source of the commit that the page is built for: this one, or an earlier one
import { installCounters } from '@commit/bench/counters';
import { openOurs } from '@commit/bench/ours';
import { SHAPES } from '@commit/bench/workload';
import type { LabStage, MemorySample, Subject } from '../../../src/bench/worker-api';
import type { ShapeName } from '../../../src/bench/workload';
import type { BackendName } from '../../../src/engine/types';

/** One engine, timed at what the lab does with it. */
export interface OursWorker {
  open(backend: BackendName): Promise<{ adapter: string; software: boolean }>;
  /** Milliseconds of each of so many PPO iterations or DPO steps; the first one before them is left out. */
  stage(name: 'ppo' | 'dpo', shape: ShapeName, updates: number): Promise<number[]>;
  /** Milliseconds of one rollout. */
  rollout(shape: ShapeName, rows: number): Promise<number>;
  memory(stage: LabStage, updates: number): Promise<MemorySample[]>;
}

installCounters();
let subject: Subject | null = null;
let prepared: ShapeName | null = null;

const worker: OursWorker = {
  async open(backend) {
    subject?.dispose();
    prepared = null;
    subject = (await openOurs(backend, 'fused')) as Subject;
    return { adapter: subject.info.adapter, software: subject.info.software };
  },
  stage: (name, shape, updates) => subject!.stage!(name, SHAPES[shape], updates),
  async rollout(shape, rows) {
    if (prepared !== shape) {
      await subject!.prepare(SHAPES[shape]);
      await subject!.rollout!(rows, false); // compiles
      prepared = shape;
    }
    const began = performance.now();
    await subject!.rollout!(rows, false);
    return performance.now() - began;
  },
  memory: (stage, updates) => subject!.stageMemory!(stage, updates),
};
Comlink.expose(worker);
