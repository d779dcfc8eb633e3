import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { message, MessageError } from '../../src/messages';
import { RunControl, type Job, type RunnerEvent, type StageOutcome } from '../../src/pipeline/lab/runner';
import type { Answer, AnswerRequest } from '../../src/worker/api';
import { WorkerPool } from '../../src/worker/pool';
import { fakeParts, never, settled } from './fake-worker';

const job = { stage: 'sft' } as Job;
const request = {} as AnswerRequest;
const answers: Answer[] = [{ completion: [7], finished: true, logProbs: [-1] }];
const done: StageOutcome = {
  status: 'done',
  result: { artifact: {} as never, summary: { loss: 2 } },
  seconds: 3,
};
const row: RunnerEvent = {
  type: 'metrics',
  update: 7,
  updates: 30,
  samples: 7,
  tokens: 9,
  metrics: {},
  seconds: 2,
};

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'resolved',
    (error: unknown) => (error instanceof MessageError ? error.info.code : String(error)),
  );

async function started(fake = fakeParts(), slots = 1) {
  const broken: string[] = [];
  const pool = new WorkerPool({ slots, parts: fake.parts, onBroken: (reason) => broken.push(reason.code) });
  const report = await pool.start('auto');
  return { ...fake, pool, report, broken };
}

const train = (pool: WorkerPool, control = new RunControl(), onEvent: (e: RunnerEvent) => void = () => {}) =>
  pool.execute(job, control, onEvent);

