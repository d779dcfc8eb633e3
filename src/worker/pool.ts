import * as Comlink from 'comlink';
import type { BackendName } from '../engine/types';
import type { Executor } from '../pipeline/lab';
import type { Job, RunControl, RunnerEvent, StageOutcome } from '../pipeline/runner';
import type { Answer, AnswerRequest, EngineReport, LabWorker } from './api';

interface Member {
  worker: Worker;
  api: Comlink.Remote<LabWorker>;
  busy: boolean;
}

/**
 * Workers that train (one per slot) and one more that only answers prompts, so that sampling never waits
 * for a training step. Created once per page.
 */
export class WorkerPool implements Executor {
  private readonly trainers: Member[];
  private readonly sampler: Member;
  private nextId = 1;

  private constructor(readonly slots: number) {
    const spawn = (): Member => {
      const worker = new Worker(new URL('./lab-worker.ts', import.meta.url), { type: 'module' });
      return { worker, api: Comlink.wrap<LabWorker>(worker), busy: false };
    };
    this.trainers = Array.from({ length: slots }, spawn);
    this.sampler = spawn();
  }

  /** Starts the pool; the first worker picks the backend, the others follow it. */
  static async start(
    choice: BackendName | 'auto',
    slots = Math.min(2, navigator.hardwareConcurrency || 1),
  ): Promise<{ pool: WorkerPool; report: EngineReport }> {
    const pool = new WorkerPool(slots);
    const report = await pool.trainers[0]!.api.start(choice);
    const others = [...pool.trainers.slice(1), pool.sampler];
    await Promise.all(others.map((m) => m.api.start(report.info.backend)));
    return { pool, report };
  }

  async execute(job: Job, control: RunControl, onEvent: (event: RunnerEvent) => void): Promise<StageOutcome> {
    const member = this.trainers.find((m) => !m.busy);
    if (!member) throw new Error('no free worker');
    member.busy = true;
    const id = this.nextId++;
    const unsubscribe = control.onCommand((command) => void member.api.control(id, command));
    try {
      return await member.api.execute(id, job, control.paused, Comlink.proxy(onEvent));
    } catch (error) {
      return {
        status: 'failed',
        message: error instanceof Error ? error.message : String(error),
        seconds: 0,
      };
    } finally {
      unsubscribe();
      member.busy = false;
    }
  }

  answer(request: AnswerRequest): Promise<Answer[]> {
    return this.sampler.api.answer(request);
  }

  dispose(): void {
    for (const m of [...this.trainers, this.sampler]) m.worker.terminate();
  }
}
