import { describe, expect, it } from 'vitest';
import { foreign } from '../../../src/messages';
import { Lab, type Executor, type NodeStatus, type ShippedResults } from '../../../src/pipeline/lab/lab';
import { defaultLabConfig, type LabConfig } from '../../../src/pipeline/lab/config';
import type { Job, RunCommand, RunControl, StageOutcome, TimedEvent } from '../../../src/pipeline/lab/runner';
import { message, MessageError } from '../../../src/messages';
import type { Evaluation, LanguageModelArtifact, StageResult } from '../../../src/pipeline/contract/stage';

const artifact = (name: string): LanguageModelArtifact & { name: string } => ({
  kind: 'model',
  config: { vocabSize: 1, nPositions: 1, nEmbd: 1, nLayer: 1, nHead: 1 },
  weights: new Float32Array(1),
  name,
});

const row = (update: number): TimedEvent => ({
  type: 'metrics',
  update,
  updates: 9,
  samples: 0,
  tokens: 0,
  metrics: { loss: 1 / update },
  seconds: update / 10,
});

interface Execution {
  job: Job;
  control: RunControl;
  commands: RunCommand[];
  emit(update: number): void;
  send(event: TimedEvent): void;
  finish(outcome?: StageOutcome): Promise<void>;
  crash(error: Error): Promise<void>;
}

/** An executor that does nothing until a test says so, and refuses more work than it has slots, as workers do. */
class HandExecutor implements Executor {
  readonly log: Execution[] = [];
  private busy = 0;

  constructor(readonly slots: number) {}

  execute(job: Job, control: RunControl, onEvent: (event: TimedEvent) => void): Promise<StageOutcome> {
    if (this.busy >= this.slots) throw new Error('no free worker');
    this.busy++;
    return new Promise<StageOutcome>((resolve, reject) => {
      const commands: RunCommand[] = [];
      control.onCommand((command) => commands.push(command));
      const settle = async (how: () => void) => {
        this.busy--;
        how();
        await settled();
      };
      this.log.push({
        job,
        control,
        commands,
        emit: (update) => onEvent(row(update)),
        send: onEvent,
        finish: (outcome = { status: 'done', result: resultOf(job), seconds: 3 }) =>
          settle(() => resolve(outcome)),
        crash: (error) => settle(() => reject(error)),
      });
    });
  }

  /** The latest execution of a stage. */
  of(stage: string): Execution {
    const found = this.log.filter((e) => e.job.stage === stage).at(-1);
    if (!found) throw new Error(`${stage} has not been started`);
    return found;
  }

  get started(): string[] {
    return this.log.map((e) => e.job.stage);
  }

  async finishTrunk(): Promise<void> {
    for (const stage of ['pretrain', 'sft', 'preferences', 'reward']) await this.of(stage).finish();
  }
}

const resultOf = (job: Job): StageResult => ({ artifact: artifact(job.stage), summary: {} });
const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
const nothing: ShippedResults = { get: () => Promise.resolve(undefined) };

const statuses = (lab: Lab): Record<string, NodeStatus> =>
  Object.fromEntries(lab.nodes().map((v) => [v.node.id, v.status]));
const view = (lab: Lab, id: string) => lab.nodes().find((v) => v.node.id === id)!;

const withArms = (...settings: [string, 'ppo' | 'dpo', Record<string, unknown>][]): LabConfig => ({
  ...defaultLabConfig(),
  arms: settings.map(([id, stage, changes]) => ({ id, name: id, stage, settings: changes })),
});

const withPpo = (config: LabConfig, changes: Record<string, unknown>): LabConfig => ({
  ...config,
  arms: config.arms.map((arm) => (arm.stage === 'ppo' ? { ...arm, settings: changes } : arm)),
});

async function startedLab(slots: number, config = defaultLabConfig(), shipped = nothing) {
  const executor = new HandExecutor(slots);
  const lab = new Lab(config, executor, shipped);
  const run = lab.run();
  await settled();
  return { executor, lab, run };
}

