import type { Executor } from '../../pipeline/lab/lab';
import type { Job, RunControl, RunnerEvent, StageOutcome } from '../../pipeline/lab/runner';

const STOPPED: StageOutcome = { status: 'stopped', seconds: 0 };

/**
 * Stands in for an executor that is still starting, or that is exchanged for another (a different backend). Jobs
 * wait until there is one; jobs of one that was taken away count as stopped.
 */
export class SwitchableExecutor implements Executor {
  private current: Executor | undefined;
  /** Called once when the executor is replaced. */
  private readonly waiting = new Set<() => void>();

  get slots(): number {
    return this.current?.slots ?? 1;
  }

  /** Replaces the executor; undefined makes jobs wait for the next one. */
  use(executor: Executor | undefined): void {
    this.current = executor;
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const tell of waiting) tell();
  }

  async execute(job: Job, control: RunControl, onEvent: (event: RunnerEvent) => void): Promise<StageOutcome> {
    while (!this.current) {
      if (control.stopped) return STOPPED;
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
