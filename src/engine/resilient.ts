import { message, type Message } from '../messages';
import type { GptConfig } from '../model/config';
import { DeviceLostError } from './errors';
import type {
  AdamWOptions,
  Batch,
  Engine,
  GenerateOptions,
  LanguageModel,
  LossTerm,
  OptimizerState,
  Wanted,
} from './types';

/** Weights are copied to the host at most this often, so that frequent logging does not slow training. */
const SAVE_EVERY_MS = 250;

/** Recoveries after which a device is given up for good. */
const MAX_RECOVERIES = 5;

/**
 * An engine that survives the loss of its device. Every model keeps its last good weights and optimiser
 * state on the host, taken when an update is read back (the log cadence), at most four times a second. When a call fails because
 * the device is gone, a new engine is opened (`reopen`: the same backend, or the next one), every model
 * is uploaded again, and the call is repeated: at most the updates since the last copy are lost.
 */
export function resilientEngine(first: Engine, reopen: (lost: Engine) => Promise<Engine>): Engine {
  let engine = first;
  let recoveries = 0;
  let recovering: Promise<void> | null = null;
  const models = new Set<ResilientModel>();
  const listeners = new Set<(notice: Message) => void>();

  async function recover(broken: Engine, error: DeviceLostError): Promise<void> {
    if (engine !== broken) return; // another call has done it
    recovering ??= (async () => {
      if (++recoveries > MAX_RECOVERIES) throw error;
      try {
        broken.dispose();
      } catch {
        // its device is gone: there is nothing left to give back
      }
      engine = await reopen(broken);
      for (const model of models) model.reload(engine);
      const { backend } = broken.info;
      const to = engine.info.backend;
      const reason = error.info;
      const notice =
        to === backend
          ? message('engine.reopened', { backend, reason })
          : message('engine.moved', { backend, to, reason });
      for (const listener of listeners) listener(notice);
    })().finally(() => (recovering = null));
    return recovering;
  }

  /** Repeats the call on a new device for as long as devices get lost. */
  async function guarded<T>(call: () => Promise<T>): Promise<T> {
    for (;;) {
      if (recovering) await recovering;
      const used = engine;
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof DeviceLostError)) throw error;
        await recover(used, error);
      }
    }
  }

  class ResilientModel implements LanguageModel {
    private onDevice: LanguageModel | DeviceLostError;
    private optimizer: OptimizerState | null = null;
    private savedAt = -Infinity;

    constructor(
      readonly config: GptConfig,
      private saved: Float32Array,
    ) {
      this.onDevice = create(engine, config, saved);
    }

    reload(on: Engine): void {
      this.onDevice = create(on, this.config, this.saved);
      const model = this.onDevice;
      if (this.optimizer && !(model instanceof DeviceLostError)) model.setWeights(this.saved, this.optimizer);
    }

    /** The model on the present device; throws if that was gone before the model got there. */
    private get inner(): LanguageModel {
      if (this.onDevice instanceof DeviceLostError) throw this.onDevice;
      return this.onDevice;
    }

    evaluate = (batch: Batch, want: Wanted) => guarded(() => this.inner.evaluate(batch, want));
    nextLogits = (batch: Batch) => guarded(() => this.inner.nextLogits(batch));
    gradients = (terms: readonly LossTerm[]) => guarded(() => this.inner.gradients(terms));
    generate = (prompts: readonly (readonly number[])[], options: GenerateOptions) =>
      guarded(() => this.inner.generate(prompts, options));
    weights = () => guarded(() => this.inner.weights());
    optimizerState = () => guarded(() => this.inner.optimizerState());

    update = (terms: readonly LossTerm[], optimizer: AdamWOptions, read: boolean) =>
      guarded(async () => {
        const report = await this.inner.update(terms, optimizer, read);
        const good = report && Number.isFinite(report.loss) && Number.isFinite(report.gradNorm);
        if (good && performance.now() - this.savedAt > SAVE_EVERY_MS) {
          const [weights, state] = await Promise.all([this.inner.weights(), this.inner.optimizerState()]);
          this.saved = weights;
          this.optimizer = state;
          this.savedAt = performance.now();
        }
        return report;
      });

    setWeights(weights: Float32Array, optimizer: OptimizerState | null = null): void {
      this.saved = weights.slice();
      this.optimizer = optimizer;
      if (!(this.onDevice instanceof DeviceLostError)) this.onDevice.setWeights(weights, optimizer);
    }

    dispose(): void {
      models.delete(this);
      if (!(this.onDevice instanceof DeviceLostError)) this.onDevice.dispose();
    }
  }

  return {
    get info() {
      return engine.info;
    },
    createModel(config, weights) {
      const model = new ResilientModel(config, weights.slice());
      models.add(model);
      return model;
    },
    memory: () => engine.memory(),
    counters: () => engine.counters?.() ?? { dispatches: 0, readbacks: 0, submits: 0 },
    limitThreads: (count) => engine.limitThreads?.(count),
    onNotice(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose() {
      models.clear();
      engine.dispose();
    },
  };
}

/** A new model; where the device is gone, the error that its first call meets (and recovers from). */
function create(engine: Engine, config: GptConfig, weights: Float32Array): LanguageModel | DeviceLostError {
  try {
    return engine.createModel(config, weights);
  } catch (error) {
    if (error instanceof DeviceLostError) return error;
    throw error;
  }
}