describe('running', () => {
  it('runs the trunk in order and the arms side by side, each with the artifacts of its parents', async () => {
    const { executor, lab, run } = await startedLab(2);
    expect(executor.started).toEqual(['pretrain']);
    expect(statuses(lab)).toEqual({
      pretrain: 'running',
      sft: 'queued',
      preferences: 'queued',
      reward: 'queued',
      ppo: 'queued',
      dpo: 'queued',
    });
    await executor.finishTrunk();
    expect(executor.started).toEqual(['pretrain', 'sft', 'preferences', 'reward', 'ppo', 'dpo']);
    expect(statuses(lab)).toMatchObject({ reward: 'done', ppo: 'running', dpo: 'running' });
    expect(Object.keys(executor.of('ppo').job.parents)).toEqual(['sft', 'reward']);
    expect(executor.of('dpo').job.parents).toMatchObject({
      sft: { name: 'sft' },
      preferences: { name: 'preferences' },
      reward: { name: 'reward' },
    });
    await executor.of('dpo').finish();
    expect(lab.state).toBe('running');
    await executor.of('ppo').finish();
    await run;
    expect(lab.state).toBe('idle');
    expect(new Set(Object.values(statuses(lab)))).toEqual(new Set(['done']));
    expect(lab.artifactOf('ppo')).toMatchObject({ name: 'ppo' });
  });

  it('never asks for more than the executor has slots', async () => {
    const config = withArms(['a', 'ppo', { klCoef: 0.1 }], ['b', 'ppo', { klCoef: 0.2 }], ['c', 'dpo', {}]);
    const { executor, lab, run } = await startedLab(2, config);
    await executor.finishTrunk();
    await executor.of('baseline').finish();
    expect(statuses(lab)).toMatchObject({ a: 'running', b: 'running', c: 'queued' });
    await executor.log.at(-2)!.finish();
    expect(statuses(lab)).toMatchObject({ a: 'done', b: 'running', c: 'running' });
    await executor.of('ppo').finish();
    await executor.of('dpo').finish();
    await run;
  });

  it('trains two arms with equal settings once and shows the result for both', async () => {
    const config = withArms(['a', 'ppo', {}], ['b', 'ppo', {}], ['c', 'dpo', {}]);
    const { executor, lab, run } = await startedLab(2, config);
    await executor.finishTrunk();
    expect(executor.started.filter((s) => s === 'ppo')).toHaveLength(1);
    expect(statuses(lab)).toMatchObject({ a: 'running', b: 'running', c: 'running' });
    await executor.of('ppo').finish();
    await executor.of('dpo').finish();
    await run;
    expect(statuses(lab)).toMatchObject({ a: 'done', b: 'done', c: 'done' });
    lab.configure(withArms(['a', 'ppo', {}], ['b', 'ppo', { klCoef: 0.3 }], ['c', 'dpo', {}]));
    expect(statuses(lab)).toMatchObject({ a: 'done', b: 'stale' });
  });

  it('computes only what is missing', async () => {
    const { executor, lab, run } = await startedLab(2);
    await executor.finishTrunk();
    await executor.of('ppo').finish();
    await executor.of('dpo').finish();
    await run;
    const before = executor.log.length;
    await lab.run();
    expect(executor.log.length).toBe(before);
    lab.configure(withPpo(lab.config, { klCoef: 0.3 }));
    expect(statuses(lab)).toMatchObject({ reward: 'done', ppo: 'stale', dpo: 'done' });
    expect(view(lab, 'ppo').run?.result).toBeDefined(); // the old curve stays in view
    const again = lab.run();
    await settled();
    expect(executor.started.slice(before)).toEqual(['ppo']);
    await executor.of('ppo').finish();
    await again;
    lab.configure(withPpo(lab.config, {})); // back: the first result is still there
    expect(statuses(lab)['ppo']).toBe('done');
  });

  it('runs only the wanted nodes and what they build on', async () => {
    const executor = new HandExecutor(2);
    const lab = new Lab(defaultLabConfig(), executor, nothing);
    const run = lab.run(['preferences']);
    await settled();
    expect(statuses(lab)).toMatchObject({ sft: 'queued', preferences: 'queued', reward: 'missing' });
    for (const stage of ['pretrain', 'sft', 'preferences']) await executor.of(stage).finish();
    await run;
    expect(executor.started).toEqual(['pretrain', 'sft', 'preferences']);
  });

  it('records rows as they come and tells its listeners', async () => {
    const { executor, lab } = await startedLab(1);
    let calls = 0;
    const unsubscribe = lab.subscribe(() => calls++);
    executor.of('pretrain').emit(1);
    executor.of('pretrain').emit(2);
    expect(calls).toBe(2);
    expect(view(lab, 'pretrain').run).toMatchObject({ source: 'live', seconds: 0.2 });
    expect(view(lab, 'pretrain').run!.events.map((e) => e.update)).toEqual([1, 2]);
    unsubscribe();
    executor.of('pretrain').emit(3);
    expect(calls).toBe(2);
  });
});

