import * as tf from '@tensorflow/tfjs-core';
import type { Scalar } from '@tensorflow/tfjs-core';
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
const fusedWebGpu: Factory = async () => (await import('./fused')).createFusedEngine('webgpu');

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

/** One engine that was looked at, and why it was or was not taken, in plain words for the page. */
export interface Considered {
  backend: BackendName;
  kind: Kind;
  /** Measured time of one training step, if it was timed. */
  msPerStep?: number;
  reason: string;
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
      considered: [...considered, { ...identity(engine), reason: withNote(engine, 'chosen by hand') }],
    };
  throw new Error(considered.map((c) => `${c.backend} (${c.kind}): ${c.reason}`).join('; '));
}

async function createFastest(kind: Kind | undefined, options: EngineOptions): Promise<Creation> {
  const considered: Considered[] = [];
  const timed: { engine: Engine; msPerStep: number }[] = [];
  for (const backend of AUTO_ORDER) {
    const description = await describeBackend(backend);
    if (!description) {
      considered.push({ backend, kind: kind ?? ENGINES[backend][0]!.kind, reason: 'not available here' });
    } else if (description.software) {
      const reason = `emulated in software (${description.adapter}): slower than WebAssembly on the same processor`;
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
    if (!engine) throw new Error(considered.map((c) => `${c.backend}: ${c.reason}`).join('; '));
    considered.push({ ...identity(engine), reason: 'the last resort: nothing faster works here' });
    return { engine, considered };
  }
  const words = (ms: number) => `${ms.toFixed(ms < 10 ? 1 : 0)} ms per training step`;
  const why = others.length ? 'the fastest' : 'the only one worth timing';
  considered.push({
    ...identity(best.engine),
    msPerStep: best.msPerStep,
    reason: withNote(best.engine, `${words(best.msPerStep)}: ${why}, taken`),
  });
  for (const { engine, msPerStep } of others) {
    considered.push({
      ...identity(engine),
      msPerStep,
      reason: withNote(
        engine,
        `${words(msPerStep)}: ${(msPerStep / best.msPerStep).toFixed(1)} times slower`,
      ),
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
    considered.push({ backend, kind: kind!, reason: `there is no ${kind} engine for ${backend}` });
  for (const entry of entries) {
    let engine: Engine | null = null;
    try {
      engine = await entry.create(backend, options);
      return { engine, tested: await test?.(engine), considered };
    } catch (error) {
      considered.push({
        backend,
        kind: entry.kind,
        reason: `${engine ? 'failed in a trial step: ' : ''}${messageOf(error)}`,
      });
      engine?.dispose();
    }
  }
  return { engine: null, considered };
}

const identity = ({ info }: Engine) => ({ backend: info.backend, kind: info.kind });
const withNote = ({ info }: Engine, reason: string) => (info.note ? `${reason}; ${info.note}` : reason);
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

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
        throw new Error('a trial step gave a loss that is not finite');
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
      () => reject(new Error(`no answer within ${TRIAL.timeoutMs / 1000} s`)),
      TRIAL.timeoutMs,
    );
  });
  return Promise.race([work(), late]).finally(() => clearTimeout(timer));
}
