import '../pipeline/contract/no-eval';
import * as Comlink from 'comlink';
import { createEngine } from '../engine/create';
import { resilientEngine } from '../engine/resilient';
import type { Engine } from '../engine/types';
import { message, MessageError } from '../messages';
import { answer } from '../pipeline/measures/answer';
import { inspect } from '../pipeline/measures/inspect';
import { packPreferences } from '../pipeline/contract/packed-preferences';
import {
  RunControl,
  runStage,
  type OnRunnerEvent,
  type RunnerEvent,
  type StageOutcome,
} from '../pipeline/lab/runner';
import type { LabWorker } from './api';
import { sendMessagesOfErrors } from './errors';

let engine: Engine | null = null;
const controls = new Map<number, RunControl>();

/** The same backend and precision again (WebAssembly on one thread), or WebAssembly if it does not open. */
async function reopen(lost: Engine): Promise<Engine> {
  try {
    const { backend, kind, precision = 'f32' } = lost.info;
    return (await createEngine(backend, kind, { precision })).engine;
  } catch {
    return (await createEngine('wasm')).engine;
  }
}

const started = (): Engine => {
  if (!engine) throw new MessageError(message('engine.notStarted', {}));
  return engine;
};

/** Comparisons travel as one buffer (see PackedPreferencesArtifact). */
function packed(outcome: StageOutcome): StageOutcome {
  if (outcome.status !== 'done' || outcome.result.artifact.kind !== 'preferences') return outcome;
  const artifact = { kind: 'packed-preferences', bytes: packPreferences(outcome.result.artifact) } as const;
  return { ...outcome, result: { ...outcome.result, artifact } };
}

/** Buffers of an outcome that nobody here needs any more: they are handed over, not copied. */
function transferables(outcome: StageOutcome): Transferable[] {
  if (outcome.status === 'stopped') return [];
  const artifact = outcome.status === 'done' ? outcome.result.artifact : outcome.lastGood;
  switch (artifact?.kind) {
    case 'model':
    case 'reward':
      return [artifact.weights.buffer as ArrayBuffer];
    case 'packed-preferences':
      return [artifact.bytes.buffer as ArrayBuffer];
    case 'samples':
      return [artifact.tokens, artifact.offsets, artifact.gold, artifact.logProbs].map(
        ({ buffer }) => buffer as ArrayBuffer,
      );
    case 'scores':
      return [artifact.scores.buffer as ArrayBuffer];
    case 'baseline':
      return [artifact.tokens, artifact.offsets, artifact.gold, artifact.entropy].map(
        ({ buffer }) => buffer as ArrayBuffer,
      );
    default:
      return [];
  }
}

/** The models of a checkpoint are copies: they are handed over. */
const sent = (event: RunnerEvent): RunnerEvent =>
  event.type === 'checkpoint'
    ? Comlink.transfer(
        event,
        event.models.flatMap(({ weights, optimizer }) =>
          [weights, optimizer?.first, optimizer?.second].flatMap((array) => (array ? [array.buffer] : [])),
        ),
      )
    : event;

const worker: LabWorker = {
  hold: (lock) =>
    new Promise((resolve, reject) => {
      const locks = navigator.locks as LockManager | undefined; // only in secure contexts
      if (!locks || lock === null) return resolve(false);
      const held = () => {
        resolve(true);
        return new Promise<never>(() => undefined);
      };
      locks.request(lock, held).catch(reject);
    }),
  async ping() {},
  async start(choice, threads, precision) {
    const created = await createEngine(choice, undefined, { threads, precision });
    engine?.dispose();
    engine = created.engine.lost ? resilientEngine(created.engine, reopen) : created.engine;
    return { info: engine.info, considered: created.considered };
  },
  async limitThreads(count) {
    engine?.limitThreads?.(count);
  },
  async execute(id, job, paused, onEvent) {
    const control = new RunControl(paused);
    controls.set(id, control);
    let told: unknown;
    const tell: OnRunnerEvent = (event) => {
      const heard = onEvent(sent(event));
      if (event.type !== 'checkpoint') told = heard;
      return heard;
    };
    try {
      const outcome = packed(await runStage(started(), job, control, tell));
      await told; // events have a port of their own: the outcome would overtake the last of them
      return Comlink.transfer(outcome, transferables(outcome));
    } finally {
      controls.delete(id);
    }
  },
  async control(id, command) {
    controls.get(id)?.[command]();
  },
  answer: (request) => answer(started(), request),
  inspect: (request) => inspect(started(), request),
};

sendMessagesOfErrors();
Comlink.expose(worker);