describe('shipped results', () => {
  const shipping = (...stages: string[]): ShippedResults => {
    const keys = new Map(
      new Lab(defaultLabConfig(), new HandExecutor(1), nothing)
        .nodes()
        .filter((v) => stages.includes(v.node.stage))
        .map((v) => [v.node.key, { artifact: artifact(`shipped ${v.node.stage}`), summary: {} }]),
    );
    return { get: (key) => Promise.resolve(keys.get(key)) };
  };

  it('are used instead of computing, but only where the settings are unchanged', async () => {
    const shipped = shipping('pretrain', 'sft', 'preferences', 'reward');
    const { executor, lab } = await startedLab(2, defaultLabConfig(), shipped);
    expect(executor.started).toEqual(['ppo', 'dpo']);
    expect(executor.of('ppo').job.parents.reward).toMatchObject({ name: 'shipped reward' });
    expect(view(lab, 'sft').run?.source).toBe('shipped');

    const changed = { ...defaultLabConfig(), trunk: { sft: { steps: 50 } } };
    expect((await startedLab(2, changed, shipped)).executor.started).toEqual(['sft']);
    const base = { ...defaultLabConfig(), start: 'base' as const };
    expect((await startedLab(2, base, shipped)).executor.started).toEqual(['sft']);
    const scratch = { ...defaultLabConfig(), start: 'scratch' as const };
    expect((await startedLab(2, scratch, shipped)).executor.started).toEqual(['pretrain']);
  });

  it('stay after a reset, unlike live ones', async () => {
    const { executor, lab, run } = await startedLab(2, defaultLabConfig(), shipping('pretrain', 'sft'));
    await executor.of('preferences').finish();
    lab.reset();
    await executor.of('reward').finish({ status: 'stopped', seconds: 0 });
    await run;
    expect(statuses(lab)).toMatchObject({ pretrain: 'done', sft: 'done', preferences: 'missing' });
  });

  it('that cannot be loaded end the run with the reason and leave the lab usable', async () => {
    let broken = true;
    const executor = new HandExecutor(1);
    const lab = new Lab(defaultLabConfig(), executor, {
      get: () => (broken ? Promise.reject(new Error('404')) : Promise.resolve(undefined)),
    });
    await expect(lab.run()).rejects.toThrow('404');
    expect(lab.state).toBe('idle');
    broken = false;
    void lab.run();
    await settled();
    expect(executor.started).toEqual(['pretrain']);
  });

  it('that cannot be loaded are named, and the others are there', async () => {
    const executor = new HandExecutor(1);
    const [base, sft] = new Lab(defaultLabConfig(), executor, nothing).nodes();
    let broken = true;
    const lab = new Lab(defaultLabConfig(), executor, {
      get: async (key) => {
        if (broken && key === sft!.node.key)
          throw new MessageError(message('file.missing', { file: 'sft.safetensors' }));
        return key === base!.node.key || key === sft!.node.key
          ? { artifact: artifact('x'), summary: {} }
          : undefined;
      },
    });
    await lab.loadShipped();
    expect(lab.unloaded).toEqual([
      { id: 'sft', reason: { code: 'file.missing', values: { file: 'sft.safetensors' } } },
    ]);
    expect(statuses(lab)).toMatchObject({ pretrain: 'done', sft: 'missing' });
    lab.step(); // no rejection that nobody handles
    await settled();
    expect(lab.state).toBe('idle');
    expect(executor.started).toEqual([]);
    broken = false;
    await lab.loadShipped();
    expect(lab.unloaded).toEqual([]);
    expect(statuses(lab)).toMatchObject({ sft: 'done' });
  });

  it('that cannot be loaded are trained live if that is wanted, until a reset', async () => {
    const executor = new HandExecutor(1);
    const lab = new Lab(defaultLabConfig(), executor, { get: () => Promise.reject(new Error('offline')) });
    await lab.loadShipped();
    expect(lab.unloaded.map(({ id }) => id)).toEqual(['pretrain', 'sft', 'preferences', 'reward']);
    lab.trainUnloaded();
    expect(lab.unloaded).toEqual([]);
    void lab.run();
    await settled();
    expect(executor.started).toEqual(['pretrain']);
    lab.reset();
    await executor.of('pretrain').finish({ status: 'stopped', seconds: 0 });
    await lab.loadShipped();
    expect(lab.unloaded).toHaveLength(4);
  });
});

