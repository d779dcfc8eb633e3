import type { Executor } from '../../pipeline/lab/lab';
import type { Job, RunControl, RunnerEvent, StageOutcome } from '../../pipeline/lab/runner';

const STOPPED: StageOutcome = { status: 'stopped', seconds: 0 };

/**
 * Stands in for an executor that is still starting, or that is exchanged for another (a different backend). Jobs
 * wait until there is one; jobs of one that was taken away count as stopped.
 */
export class SwitchableExecutor implements Executor {
  private current: Executor | undefined;
  private replaced = signal();

  get slots(): number {
    return this.current?.slots ?? 1;
  }

  /** Replaces the executor; undefined makes jobs wait for the next one. */
  use(executor: Executor | undefined): void {
    this.current = executor;
    this.replaced.raise();
    this.replaced = signal();
  }

  async execute(job: Job, control: RunControl, onEvent: (event: RunnerEvent) => void): Promise<StageOutcome> {
    while (!this.current) await this.replaced.raised;
    if (control.stopped) return STOPPED;
    return Promise.race([
      this.current.execute(job, control, onEvent),
      this.replaced.raised.then(() => STOPPED),
    ]);
  }
}

function signal(): { raised: Promise<void>; raise: () => void } {
  let raise = () => {};
  const raised = new Promise<void>((resolve) => (raise = resolve));
  return { raised, raise };
}
