import * as Comlink from 'comlink';
import type { BackendName } from '../engine/types';
import { message, MessageError, messageOf } from '../messages';
import type { Executor } from '../pipeline/lab/lab';
import type { Job, RunControl, RunnerEvent, StageOutcome } from '../pipeline/lab/runner';
import type { Answer, AnswerRequest, EngineReport, LabWorker } from './api';
import { threadsAskedFor, threadsFor } from './threads';

const threadsOfEach = (training: number): number =>
  asked ?? threadsFor(navigator.hardwareConcurrency || 1, training);

interface Member {
  worker: Worker;
  api: Comlink.Remote<LabWorker>;
  busy: boolean;
}

/** The link may fix the threads of every worker that trains: `?threads=1`. */
const asked = threadsAskedFor(globalThis.location?.search ?? '');

/**
 * Workers that train (one per slot) and one more that only answers prompts, so that sampling never waits
 * for a training step. Those that train share the cores between them. Created once per page.
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
    const [first, ...others] = pool.trainers;
    const threads = threadsOfEach(1); // as many as a worker may ever use
    const report = await first!.api.start(choice, threads);
    const { backend } = report.info;
    await Promise.all([
      ...others.map((m) => m.api.start(backend, threads)),
      pool.sampler.api.start(backend, 1),
    ]);
    return { pool, report };
  }

  async execute(job: Job, control: RunControl, onEvent: (event: RunnerEvent) => void): Promise<StageOutcome> {
    const member = this.trainers.find((m) => !m.busy);
    if (!member) throw new MessageError(message('pool.busy', {}));
    member.busy = true;
    this.shareCores();
    const id = this.nextId++;
    const unsubscribe = control.onCommand((command) => void member.api.control(id, command));
    try {
      return await member.api.execute(id, job, control.paused, Comlink.proxy(onEvent));
    } catch (error) {
      return {
        status: 'failed',
        message: messageOf(error),
        seconds: 0,
      };
    } finally {
      unsubscribe();
      member.busy = false;
      this.shareCores();
    }
  }

  /** Whoever trains alone uses the cores of the others too. */
  private shareCores(): void {
    const training = this.trainers.filter((m) => m.busy);
    for (const m of training) void m.api.limitThreads(threadsOfEach(training.length));
  }

  answer(request: AnswerRequest): Promise<Answer[]> {
    return this.sampler.api.answer(request);
  }

  dispose(): void {
    for (const m of [...this.trainers, this.sampler]) m.worker.terminate();
  }
}
