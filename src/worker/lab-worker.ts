import * as Comlink from 'comlink';
import { createEngine } from '../engine/create';
import type { Engine } from '../engine/types';
import { answer } from '../pipeline/answer';
import { RunControl, runStage } from '../pipeline/runner';
import type { LabWorker } from './api';

let engine: Engine | null = null;
const controls = new Map<number, RunControl>();
/** Commands that arrived before their job did. */
const early = new Map<number, RunControl>();

const started = (): Engine => {
  if (!engine) throw new Error('the engine has not been started');
  return engine;
};

const worker: LabWorker = {
  async start(choice) {
    const created = await createEngine(choice);
    engine?.dispose();
    engine = created.engine;
    return { info: engine.info, considered: created.considered };
  },
  async execute(id, job, onEvent) {
    const control = early.get(id) ?? new RunControl();
    early.delete(id);
    controls.set(id, control);
    try {
      return await runStage(started(), job, control, onEvent);
    } finally {
      controls.delete(id);
    }
  },
  async control(id, command) {
    let control = controls.get(id);
    if (!control) early.set(id, (control = new RunControl()));
    control[command]();
  },
  answer: (request) => answer(started(), request),
};

Comlink.expose(worker);