describe('weights on the way', () => {
  const measured = (update: number): TimedEvent => ({
    ...{ type: 'evaluation', update, updates: 14, samples: 0, tokens: 0, seconds: update },
    evaluation: {} as Evaluation,
    weights: new Float32Array([update]),
  });

  it('are kept once, however often a run is measured, and not at all when its result is there', async () => {
    const { executor, lab, run } = await startedLab(2);
    await executor.finishTrunk();
    for (let update = 0; update < 14; update++) executor.of('ppo').send(measured(update));
    const { events, latestWeights } = view(lab, 'ppo').run!;
    expect(events).toHaveLength(14);
    expect(events.filter((e) => 'weights' in e)).toEqual([]);
    expect(latestWeights).toEqual(new Float32Array([13]));
    await executor.of('ppo').finish();
    expect(view(lab, 'ppo').run).not.toHaveProperty('latestWeights');
    await executor.of('dpo').finish();
    await run;
  });

  it('stay when the run fails', async () => {
    const { executor, lab, run } = await startedLab(2);
    await executor.finishTrunk();
    executor.of('dpo').send(measured(3));
    await executor.of('dpo').crash(new Error('worker died'));
    expect(view(lab, 'dpo').run!.latestWeights).toEqual(new Float32Array([3]));
    await executor.of('ppo').finish();
    await run;
  });
});

