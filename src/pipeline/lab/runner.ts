import { z } from 'zod';
import type { Engine } from '../../engine/types';
import { message, messageOf, type Message } from '../../messages';
import { shapeProblems } from '../../messages/shape';
import type { ModelSize } from '../../model/config';
import { taskByName } from '../../world';
import { labConfigSchema, type Settings } from './config';
import { ownData, ownProblem, type OwnRecords } from '../contract/own';
import { ruledTask, type RuledTask } from '../contract/rule-gold';
import { settingErrors } from '../contract/settings';
import {
  DivergedError,
  type EvaluationPlan,
  type LanguageModelArtifact,
  type Parents,
  type StageEvent,
  type StageResult,
} from '../contract/stage';
import { STAGES, type StageName } from '../stages';
import { digestOf, type Checkpoint } from './checkpoint';
import { OtherStageError, Recorder } from './recorder';

/** Everything a stage needs, in a form that can be sent to a worker. */
export interface Job {
  stage: StageName;
  settings: Settings;
  task: string;
  size: ModelSize;
  seed: number;
  evaluation: EvaluationPlan;
  parents: Parents;
  /** Own data that the settings name, by hash; what is not here is not in it. */
  own?: OwnRecords;
  /** Hash of the rule that stands in for the task's gold reward. */
  gold?: string;
  /** Checkpoints are wanted, at most as often as this, seconds; 0: after every row, at any cost. Absent: none. */
  checkpointEvery?: number;
  /** Where to go on from; events up to there are not told again. */
  resume?: Checkpoint;
}

/** A stage event and the seconds of work behind it, pauses excluded. */
export type TimedEvent = StageEvent & { seconds: number };

/** Something the run has to say, for example that a lost device was opened again. */
export interface NoticeEvent {
  type: 'notice';
  message: Message;
}

/** Where the stage can be resumed from now on, as what has come since the last such event. */
export interface CheckpointEvent extends Checkpoint {
  type: 'checkpoint';
}

/** The checkpoint did not fit: the stage has begun from its first row, whose events follow. */
export interface RestartEvent {
  type: 'restart';
}

export type RunnerEvent = TimedEvent | NoticeEvent | CheckpointEvent | RestartEvent;

/** True for what a stage itself has yielded. */
export const isTimed = (event: RunnerEvent): event is TimedEvent =>
  event.type === 'metrics' || event.type === 'evaluation';

/** Hears what a stage yields. The next checkpoint waits until the last one is taken care of. */
export type OnRunnerEvent = (event: RunnerEvent) => void | Promise<void>;

export type StageOutcome =
  | { status: 'done'; result: StageResult; seconds: number }
  | { status: 'stopped'; seconds: number }
  | {
      status: 'failed';
      message: Message;
      update?: number;
      lastGood?: LanguageModelArtifact;
      seconds: number;
    };

export type RunCommand = 'pause' | 'resume' | 'step' | 'stop';

/** Pause, step and stop for one running stage. Takes effect between rows. */
export class RunControl {
  private readonly listeners = new Set<(command: RunCommand) => void>();
  private state: 'running' | 'paused' | 'stopped';
  /** Updates that may still pass while paused. */
  private steps = 0;
  private waiting: (() => void) | null = null;

  constructor(paused = false) {
    this.state = paused ? 'paused' : 'running';
  }

  get paused(): boolean {
    return this.state === 'paused';
  }

  /** Steps that were asked for and not yet taken here; whoever passes commands on late passes these on first. */
  get pendingSteps(): number {
    return this.steps;
  }

