import * as tf from '@tensorflow/tfjs-core';
import type { Scalar } from '@tensorflow/tfjs-core';
import { message, MessageError, messageOf, type Message } from '../messages';
import { MODEL_SIZES, type GptConfig } from '../model/config';
import { initialWeights } from '../model/parameters';
import { VOCABULARY_SIZE } from '../model/tokens';
import { rngFrom } from '../random/rng';
import { describeBackend } from './adapter';
import type {
  AdamWOptions,
  BackendName,
  Engine,
  EngineInfo,
  EngineOptions,
  LossTerm,
  Matrix,
  Outputs,
} from './types';

type Kind = EngineInfo['kind'];
type Factory = (backend: BackendName, options: EngineOptions) => Promise<Engine>;

const plain: Factory = async (backend) => (await import('./plain')).createPlainEngine(backend);
const fusedWasm: Factory = async (_, options) => (await import('./fused')).createFusedEngine('wasm', options);
const fusedWebGl: Factory = async () => (await import('./fused')).createFusedEngine('webgl');
const fusedWebGpu: Factory = async (_, options) =>
  (await import('./fused')).createFusedEngine('webgpu', options);

/** The engines there are, best kind first. A new one is one entry here. */
const ENGINES: Record<BackendName, { kind: Kind; create: Factory }[]> = {
  webgpu: [
    { kind: 'fused', create: fusedWebGpu },
    { kind: 'plain', create: plain },
  ],
  webgl: [
    { kind: 'fused', create: fusedWebGl },
    { kind: 'plain', create: plain },
  ],
  wasm: [
    { kind: 'fused', create: fusedWasm },
    { kind: 'plain', create: plain },
  ],
  cpu: [{ kind: 'plain', create: plain }],
};

/** In the order in which they are timed; `cpu` is only a last resort and never timed. */
const AUTO_ORDER: BackendName[] = ['webgpu', 'webgl', 'wasm'];

/** One engine that was looked at, and why it was or was not taken. */
export interface Considered {
  backend: BackendName;
  kind: Kind;
  /** Measured time of one training step, if it was timed. */
  msPerStep?: number;
  reason: Message;
}

export interface Creation {
  engine: Engine;
  considered: Considered[];
}

/**
 * The requested engine, or with 'auto' the one that trains fastest here: a few real training steps are timed
 * on each real GPU and on WebAssembly. A GPU emulated in software runs on the same processor as WebAssembly,
 * only slower, so it is not even timed.
 */
export async function createEngine(
  choice: BackendName | 'auto',
  kind?: Kind,
  options: EngineOptions = {},
): Promise<Creation> {
  if (choice === 'auto') return createFastest(kind, options);
  const { engine, considered } = await openFirst(choice, kind, options);
  if (engine)
    return {
      engine,
      considered: [
        ...considered,
        { ...identity(engine), reason: withNotes(engine, message('engine.byHand', {}), options) },
      ],
    };
  throw noneOf(considered);
}

async function createFastest(kind: Kind | undefined, options: EngineOptions): Promise<Creation> {
  const considered: Considered[] = [];
  const timed: { engine: Engine; msPerStep: number }[] = [];
  for (const backend of AUTO_ORDER) {
    const description = await describeBackend(backend);
    if (!description) {
      considered.push({
        backend,
        kind: kind ?? ENGINES[backend][0]!.kind,
        reason: message('engine.unavailable', { backend }),
      });
    } else if (description.software) {
      const reason = message('engine.software', { adapter: description.adapter });
      considered.push({ backend, kind: kind ?? ENGINES[backend][0]!.kind, reason });
    } else {
      const trial = await openFirst(backend, kind, options, timeSteps);
      considered.push(...trial.considered);
      if (trial.engine) timed.push({ engine: trial.engine, msPerStep: trial.tested! });
    }
  }
  timed.sort((a, b) => a.msPerStep - b.msPerStep);
  const [best, ...others] = timed;
  if (!best) {
    const { engine, considered: failures } = await openFirst('cpu', kind, options);
    considered.push(...failures);
    if (!engine) throw noneOf(considered);
    considered.push({ ...identity(engine), reason: message('engine.lastResort', {}) });
    return { engine, considered };
  }
  const { msPerStep: ms } = best;
  const why = others.length ? message('engine.fastest', { ms }) : message('engine.only', { ms });
  considered.push({
    ...identity(best.engine),
    msPerStep: ms,
    reason: withNotes(best.engine, why, options),
  });
  for (const { engine, msPerStep } of others) {
    considered.push({
      ...identity(engine),
      msPerStep,
      reason: withNotes(engine, message('engine.slower', { ms: msPerStep, times: msPerStep / ms }), options),
    });
    engine.dispose();
  }
  return { engine: best.engine, considered };
}