describe('failures', () => {
  it('of one arm leave the other running and keep the last good weights', async () => {
    const { executor, lab, run } = await startedLab(2);
    await executor.finishTrunk();
    const lastGood = artifact('good');
    executor.of('ppo').emit(1);
    await executor.of('ppo').finish({
      status: 'failed',
      message: foreign('diverged at update 7'),
      update: 7,
      lastGood,
      seconds: 1,
    });
    expect(statuses(lab)).toMatchObject({ ppo: 'failed', dpo: 'running' });
    expect(view(lab, 'ppo').run).toMatchObject({
      failure: { message: foreign('diverged at update 7'), update: 7 },
      lastGood: { name: 'good' },
    });
    expect(view(lab, 'ppo').run!.events).toHaveLength(1);
    await executor.of('dpo').finish();
    await run;
    expect(statuses(lab)).toMatchObject({ ppo: 'failed', dpo: 'done' });
    expect(lab.artifactOf('ppo')).toBeUndefined();
  });

  it('of a trunk stage stop what builds on it, and running again tries once more', async () => {
    const { executor, lab, run } = await startedLab(2);
    await executor.of('pretrain').finish();
    await executor.of('sft').finish({ status: 'failed', message: foreign('no'), seconds: 0 });
    await run;
    expect(lab.state).toBe('idle');
    expect(statuses(lab)).toMatchObject({
      pretrain: 'done',
      sft: 'failed',
      reward: 'missing',
      ppo: 'missing',
    });
    void lab.run();
    await settled();
    expect(executor.started).toEqual(['pretrain', 'sft', 'sft']);
    expect(statuses(lab)['sft']).toBe('running');
  });

  it('of the executor itself are failures of the stage, not of the lab', async () => {
    const { executor, lab, run } = await startedLab(1);
    await executor.of('pretrain').crash(new Error('worker died'));
    await run;
    expect(view(lab, 'pretrain')).toMatchObject({
      status: 'failed',
      run: { failure: { message: foreign('worker died') } },
    });
    expect(lab.state).toBe('idle');
  });
});

describe('reset', () => {
  it('stops what runs, forgets live results and ignores what still arrives', async () => {
    const { executor, lab, run } = await startedLab(2);
    await executor.of('pretrain').finish();
    const sft = executor.of('sft');
    sft.emit(1);
    lab.reset();
    expect(sft.commands).toEqual(['stop']);
    expect(lab.state).toBe('idle');
    expect(new Set(Object.values(statuses(lab)))).toEqual(new Set(['missing']));
    sft.emit(2);
    await sft.finish({ status: 'stopped', seconds: 1 });
    await run;
    expect(view(lab, 'sft').run).toBeUndefined();
    expect(executor.started).toEqual(['pretrain', 'sft']);
  });

  it('may be followed by a run at once: it waits for the slots that are still taken', async () => {
    const { executor, lab } = await startedLab(1);
    const old = executor.of('pretrain');
    lab.reset();
    const run = lab.run();
    await settled();
    expect(executor.log).toHaveLength(1);
    expect(statuses(lab)['pretrain']).toBe('queued');
    await old.finish({ status: 'stopped', seconds: 0 });
    expect(executor.log).toHaveLength(2);
    expect(statuses(lab)['pretrain']).toBe('running');
    old.emit(5); // of the forgotten run
    expect(view(lab, 'pretrain').run!.events).toEqual([]);
    await executor.finishTrunk();
    await executor.of('ppo').finish();
    await executor.of('dpo').finish();
    await run;
    expect(new Set(Object.values(statuses(lab)))).toEqual(new Set(['done']));
  });
});

describe('pause, resume, step', () => {
  it('reach every running stage', async () => {
    const { executor, lab } = await startedLab(2);
    await executor.finishTrunk();
    lab.pause();
    expect(statuses(lab)).toMatchObject({ ppo: 'paused', dpo: 'paused', reward: 'done' });
    lab.pause();
    lab.step();
    lab.resume();
    for (const stage of ['ppo', 'dpo'])
      expect(executor.of(stage).commands).toEqual(['pause', 'step', 'resume']);
    expect(lab.state).toBe('running');
  });

  it('a stage that starts while the lab is paused starts paused', async () => {
    const { executor, lab } = await startedLab(1);
    lab.pause();
    await executor.of('pretrain').finish();
    expect(executor.of('sft').control.paused).toBe(true);
    expect(statuses(lab)).toMatchObject({ sft: 'paused', reward: 'queued' });
  });

  it('a step from idle starts the run and lets one row through', async () => {
    const executor = new HandExecutor(1);
    const lab = new Lab(defaultLabConfig(), executor, nothing);
    lab.step();
    expect(lab.state).toBe('paused');
    await settled();
    const { control, commands } = executor.of('pretrain');
    expect(control.paused).toBe(true);
    expect(commands).toEqual(['step']);
  });

  it('do nothing where there is nothing to do', async () => {
    const lab = new Lab(defaultLabConfig(), new HandExecutor(1), nothing);
    lab.pause();
    lab.resume();
    expect(lab.state).toBe('idle');
  });
});

