import { afterEach, describe, expect, it, vi } from 'vitest';
import { foreign, message, type Message } from '../../../src/messages';
import type { Engine } from '../../../src/engine/types';
import {
  isTimed,
  RunControl,
  runStage,
  type Job,
  type RunCommand,
  type TimedEvent,
} from '../../../src/pipeline/lab/runner';
import { DivergedError, type StageEvent, type StageResult } from '../../../src/pipeline/contract/stage';
import { STAGES } from '../../../src/pipeline/stages';

const result: StageResult = {
  artifact: { kind: 'preferences', pairs: [], heldOut: [] },
  summary: {},
};

const row = (update: number): StageEvent => ({
  type: 'metrics',
  update,
  updates: 3,
  samples: update,
  tokens: update,
  metrics: {},
});

const job = (changes: Partial<Job> = {}): Job => ({
  stage: 'sft',
  settings: {},
  task: 'review',
  size: 'nano',
  seed: 1,
  evaluation: { times: 1, prompts: 8, finalPrompts: 8 },
  parents: {},
  ...changes,
});

/** Runs a stage that yields three rows and notes how it was left. */
function start(
  control: RunControl,
  body?: () => AsyncGenerator<StageEvent, StageResult, void>,
  engine = {} as Engine,
) {
  const seen: TimedEvent[] = [];
  const notices: Message[] = [];
  const left = { closed: false };
  vi.spyOn(STAGES.sft, 'run').mockImplementation(async function* () {
    try {
      if (body) return yield* body();
      for (let update = 1; update <= 3; update++) yield row(update);
      return result;
    } finally {
      left.closed = true;
    }
  } as never);
  const outcome = runStage(engine, job(), control, (event) => {
    if (event.type === 'notice') notices.push(event.message);
    else if (isTimed(event)) seen.push(event);
  });
  return { seen, notices, left, outcome };
}

const updates = (seen: TimedEvent[]) => seen.map((e) => e.update);
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

afterEach(() => vi.restoreAllMocks());

describe('a stage', () => {
  it('says what its engine has to say while it runs', async () => {
    let listeners = 0;
    const reopened = message('engine.reopened', { backend: 'webgpu', reason: message('device.context', {}) });
    const engine = {
      onNotice: (listener: (message: Message) => void) => {
        listeners++;
        listener(reopened);
        return () => listeners--;
      },
    } as unknown as Engine;
    const { notices, outcome } = start(new RunControl(), undefined, engine);
    await outcome;
    expect(notices).toEqual([reopened]);
    expect(listeners).toBe(0);
  });

  it('runs to its end; seconds never go back', async () => {
    const { seen, left, outcome } = start(new RunControl());
    expect(await outcome).toMatchObject({ status: 'done', result });
    expect(updates(seen)).toEqual([1, 2, 3]);
    expect(seen.every((e, i) => i === 0 || e.seconds >= seen[i - 1]!.seconds)).toBe(true);
    expect(left.closed).toBe(true);
  });

  it('waits between rows while paused, without losing one, and pauses do not count as work', async () => {
    const control = new RunControl();
    const { seen, outcome } = start(control, async function* () {
      yield row(1);
      control.pause();
      yield row(2);
      yield row(3);
      return result;
    });
    await settled();
    expect(updates(seen)).toEqual([1, 2]); // the row under way is finished
    expect(control.paused).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 60));
    control.resume();
    const done = await outcome;
    expect(updates(seen)).toEqual([1, 2, 3]);
    expect(done.seconds).toBeLessThan(0.05);
  });

  it('lets one row through per step, however fast they come', async () => {
    const control = new RunControl(true);
    const { seen, outcome } = start(control);
    await settled();
    expect(updates(seen)).toEqual([]);
    control.step();
    await settled();
    expect(updates(seen)).toEqual([1]);
    control.step();
    control.step();
    await settled();
    expect(updates(seen)).toEqual([1, 2, 3]);
    expect(control.paused).toBe(true);
    control.step(); // the row after the last one is the end
    expect((await outcome).status).toBe('done');
  });

  it('a step is an update: what is measured before it passes along', async () => {
    const control = new RunControl(true);
    const measured = (update: number) => ({ ...row(update), type: 'evaluation', evaluation: {} }) as never;
    const { seen } = start(control, async function* () {
      yield measured(0);
      yield row(1);
      yield row(2);
      yield measured(2);
      yield row(3);
      return result;
    });
    control.step();
    await settled();
    expect(updates(seen)).toEqual([0, 1]);
    control.step();
    await settled();
    expect(updates(seen)).toEqual([0, 1, 2]);
    control.step();
    await settled();
    expect(updates(seen)).toEqual([0, 1, 2, 2, 3]);
    control.stop();
  });

  it('a step that arrives before the stage does is not lost', async () => {
    const control = new RunControl(true);
    control.step();
    const { seen } = start(control);
    await settled();
    expect(updates(seen)).toEqual([1]);
    control.stop();
  });

  it('a step while running lets one more row through and pauses', async () => {
    const control = new RunControl();
    const { seen, outcome } = start(control, async function* () {
      for (let update = 1; update <= 5; update++) {
        if (update === 2) control.step();
        yield row(update);
      }
      return result;
    });
    await settled();
    expect(updates(seen)).toEqual([1, 2, 3]);
    control.resume();
    await outcome;
  });

  it('resuming and pausing at once stays paused', async () => {
    const control = new RunControl(true);
    const { seen } = start(control);
    await settled();
    control.resume();
    control.pause();
    await settled();
    expect(updates(seen)).toEqual([]);
    control.stop();
  });

  it.each([true, false])('stops between rows and is closed (paused: %s)', async (paused) => {
    const control = new RunControl();
    const { seen, left, outcome } = start(control, async function* () {
      yield row(1);
      if (paused) control.pause();
      else control.stop();
      yield row(2);
      yield row(3);
      return result;
    });
    await settled();
    if (paused) control.stop();
    expect(await outcome).toMatchObject({ status: 'stopped' });
    expect(updates(seen)).toEqual([1, 2]);
    expect(left.closed).toBe(true);
    control.resume();
    expect(control.stopped).toBe(true); // for good
  });

  it('stopped before its first row never begins', async () => {
    const control = new RunControl(true);
    const { left, outcome } = start(control);
    control.stop();
    expect(await outcome).toEqual({ status: 'stopped', seconds: 0 });
    expect(left.closed).toBe(false);
  });
});

