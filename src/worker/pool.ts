import * as Comlink from 'comlink';
import type { BackendName } from '../engine/types';
import { message, MessageError, messageOf, type Message } from '../messages';
import type { Executor } from '../pipeline/lab/lab';
import type { Job, OnRunnerEvent, RunControl, RunnerEvent, StageOutcome } from '../pipeline/lab/runner';
import type { Answer, AnswerRequest, EngineReport, Inspection, InspectRequest, LabWorker } from './api';
import { BROWSER, WorkerEndedError, type Member, type Parts } from './member';
import { precisionAskedFor } from './precision';
import { Slot } from './slot';
import { threadsAskedFor, threadsFor } from './threads';

const cores = (): number => globalThis.navigator?.hardwareConcurrency || 1;

const threadsOfEach = (training: number): number => asked ?? threadsFor(cores(), training);

/** The link may fix the threads of every worker that trains: `?threads=1`. */
const asked = threadsAskedFor(globalThis.location?.search ?? '');

/** And what weights are stored in: `?precision=f16`. */
const precision = precisionAskedFor(globalThis.location?.search ?? '') ?? 'f32';
/** Workers that train where nothing else is asked for. */
export const usualSlots = (): number => Math.min(2, cores());

/** A stage that was stopped ends with its row; a worker that needs longer for it is ended. */
const STOPPING_MS = 10_000;

export interface PoolOptions {
  /** Workers that train. */
  slots?: number;
  /** Hears why no worker can train any more. */
  onBroken?: (reason: Message) => void;
  parts?: Parts;
}

/**
 * Workers that train (one per slot) and one more that only answers prompts, so that sampling never waits
 * for a training step. Those that train share the cores between them. A worker that dies fails the stage that it
 * computed, and another one takes its place.
 */
export class WorkerPool implements Executor {
  private readonly trainers: Slot[];
  private readonly sampler: Slot;
  private readonly atWork = new Set<Member>();
  private broken: Message | undefined;
  private nextId = 1;

  constructor({ slots = usualSlots(), onBroken = () => undefined, parts = BROWSER }: PoolOptions = {}) {
    const given = (reason: Message) => {
      if (this.trainers.some((slot) => slot.isUsable)) return;
      this.broken = reason;
      onBroken(reason);
    };
    this.trainers = Array.from({ length: slots }, () => new Slot(parts, given));
    this.sampler = new Slot(parts);
  }

  /** Workers that can train; those that were given up are out. */
  get slots(): number {
    return Math.max(1, this.trainers.filter((slot) => slot.isUsable).length);
  }

  /** Starts the workers; the first one picks the backend, the others follow it. Rejects if one does not start. */
  async start(choice: BackendName | 'auto'): Promise<EngineReport> {
    const [first, ...others] = this.trainers;
    const threads = threadsOfEach(1); // as many as a worker may ever use
    const picked = first!.open((worker) => worker.start(choice, threads, precision));
    const backend = picked.then(({ info }) => info.backend);
    backend.then(
      (name) => first!.startLike((worker) => worker.start(name, threads, precision)),
      () => undefined, // whoever waits for `picked` is told
    );
    // their scripts load while the first one picks
    await Promise.all([
      picked,
      ...others.map((slot) => slot.open(async (worker) => worker.start(await backend, threads, precision))),
      this.sampler.open(async (worker) => worker.start(await backend, 1, precision)),
    ]);
    return picked;
  }

  async execute(job: Job, control: RunControl, onEvent: OnRunnerEvent): Promise<StageOutcome> {
    const slot = this.trainers.find((s) => !s.busy && s.isUsable);
    if (!slot) throw new MessageError(this.broken ?? message('pool.busy', {}));
    slot.busy = true;
    let seconds = 0;
    const stopped = new Promise<StageOutcome>((resolve) => {
      control.onCommand((command) => command === 'stop' && resolve({ status: 'stopped', seconds: 0 }));
    });
    const heard = (event: RunnerEvent) => {
      if ('seconds' in event) seconds = event.seconds;
      return onEvent(event);
    };
    let begun = false;
    try {
      const work = slot.use(async (member): Promise<StageOutcome> => {
        if (control.stopped) return { status: 'stopped', seconds: 0 };
        begun = true;
        return this.executeOn(slot, member, job, control, heard);
      });
      // a worker that is still starting need not be waited for; one that computes has to come to an end
      return await Promise.race([work, stopped.then((outcome) => (begun ? work : outcome))]);
    } catch (error) {
      if (control.stopped) return { status: 'stopped', seconds };
      return { status: 'failed', message: messageOf(error), seconds };
    } finally {
      slot.busy = false;
    }
  }

  private async executeOn(
    slot: Slot,
    member: Member,
    job: Job,
    control: RunControl,
    onEvent: OnRunnerEvent,
  ): Promise<StageOutcome> {
    const id = this.nextId++;
    let late: ReturnType<typeof setTimeout> | undefined;
    const unsubscribe = control.onCommand((command) => {
      member.tell((worker) => worker.control(id, command));
      if (command === 'stop')
        late ??= setTimeout(() => slot.exchange(member, message('worker.stopped', {})), STOPPING_MS);
    });
    this.atWork.add(member);
    this.shareCores();
    try {
      const outcome = member.call<StageOutcome>((worker) =>
        worker.execute(id, job, control.paused, Comlink.proxy(onEvent)),
      );
      // asked for while the worker was still starting
      for (let i = 0; i < control.pendingSteps; i++) member.tell((worker) => worker.control(id, 'step'));
      return await outcome;
    } finally {
      clearTimeout(late);
      unsubscribe();
      this.atWork.delete(member);
      this.shareCores();
    }
  }

  /** Whoever trains alone uses the cores of the others too. */
  private shareCores(): void {
    const threads = threadsOfEach(this.atWork.size);
    for (const member of this.atWork) member.tell((worker) => worker.limitThreads(threads));
  }

  /** Asks once more if the worker ends before it has answered. */
  answer(request: AnswerRequest): Promise<Answer[]> {
    return this.ask((worker) => worker.answer(request));
  }

  inspect(request: InspectRequest): Promise<Inspection> {
    return this.ask((worker) => worker.inspect(request));
  }

  private async ask<T>(question: (worker: Pick<LabWorker, 'answer' | 'inspect'>) => Promise<T>): Promise<T> {
    const ask = () => this.sampler.use((member) => member.call<T>(question));
    try {
      return await ask();
    } catch (error) {
      if (error instanceof WorkerEndedError && this.sampler.isUsable) return ask();
      throw error;
    }
  }

  /** Ends all workers; whatever waits for them is rejected. */
  dispose(): void {
    for (const slot of [...this.trainers, this.sampler]) slot.close(message('worker.replaced', {}));
  }
}