describe('changing settings during a run', () => {
  it('does not reach into the run: it goes on with the settings it was started with', async () => {
    const { executor, lab, run } = await startedLab(2);
    await executor.finishTrunk();
    const keyBefore = view(lab, 'ppo').node.key;
    const changed = {
      ...withPpo(lab.config, { klCoef: 0.3 }),
      evaluation: { times: 3, prompts: 16, finalPrompts: 16 },
    };
    lab.configure(changed);
    expect(statuses(lab)).toMatchObject({ ppo: 'stale', dpo: 'stale', reward: 'done' });
    expect(executor.of('ppo').control.stopped).toBe(false);
    await executor.of('ppo').finish();
    await executor.of('dpo').finish();
    await run;
    expect(executor.started).toHaveLength(6);
    expect(executor.of('ppo').job.settings).not.toMatchObject({ klCoef: 0.3 });
    expect(statuses(lab)).toMatchObject({ ppo: 'stale', dpo: 'stale' });
    expect(view(lab, 'ppo').run?.key).toBe(keyBefore);

    void lab.run();
    await settled();
    expect(executor.of('ppo').job).toMatchObject({ settings: { klCoef: 0.3 }, evaluation: { times: 3 } });
  });

  it('does not change stages of the run that have not begun', async () => {
    const { executor, lab, run } = await startedLab(2);
    await executor.of('pretrain').finish();
    lab.configure({ ...lab.config, trunk: { reward: { steps: 7 } } });
    expect(statuses(lab)).toMatchObject({ sft: 'running', preferences: 'queued', reward: 'missing' });
    for (const stage of ['sft', 'preferences', 'reward']) await executor.of(stage).finish();
    expect(executor.of('reward').job.settings).not.toMatchObject({ steps: 7 });
    await executor.of('ppo').finish();
    await executor.of('dpo').finish();
    await run;
    expect(statuses(lab)).toMatchObject({ preferences: 'done', reward: 'stale', ppo: 'stale' });
  });
});