let unhandled: unknown[];
const note = (reason: unknown) => unhandled.push(reason);
beforeEach(() => {
  unhandled = [];
  process.on('unhandledRejection', note);
});
afterEach(async () => {
  vi.useRealTimers();
  await settled();
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

describe('commands', () => {
  it('given while the worker is not yet at work reach it: a first step is a step', async () => {
    const heard: string[] = [];
    const fake = fakeParts();
    fake.will({
      execute: (_id, _job, paused) => {
        heard.push(paused ? 'paused' : 'running');
        return never;
      },
      control: async (_id, command) => void heard.push(command),
    });
    const { pool } = await started(fake);
    const control = new RunControl(true);
    void train(pool, control);
    control.step();
    await vi.waitFor(() => expect(heard).toEqual(['paused', 'step']));
    control.step();
    await vi.waitFor(() => expect(heard).toEqual(['paused', 'step', 'step']));
  });
});

describe('a worker that dies', () => {
  it('fails the stage that it computed, with what it had done, and another one takes over', async () => {
    const { pool, workers, will } = await started();
    will({ execute: async () => done });
    const rows: RunnerEvent[] = [];
    const [trainer] = workers;
    const outcome = train(pool, undefined, (e) => rows.push(e));
    await settled();
    trainer!.vanish();
    expect(await outcome).toEqual({ status: 'failed', message: message('worker.died', {}), seconds: 0 });
    expect(await train(pool)).toEqual(done);
    expect(workers).toHaveLength(3);
    // on the same backend as before, not on whatever would be chosen now
    expect(workers[2]!.started).toEqual([['wasm', expect.any(Number), 'f32']]);
  });

  it('has worked for as long as it has said', async () => {
    const fake = fakeParts();
    fake.will({
      execute: (_id, _job, _paused, onEvent) => {
        onEvent(row);
        return never;
      },
    });
    const { pool, workers } = await started(fake);
    const rows: RunnerEvent[] = [];
    const outcome = train(pool, undefined, (e) => rows.push(e));
    await vi.waitFor(() => expect(rows).toEqual([row]));
    workers[0]!.vanish();
    expect(await outcome).toMatchObject({ status: 'failed', seconds: 2 });
  });

  it('while nothing is computed is replaced as well', async () => {
    const { pool, workers, will } = await started();
    will({ execute: async () => done });
    workers[0]!.vanish();
    await settled();
    expect(await train(pool)).toEqual(done);
  });

  it('leaves the other one running', async () => {
    const { pool, workers } = await started(fakeParts(), 2);
    const first = train(pool);
    let second: StageOutcome | undefined;
    void train(pool).then((outcome) => (second = outcome));
    await settled();
    workers[0]!.vanish();
    expect((await first).status).toBe('failed');
    await settled();
    expect(second).toBeUndefined();
  });

  it('by an error that nothing has caught, says which', async () => {
    const { pool, workers } = await started();
    const outcome = train(pool);
    await settled();
    workers[0]!.fail('x is not a function');
    expect(await outcome).toMatchObject({
      message: { values: { text: expect.stringContaining('x is not a function') } },
    });
    expect(workers[0]!.terminated).toBe(true);
  });

  it('is asked again in its successor when it owed an answer, once', async () => {
    const { pool, workers, will } = await started();
    will({ answer: async () => answers });
    const answer = pool.answer(request);
    await settled();
    workers[1]!.vanish();
    expect(await answer).toEqual(answers);

    will({});
    workers[2]!.vanish();
    await settled();
    const other = codeOf(pool.answer(request));
    await settled();
    workers[3]!.vanish();
    await settled();
    workers[4]!.vanish();
    expect(await other).toBe('worker.died');
  });

  it('three times in a row is not replaced any more, and whoever asks is told why', async () => {
    const { pool, workers, broken } = await started();
    for (let death = 0; death < 3; death++) {
      expect(broken).toEqual([]);
      const outcome = train(pool);
      await settled();
      workers.at(death === 0 ? 0 : -1)!.vanish();
      expect((await outcome).status).toBe('failed');
      await settled();
    }
    expect(broken).toEqual(['worker.gaveUp']);
    expect(workers).toHaveLength(4);
    expect(await codeOf(train(pool))).toBe('worker.gaveUp');
  });

  it('is no reason to give up where others have ended their work in between', async () => {
    const { pool, workers, broken, will } = await started();
    for (let death = 0; death < 5; death++) {
      workers.at(death === 0 ? 0 : -1)!.vanish();
      will({ execute: async () => done });
      await settled();
      expect(await train(pool)).toEqual(done);
    }
    expect(broken).toEqual([]);
  });
});

describe('a script that does not come', () => {
  it('fails the start with a sentence, and nothing is left behind', async () => {
    const fake = fakeParts();
    fake.silence();
    const pool = new WorkerPool({ slots: 1, parts: fake.parts });
    const start = codeOf(pool.start('auto'));
    fake.workers[0]!.fail();
    expect(await start).toBe('worker.script');
    pool.dispose();
    expect(fake.workers.every((w) => w.terminated)).toBe(true);
  });

  it('and of which nothing is heard at all either, after a minute', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const fake = fakeParts();
    fake.silence();
    const start = codeOf(new WorkerPool({ slots: 1, parts: fake.parts }).start('auto'));
    vi.advanceTimersByTime(59_999);
    await settled();
    expect(fake.workers[0]!.terminated).toBe(false);
    vi.advanceTimersByTime(1);
    expect(await start).toBe('worker.slow');
  });

  it('for a worker that takes over, ends in a sentence and not in a loop', async () => {
    const { pool, workers, broken, silence } = await started();
    silence();
    const outcome = train(pool);
    await settled();
    workers[0]!.vanish();
    await outcome;
    for (const replacement of [2, 3]) {
      await vi.waitFor(() => expect(workers).toHaveLength(replacement + 1));
      workers[replacement]!.fail();
      await settled();
    }
    expect(workers).toHaveLength(4);
    expect(broken).toEqual(['worker.script']);
  });
});

describe('workers that are ended on purpose', () => {
  it('reject whatever waits for them', async () => {
    const { pool, workers } = await started();
    const answer = codeOf(pool.answer(request));
    const outcome = train(pool);
    await settled();
    pool.dispose();
    expect(await answer).toBe('worker.replaced');
    expect((await outcome).status).toBe('failed');
    await settled();
    expect(workers).toHaveLength(2);
    expect(await codeOf(pool.answer(request))).toBe('worker.replaced');
  });

  it('also while they start', async () => {
    const fake = fakeParts();
    fake.silence();
    const pool = new WorkerPool({ slots: 1, parts: fake.parts });
    const start = codeOf(pool.start('auto'));
    pool.dispose();
    expect(await start).toBe('worker.replaced');
  });

  it('are those that do not stop when they should, however often', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { pool, workers, broken, will } = await started();
    for (let i = 0; i < 4; i++) {
      if (i === 3) will({ execute: async () => done });
      const control = new RunControl();
      let outcome: StageOutcome | undefined;
      void train(pool, control).then((o) => (outcome = o));
      await settled();
      control.stop();
      vi.advanceTimersByTime(9_999);
      await settled();
      expect(outcome).toBeUndefined();
      vi.advanceTimersByTime(1);
      await settled();
      expect(outcome).toMatchObject({ status: 'stopped' });
    }
    expect(broken).toEqual([]);
    expect(workers).toHaveLength(6);
    expect(await train(pool)).toEqual(done);
  });
});

describe('without locks', () => {
  it('a worker that computes for long is left alone, and one that is silent for ten minutes is not', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const fake = fakeParts({ locks: false });
    const { pool, workers } = await started(fake);
    for (let minute = 0; minute < 60; minute++) {
      vi.advanceTimersByTime(60_000);
      await settled();
    }
    expect(workers).toHaveLength(2);
    const outcome = train(pool);
    await settled();
    workers[0]!.vanish();
    vi.advanceTimersByTime(9 * 60_000);
    await settled();
    expect(workers).toHaveLength(2);
    vi.advanceTimersByTime(90_000);
    expect(await outcome).toMatchObject({ message: { code: 'worker.silent', values: { minutes: 10 } } });
  });
});
