import type { BackendName, EngineInfo } from '../engine/types';
import type { Precision } from './precision';
import type { Message } from '../messages';
import type { Answer, AnswerRequest } from '../pipeline/measures/answer';
import type { Inspection, InspectRequest } from '../pipeline/measures/inspect';
import type { Job, OnRunnerEvent, RunCommand, StageOutcome } from '../pipeline/lab/runner';

export type { Answer, AnswerRequest, Inspection, InspectRequest };

/** What the chosen engine is and why it was chosen, for the backend badge. */
export interface EngineReport {
  info: EngineInfo;
  considered: { backend: BackendName; kind: 'fused' | 'plain'; msPerStep?: number; reason: Message }[];
}

/** The whole contract between the page and one worker (called through Comlink). */
export interface LabWorker {
  /** Takes the lock with this name and never gives it back; false without a name or without locks. */
  hold(lock: string | null): Promise<boolean>;
  /** A sign of life. */
  ping(): Promise<void>;
  /** `threads` and `precision`: see EngineOptions. */
  start(choice: BackendName | 'auto', threads: number, precision: Precision): Promise<EngineReport>;
  /** Of its threads only so many compute from now on. */
  limitThreads(count: number): Promise<void>;
  execute(id: number, job: Job, paused: boolean, onEvent: OnRunnerEvent): Promise<StageOutcome>;
  /** Commands for a job that has ended are ignored. */
  control(id: number, command: RunCommand): Promise<void>;
  answer(request: AnswerRequest): Promise<Answer[]>;
  inspect(request: InspectRequest): Promise<Inspection>;
}