describe('work that arms share', () => {
  const ladders: LabConfig = {
    ...defaultLabConfig(),
    arms: [
      { id: 'frontier', name: 'Frontier', stage: 'tilt', settings: {} },
      { id: 'best', name: 'Best of n', stage: 'best-of-n', settings: {} },
    ],
  };

  it('is done once, before the arms that need it, and is no stage of the pipeline', async () => {
    const { executor, lab, run } = await startedLab(1, ladders);
    await executor.finishTrunk();
    expect(executor.started.at(-1)).toBe('samples');
    expect(statuses(lab)).toMatchObject({ frontier: 'queued', best: 'queued' });
    for (const stage of ['samples', 'scores', 'tilt', 'best-of-n']) await executor.of(stage).finish();
    await run;
    expect(executor.started).toEqual([
      ...['pretrain', 'sft', 'preferences', 'reward'],
      ...['samples', 'scores', 'tilt', 'best-of-n'],
    ]);
    for (const arm of ['tilt', 'best-of-n'])
      expect(executor.of(arm).job.parents).toMatchObject({
        samples: { name: 'samples' },
        scores: { name: 'scores' },
      });
    expect(lab.nodes().map(({ node }) => node.stage)).not.toContain('samples');
  });

  it('is what three arms are compared with, once, and two arms side by side draw themselves', async () => {
    const arms = ['ppo', 'dpo', 'unlikelihood'].map((stage) => ({
      id: stage,
      name: stage,
      stage,
      settings: {},
    }));
    const three = { ...ladders, arms } as LabConfig;
    const { executor, run } = await startedLab(2, three);
    await executor.finishTrunk();
    expect([...executor.started].sort()).toEqual(['baseline', 'preferences', 'pretrain', 'reward', 'sft']);
    await executor.of('baseline').finish();
    for (const stage of ['ppo', 'dpo', 'unlikelihood']) {
      expect(executor.of(stage).job.parents).toMatchObject({ baseline: { name: 'baseline' } });
      await executor.of(stage).finish();
    }
    await run;
    const two = await startedLab(2, { ...three, arms: three.arms.slice(0, 2) });
    await two.executor.finishTrunk();
    expect(two.executor.started.slice(4)).toEqual(['ppo', 'dpo']);
  });

  it('is left to the arms where it fails', async () => {
    const { executor, lab, run } = await startedLab(1, ladders);
    await executor.finishTrunk();
    const failed: StageOutcome = { status: 'failed', message: foreign('no'), seconds: 0 };
    for (const stage of ['samples', 'scores']) await executor.of(stage).finish(failed);
    for (const stage of ['tilt', 'best-of-n']) await executor.of(stage).finish();
    await run;
    expect(executor.of('tilt').job.parents.samples).toBeUndefined();
    expect(statuses(lab)).toMatchObject({ frontier: 'done', best: 'done' });
  });

  it('goes on in a pause, and a step is taken by the first stage that is seen', async () => {
    const { executor, lab } = await startedLab(1, ladders);
    await executor.finishTrunk();
    lab.pause();
    lab.step();
    expect(executor.of('samples').commands).toEqual([]);
    for (const stage of ['samples', 'scores']) await executor.of(stage).finish();
    expect(executor.of('tilt').control.paused).toBe(true);
    expect(executor.of('tilt').control.pendingSteps).toBe(1);
    expect(statuses(lab)['frontier']).toBe('paused');
  });
});

describe('leaving out', () => {
  it('goes on with the others, and is done when nothing is left', async () => {
    const { executor, lab, run } = await startedLab(1);
    await executor.finishTrunk();
    expect(statuses(lab)).toMatchObject({ ppo: 'running', dpo: 'queued' });
    lab.leaveOut(['ppo']);
    expect(executor.of('ppo').commands).toEqual(['stop']);
    await executor.of('ppo').finish({ status: 'stopped', seconds: 1 });
    expect(statuses(lab)).toMatchObject({ ppo: 'missing', dpo: 'running' });
    await executor.of('dpo').finish();
    await run;
    expect(statuses(lab)).toMatchObject({ ppo: 'missing', dpo: 'done' });
  });

  it('of everything ends the run, which can be begun again with what is there', async () => {
    const { executor, lab, run } = await startedLab(2);
    await executor.of('pretrain').finish();
    lab.leaveOut(lab.nodes().map(({ node }) => node.id));
    await executor.of('sft').finish({ status: 'stopped', seconds: 0 });
    await run;
    expect(lab.state).toBe('idle');
    expect(statuses(lab)).toMatchObject({ pretrain: 'done', sft: 'missing', dpo: 'missing' });
    void lab.run();
    await settled();
    expect(executor.started).toEqual(['pretrain', 'sft', 'sft']);
  });
});

describe('letting go', () => {
  it('forgets results that are no part of the configuration, and nothing else', async () => {
    const { executor, lab, run } = await startedLab(2);
    await executor.finishTrunk();
    await executor.of('ppo').finish();
    await executor.of('dpo').finish();
    await run;
    const keys = lab.nodes().map(({ node }) => node.key);
    lab.letGo(keys); // all of them are shown
    expect(statuses(lab)).toMatchObject({ pretrain: 'done', dpo: 'done' });
    const before = lab.config;
    lab.configure(withArms(['dpo-2', 'dpo', { beta: 2 }]));
    void lab.run(); // the run that was planned before is over
    await settled();
    lab.letGo(keys);
    lab.configure(before);
    expect(statuses(lab)).toMatchObject({ pretrain: 'done', sft: 'done', dpo: 'missing', ppo: 'missing' });
  });
});