  /** Hears every command, to pass it on to where the stage really runs. Returns the unsubscriber. */
  onCommand(listener: (command: RunCommand) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  get stopped(): boolean {
    return this.state === 'stopped';
  }

  pause(): void {
    if (this.state === 'running') this.state = 'paused';
    this.tell('pause');
  }

  resume(): void {
    if (this.state === 'paused') this.state = 'running';
    this.steps = 0;
    this.tell('resume');
    this.wake();
  }

  /** Pauses, but lets exactly one more update pass, with what is measured before it; steps add up. */
  step(): void {
    if (this.state === 'running') this.state = 'paused';
    this.steps++;
    this.tell('step');
    this.wake();
  }

  stop(): void {
    this.state = 'stopped';
    this.tell('stop');
    this.wake();
  }

  /** Resolves when the next row may be computed; true: it belongs to a step. */
  async gate(): Promise<boolean> {
    while (this.state === 'paused' && this.steps === 0)
      await new Promise<void>((resolve) => (this.waiting = resolve));
    return this.state === 'paused';
  }

  /** The update of a step has passed. */
  passed(): void {
    if (this.state === 'paused' && this.steps > 0) this.steps--;
  }

  private tell(command: RunCommand): void {
    for (const listener of this.listeners) listener(command);
  }

  private wake(): void {
    this.waiting?.();
    this.waiting = null;
  }
}

/** Lets messages (pause, stop, samples) in between two rows. */
const breathe = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });

const { task, size, seed, evaluation } = labConfigSchema.shape;
const placeSchema = z.object({ task, size, seed, evaluation });

/** Why a job cannot be run as it is; undefined if it can. A job may come from anywhere: nothing in it is trusted. */
function refusalOf(job: Job): Message | undefined {
  if (!Object.hasOwn(STAGES, job.stage)) return message('stage.unknown', { stage: job.stage });
  const [setting] = settingErrors(STAGES[job.stage].settings, job.settings);
  if (setting) {
    const { name, message: problem } = setting;
    return message('stage.setting', { stage: job.stage, name, problem });
  }
  const { check } = STAGES[job.stage];
  const [together] = check?.(STAGES[job.stage].settings.parse(job.settings) as never) ?? [];
  if (together)
    return message('stage.together', { stage: job.stage, name: together.name, problem: together.message });
  const [place] = shapeProblems(placeSchema, job);
  if (place) return message('at', { path: place.path, problem: place.message });
  return job.own && ownProblem(job.own);
}

/** Runs one stage to its end. Never throws for failures of training: those are outcomes. */
export async function runStage(
  engine: Engine,
  job: Job,
  control: RunControl,
  onEvent: OnRunnerEvent,
): Promise<StageOutcome> {
  const clock = { seconds: 0 };
  const refusal = refusalOf(job);
  if (refusal) return { status: 'failed', message: refusal, seconds: 0 };
  const unsubscribe = engine.onNotice?.((message) => void onEvent({ type: 'notice', message }));
  try {
    try {
      return await rowsOf(engine, job, control, onEvent, clock);
    } catch (error) {
      if (!(error instanceof OtherStageError) || !job.resume) throw error;
      clock.seconds = 0;
      void onEvent({ type: 'restart' });
      const { resume: _, ...afresh } = job;
      return await rowsOf(engine, afresh, control, onEvent, clock);
    }
  } catch (error) {
    const { seconds } = clock;
    if (error instanceof DivergedError)
      return {
        status: 'failed',
        message: error.info,
        update: error.update,
        ...(error.lastGood ? { lastGood: error.lastGood.artifact } : {}),
        seconds,
      };
    return { status: 'failed', message: messageOf(error), seconds };
  } finally {
    unsubscribe?.();
  }
}

/** The task of a job, with a person's rule as its gold where one is named. */
async function goldTask({ task: name, gold, own }: Job): Promise<RuledTask> {
  const task = taskByName(name);
  if (gold === undefined) return { task, dispose: () => undefined };
  return ruledTask(task, ownData({ own }, 'reward', gold).source);
}

