import { describe, expect, it } from 'vitest';
import { RunControl, type Job, type StageOutcome } from '../../../src/pipeline/lab/runner';
import { SwitchableExecutor } from '../../../src/ui/store/executor';
import { usualSlots } from '../../../src/worker/pool';

const job = {} as Job;
const done: StageOutcome = { status: 'done', result: {} as never, seconds: 1 };
const never = () => new Promise<StageOutcome>(() => {});

describe('SwitchableExecutor', () => {
  it('makes jobs wait until there is an executor', async () => {
    const executor = new SwitchableExecutor();
    const outcome = executor.execute(job, new RunControl(), () => {});
    executor.use({ slots: 2, execute: () => Promise.resolve(done) });
    expect(await outcome).toBe(done);
    expect(executor.slots).toBe(2);
  });

  it('counts jobs of an executor that was taken away as stopped', async () => {
    const executor = new SwitchableExecutor();
    executor.use({ slots: 1, execute: never });
    const outcome = executor.execute(job, new RunControl(), () => {});
    executor.use(undefined);
    expect((await outcome).status).toBe('stopped');
  });

  it('does not start a job that was stopped while it waited', async () => {
    const executor = new SwitchableExecutor();
    const control = new RunControl();
    const outcome = executor.execute(job, control, () => {});
    control.stop();
    executor.use({ slots: 1, execute: never });
    expect((await outcome).status).toBe('stopped');
  });

  it('lets go of a job that is stopped while there is no executor', async () => {
    const control = new RunControl();
    const outcome = new SwitchableExecutor().execute(job, control, () => {});
    control.stop();
    expect((await outcome).status).toBe('stopped');
  });

  it('has as many jobs wait as will run', () => {
    expect(new SwitchableExecutor().slots).toBe(usualSlots());
  });

  it('rejects whatever waits when no executor comes, until another is tried', async () => {
    const executor = new SwitchableExecutor();
    const outcome = executor.execute(job, new RunControl(), () => {});
    executor.fail(new Error('none starts'));
    await expect(outcome).rejects.toThrow('none starts');
    await expect(executor.execute(job, new RunControl(), () => {})).rejects.toThrow('none starts');
    executor.use({ slots: 1, execute: () => Promise.resolve(done) });
    expect(await executor.execute(job, new RunControl(), () => {})).toBe(done);
  });
});
