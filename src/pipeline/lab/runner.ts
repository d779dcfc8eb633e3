import { z } from 'zod';
import type { Engine } from '../../engine/types';
import { message, messageOf, type Message } from '../../messages';
import { shapeProblems } from '../../messages/shape';
import type { ModelSize } from '../../model/config';
import { taskByName } from '../../world';
import { labConfigSchema, type Settings } from './config';
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

/** Everything a stage needs, in a form that can be sent to a worker. */
export interface Job {
  stage: StageName;
  settings: Settings;
  task: string;
  size: ModelSize;
  seed: number;
  evaluation: EvaluationPlan;
  parents: Parents;
}

/** A stage event and the seconds of work behind it, pauses excluded. */
export type TimedEvent = StageEvent & { seconds: number };

/** Something the run has to say, for example that a lost device was opened again. */
export interface NoticeEvent {
  type: 'notice';
  message: Message;
}

export type RunnerEvent = TimedEvent | NoticeEvent;

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
  /** Rows that may still pass while paused. */
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

  /** Pauses, but lets exactly one more row begin; steps add up. */
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

  /** Resolves when the next row may be computed. */
  async gate(): Promise<void> {
    while (this.state === 'paused' && this.steps === 0)
      await new Promise<void>((resolve) => (this.waiting = resolve));
    if (this.state === 'paused') this.steps--;
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
  return place && message('at', { path: place.path, problem: place.message });
}

/** Runs one stage to its end. Never throws for failures of training: those are outcomes. */
export async function runStage(
  engine: Engine,
  job: Job,
  control: RunControl,
  onEvent: (event: RunnerEvent) => void,
): Promise<StageOutcome> {
  let seconds = 0;
  const refusal = refusalOf(job);
  if (refusal) return { status: 'failed', message: refusal, seconds };
  const unsubscribe = engine.onNotice?.((message) => onEvent({ type: 'notice', message }));
  try {
    const { size, seed, evaluation, parents } = job;
    const context = { engine, size, task: taskByName(job.task), seed, evaluation };
    const stage = STAGES[job.stage];
    const events = stage.run(context, stage.settings.parse(job.settings) as never, parents);
    for (;;) {
      await control.gate();
      if (control.stopped) {
        await events.return(undefined as never);
        return { status: 'stopped', seconds };
      }
      const began = performance.now();
      const { value, done } = await events.next();
      seconds += (performance.now() - began) / 1000;
      if (done) return { status: 'done', result: value, seconds };
      onEvent({ ...value, seconds });
      await breathe();
    }
  } catch (error) {
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