async function rowsOf(
  engine: Engine,
  job: Job,
  control: RunControl,
  onEvent: OnRunnerEvent,
  clock: { seconds: number },
): Promise<StageOutcome> {
  const { size, seed, evaluation, parents, own, resume } = job;
  const recorder = job.checkpointEvery === undefined ? undefined : new Recorder(engine, resume);
  const checkpoints = recorder && new Checkpoints(recorder, job.checkpointEvery!, onEvent);
  const ruled = await goldTask(job);
  const context = { engine: recorder?.engine ?? engine, size, task: ruled.task, seed, evaluation, own };
  const stage = STAGES[job.stage];
  const events = stage.run(context, stage.settings.parse(job.settings) as never, parents);
  const recalled = recorder ? (resume?.rows ?? 0) : 0;
  const { backend } = recorder?.engine.info ?? {};
  if (backend && resume && resume.backend !== backend)
    void onEvent({
      type: 'notice',
      message: message('storage.otherBackend', { from: resume.backend, to: backend }),
    });
  let digest = 0;
  clock.seconds = recalled > 0 ? resume!.seconds : 0;
  try {
    for (let rows = 0; ; rows++) {
      let isStep = false;
      if (rows >= recalled) {
        if (control.paused) await checkpoints?.takeNow(rows, clock.seconds, digest);
        isStep = await control.gate();
      }
      if (control.stopped) return { status: 'stopped', seconds: clock.seconds };
      const began = performance.now();
      const { value, done } = await events.next();
      if (done && rows >= recalled) {
        clock.seconds += (performance.now() - began) / 1000;
        return { status: 'done', result: value, seconds: clock.seconds };
      }
      if (done) throw new OtherStageError('it ends before its checkpoint');
      if (checkpoints) digest = digestOf(digest, value);
      if (rows < recalled) {
        if (rows + 1 === recalled) checkpoints!.startAt(recalled, digest, resume!);
        else if (rows % 64 === 0) await breathe();
        continue;
      }
      clock.seconds += (performance.now() - began) / 1000;
      if (isStep && (value.type === 'metrics' || stage.course === 'ladder')) control.passed();
      void onEvent({ ...value, seconds: clock.seconds });
      if (checkpoints?.isDue) await checkpoints.take(rows + 1, clock.seconds, digest);
      await breathe();
    }
  } finally {
    await events.return(undefined as never);
    ruled.dispose();
  }
}

/** Checkpoints may take one part of the time in so many, however large the model is. */
const SHARE = 20;

/** Says where a stage can be resumed: as often as was asked for, and whenever it is paused. */
class Checkpoints {
  private last = performance.now();
  private lastRows = 0;
  /** What taking the last one has cost the stage, milliseconds. */
  private cost = 0;
  /** While the last one is taken care of. */
  private busy: Promise<void> | undefined;

  constructor(
    private readonly recorder: Recorder,
    private readonly everySeconds: number,
    private readonly onEvent: OnRunnerEvent,
  ) {}

  get isDue(): boolean {
    const wait = this.everySeconds && Math.max(1000 * this.everySeconds, SHARE * this.cost);
    return !this.busy && performance.now() - this.last >= wait;
  }

  /** Everything up to here is in the checkpoint that was resumed. Throws where it was of another stage. */
  startAt(rows: number, digest: number, { digest: expected }: Checkpoint): void {
    if (digest !== expected || this.recorder.isRecalling)
      throw new OtherStageError('its events are not those of the checkpoint');
    this.lastRows = rows;
    this.last = performance.now();
  }

  /** For a stage that pauses, perhaps for good. */
  async takeNow(rows: number, seconds: number, digest: number): Promise<void> {
    if (rows > this.lastRows) await this.busy;
    await this.take(rows, seconds, digest);
  }

  async take(rows: number, seconds: number, digest: number): Promise<void> {
    if (this.busy || rows <= this.lastRows) return;
    const began = performance.now();
    const { answers, models } = await this.recorder.take();
    this.cost = performance.now() - began;
    this.lastRows = rows;
    const { backend } = this.recorder.engine.info;
    const taken = this.onEvent({ type: 'checkpoint', rows, seconds, digest, backend, answers, models });
    this.busy = Promise.resolve(taken)
      .catch(() => undefined) // whoever stores it knows
      .finally(() => {
        this.busy = undefined;
        this.last = performance.now();
      });
  }
}
