import type { Executor } from '../../pipeline/lab/lab';
import { usualSlots } from '../../worker/pool';
import type { Job, OnRunnerEvent, RunControl, StageOutcome } from '../../pipeline/lab/runner';

const STOPPED: StageOutcome = { status: 'stopped', seconds: 0 };

/**
 * Stands in for an executor that is still starting, or that is exchanged for another (a different backend). Jobs
 * wait until there is one; jobs of one that was taken away count as stopped.
 */
export class SwitchableExecutor implements Executor {
  private current: Executor | undefined;
  /** Why none will come, until another one is tried. */
  private failure: { reason: unknown } | undefined;
  /** Called once when the executor is replaced. */
  private readonly waiting = new Set<() => void>();

  get slots(): number {
    return this.current?.slots ?? usualSlots(); // as many jobs wait as will run
  }

  /** Replaces the executor; undefined makes jobs wait for the next one. */
  use(executor: Executor | undefined): void {
    this.current = executor;
    this.failure = undefined;
    this.wake();
  }

  /** There is none and none will come: whatever waits for it is rejected with the reason. */
  fail(reason: unknown): void {
    this.current = undefined;
    this.failure = { reason };
    this.wake();
  }

  private wake(): void {
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const tell of waiting) tell();
  }

  async execute(job: Job, control: RunControl, onEvent: OnRunnerEvent): Promise<StageOutcome> {
    while (!this.current) {
      if (control.stopped) return STOPPED;
      if (this.failure) throw this.failure.reason;
      await this.change(control);
    }
    if (control.stopped) return STOPPED;
    const execution = this.current.execute(job, control, onEvent);
    // no Promise.race: it would keep every outcome for as long as the executor stays
    return new Promise((resolve, reject) => {
      const replaced = () => resolve(STOPPED);
      this.waiting.add(replaced);
      void execution.then(resolve, reject).finally(() => this.waiting.delete(replaced));
    });
  }

  /** Resolves when there is another executor, or when the job is stopped. */
  private change(control: RunControl): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.waiting.delete(done);
        unsubscribe();
        resolve();
      };
      const unsubscribe = control.onCommand((command) => command === 'stop' && done());
      this.waiting.add(done);
    });
  }
}