describe('failures are outcomes', () => {
  it('diverged training names the update and hands over the last good weights', async () => {
    const artifact = {
      kind: 'model' as const,
      config: { vocabSize: 1, nPositions: 1, nEmbd: 1, nLayer: 1, nHead: 1 },
      weights: new Float32Array(1),
    };
    const { outcome } = start(new RunControl(), async function* () {
      yield row(1);
      throw new DivergedError('sft', 2, message('stage.notFinite', { what: 'loss', learningRate: 9 }), {
        update: 1,
        artifact,
      });
    });
    expect(await outcome).toMatchObject({
      status: 'failed',
      message: { code: 'stage.diverged', values: { stage: 'sft', update: 2 } },
      update: 2,
      lastGood: artifact,
    });
  });

  it('so does any other error, and a missing parent', async () => {
    const { outcome } = start(new RunControl(), async function* () {
      yield row(1);
      throw new RangeError('sequence of 99 tokens');
    });
    expect(await outcome).toMatchObject({ status: 'failed', message: foreign('sequence of 99 tokens') });
    vi.restoreAllMocks();
    const orphan = await runStage({} as Engine, job({ stage: 'reward' }), new RunControl(), () => undefined);
    expect(orphan).toMatchObject({ status: 'failed', message: message('stage.parent', { role: 'sft' }) });
  });

  it('settings that are impossible together, before anything is loaded', async () => {
    const settings = { ...STAGES.ppo.settings.parse({}), rolloutBatch: 16, minibatches: 32 };
    const impossible = job({ stage: 'ppo', settings });
    const outcome = await runStage({} as Engine, impossible, new RunControl(), () => undefined);
    expect(outcome).toMatchObject({
      status: 'failed',
      message: { code: 'stage.together', values: { problem: { code: 'ppo.minibatches' } } },
    });
  });

  it('a task that does not exist, too', async () => {
    const outcome = await runStage({} as Engine, job({ task: 'poetry' }), new RunControl(), () => undefined);
    expect(outcome).toMatchObject({ status: 'failed', message: { code: 'at', values: { path: 'task' } } });
  });
});

describe('a job is not trusted', () => {
  const begun = () => {
    const run = vi.spyOn(STAGES.ppo, 'run');
    return (changes: Partial<Job>) =>
      runStage({} as Engine, job({ stage: 'ppo', ...changes }), new RunControl(), () => undefined).then(
        (outcome) => ({ outcome, begun: run.mock.calls.length }),
      );
  };

  it.each([
    [{ klCoef: 'oops' }, 'klCoef', 'value.number'],
    [{ klCoef: 99 }, 'klCoef', 'value.number'],
    [{ klCof: 1 }, 'klCof', 'name.notSetting'],
    [JSON.parse('{"__proto__": 1}') as Job['settings'], '__proto__', 'name.notSetting'],
    [{ constructor: 1 }, 'constructor', 'name.notSetting'],
  ])('settings %j are refused by name before anything is computed', async (settings, name, code) => {
    expect(await begun()({ settings })).toMatchObject({
      outcome: {
        status: 'failed',
        seconds: 0,
        message: { code: 'stage.setting', values: { stage: 'ppo', name, problem: { code } } },
      },
      begun: 0,
    });
  });

  it.each([
    [{ seed: 2 ** 32 }, 'seed'],
    [{ size: 'constructor' as Job['size'] }, 'size'],
    [{ evaluation: { times: 0, prompts: 8, finalPrompts: 8 } }, 'evaluation.times'],
  ])('nor is %j', async (changes, path) => {
    expect(await begun()(changes)).toMatchObject({
      outcome: { status: 'failed', message: { code: 'at', values: { path } } },
      begun: 0,
    });
  });

  it('nor a stage that only every object has', async () => {
    expect((await begun()({ stage: 'constructor' as Job['stage'] })).outcome).toMatchObject({
      message: { code: 'stage.unknown' },
    });
  });

  it('settings that are left out take their defaults', async () => {
    const { outcome } = start(new RunControl());
    await outcome;
    expect(vi.mocked(STAGES.sft.run).mock.calls[0]![1]).toEqual(STAGES.sft.settings.parse({}));
  });
});

it('commands are passed on to listeners until they unsubscribe', () => {
  const control = new RunControl();
  const heard: RunCommand[] = [];
  const unsubscribe = control.onCommand((command) => heard.push(command));
  control.pause();
  control.step();
  control.resume();
  control.stop();
  unsubscribe();
  control.pause();
  expect(heard).toEqual(['pause', 'step', 'resume', 'stop']);
});
