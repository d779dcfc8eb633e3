import type { Engine } from '../engine/types';
import type { Executor } from '../pipeline/lab/lab';
import { runStage } from '../pipeline/lab/runner';

/** Runs jobs one after the other in this process. */
export const localExecutor = (engine: Engine): Executor => ({
  slots: 1,
  execute: (job, control, onEvent) => runStage(engine, job, control, onEvent),
});