/** The first engine of a backend that opens and passes `test`, and the reasons of those that did not. */
async function openFirst<T = undefined>(
  backend: BackendName,
  kind: Kind | undefined,
  options: EngineOptions,
  test?: (engine: Engine) => Promise<T>,
): Promise<{ engine: Engine | null; tested?: T; considered: Considered[] }> {
  const considered: Considered[] = [];
  const entries = ENGINES[backend].filter((e) => !kind || e.kind === kind);
  if (entries.length === 0)
    considered.push({
      backend,
      kind: kind!,
      reason: message('engine.noKind', { backend, kind: kind! }),
    });
  for (const entry of entries) {
    let engine: Engine | null = null;
    try {
      engine = await entry.create(backend, options);
      return { engine, tested: await test?.(engine), considered };
    } catch (error) {
      const why = messageOf(error);
      const reason = engine ? message('engine.trialFailed', { reason: why }) : why;
      considered.push({ backend, kind: entry.kind, reason });
      engine?.dispose();
    }
  }
  return { engine: null, considered };
}

const identity = ({ info }: Engine) => ({ backend: info.backend, kind: info.kind });
/** The reason with what else there is to say of an engine: its own note, and what was asked for and is not there. */
function withNotes({ info }: Engine, reason: Message, { precision }: EngineOptions): Message {
  const missed = precision === 'f16' && !info.precision ? message('engine.noHalf', {}) : undefined;
  return [info.note, missed]
    .filter((note) => note !== undefined)
    .reduce((first, second) => message('both', { first, second }), reason);
}
const noneOf = (tried: readonly Considered[]) => new MessageError(message('engine.none', { tried }));

const TRIAL_CONFIG: GptConfig = { vocabSize: VOCABULARY_SIZE, ...MODEL_SIZES.tiny };
const TRIAL = { rows: 32, length: 48, warmUp: 1, steps: 3, timeoutMs: 30_000 };
const TRIAL_OPTIMIZER: AdamWOptions = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.95,
  epsilon: 1e-8,
  weightDecay: 0.01,
  maxGradNorm: 1,
};

/** Milliseconds per pretraining step of the `tiny` model, after a warm-up that compiles shaders. */
async function timeSteps(engine: Engine): Promise<number> {
  const rng = rngFrom(0, 'engine trial');
  const batch = Array.from({ length: TRIAL.rows }, () => ({
    ids: Array.from({ length: TRIAL.length }, () => rng.int(3, TRIAL_CONFIG.vocabSize - 1)),
    start: 1,
  }));
  const term: LossTerm = {
    batch,
    want: { logProbs: true },
    loss: Object.assign(({ logProbs }: Outputs) => ({ loss: tf.neg(tf.mean(logProbs)) as Scalar }), {
      linearWeights: ({ data }: Matrix) => data.map(() => -1 / data.length),
    }),
  };
  const model = engine.createModel(TRIAL_CONFIG, initialWeights(TRIAL_CONFIG, rng));
  const run = async (steps: number) => {
    for (let i = 0; i < steps; i++) {
      const report = await model.update([term], TRIAL_OPTIMIZER, i === steps - 1);
      if (report && !Number.isFinite(report.loss))
        throw new MessageError(message('engine.trialNotFinite', {}));
    }
  };
  try {
    return await inTime(async () => {
      await run(TRIAL.warmUp);
      const start = performance.now();
      await run(TRIAL.steps);
      return (performance.now() - start) / TRIAL.steps;
    });
  } finally {
    model.dispose();
  }
}

async function inTime<T>(work: () => Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new MessageError(message('engine.trialLate', { seconds: TRIAL.timeoutMs / 1000 }))),
      TRIAL.timeoutMs,
    );
  });
  return Promise.race([work(), late]).finally(() => clearTimeout(timer));
}
