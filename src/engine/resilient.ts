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
  Reading,
  UpdateReport,
  UpdateStep,
  Wanted,
} from './types';

/** Models are copied to the host at most this often, so that frequent logging does not slow training. */
const SAVE_EVERY_MS = 250;

/** Updates after which a model is copied in any case: so many are kept, and repeated, at most. */
const MOST_KEPT = 256;

/** Losses in a row, without a call that succeeds in between, after which a device is given up. */
const MAX_RECOVERIES = 5;

/** All that has to be repeated to get a model as it is. */
interface Past {
  weights: Float32Array;
  /** Null: the optimiser starts afresh. */
  optimizer: OptimizerState | null;
  /** What has been learned since: pure functions and plain data, so it can be learned again. */
  updates: UpdateStep[];
}

/**
 * An engine that survives the loss of its device. Every model keeps a copy of its weights and optimiser state on
 * the host, taken when an update is read back (the log cadence), at most four times a second, and the updates
 * since. When a call fails because the device is gone, a new engine is opened (`reopen`: the same backend, or
 * the next one), every model is uploaded and learns those updates again, and the call is repeated: on the same
 * backend the figures are those of a run that lost nothing. Updates of one model are awaited one after the other.
 */
export function resilientEngine(first: Engine, reopen: (lost: Engine) => Promise<Engine>): Engine {
  let engine = first;
  let recoveries = 0;
  let recovering: Promise<void> | null = null;
  const models = new Set<ResilientModel>();
  const listeners = new Set<(notice: Message) => void>();

  async function recover(broken: Engine, error: DeviceLostError): Promise<void> {
    if (engine !== broken) return; // another call has done it
    recovering ??= reopened(error).finally(() => (recovering = null));
    return recovering;
  }

  /** Opens devices until one keeps for as long as all models need to get there. */
  async function reopened(error: DeviceLostError): Promise<void> {
    const { backend } = engine.info;
    for (let latest = error; ;) {
      if (++recoveries > MAX_RECOVERIES) {
        recoveries = 0; // whoever asks again later may try again
        throw latest;
      }
      try {
        engine.dispose();
      } catch {
        // its device is gone: there is nothing left to give back
      }
      engine = await reopen(engine);
      try {
        for (const model of models) await model.reload(engine);
        break;
      } catch (next) {
        if (!(next instanceof DeviceLostError)) throw next;
        latest = next;
      }
    }
    const to = engine.info.backend;
    const reason = error.info;
    const notice =
      to === backend
        ? message('engine.reopened', { backend, reason })
        : message('engine.moved', { backend, to, reason });
    for (const listener of listeners) listener(notice);
  }

  /** Repeats the call on a new device for as long as devices get lost. */
  async function guarded<T>(call: () => Promise<T>): Promise<T> {
    for (;;) {
      if (recovering) await recovering;
      const used = engine;
      try {
        const value = await call();
        recoveries = 0;
        return value;
      } catch (error) {
        if (!(error instanceof DeviceLostError)) throw error;
        await recover(used, error);
      }
    }
  }

  class ResilientModel implements LanguageModel {
    private onDevice: LanguageModel | DeviceLostError;
    private past: Past;
    private savedAt = -Infinity;

    constructor(
      readonly config: GptConfig,
      weights: Float32Array,
    ) {
      this.past = { weights, optimizer: null, updates: [] };
      this.onDevice = create(engine, config, weights);
    }

    /** Brings the model to another device. Rejects with DeviceLostError if that is lost meanwhile. */
    async reload(on: Engine): Promise<void> {
      const { weights, optimizer, updates } = this.past;
      this.onDevice = create(on, this.config, weights);
      if (optimizer) this.inner.setWeights(weights, optimizer);
      for (const update of updates) await this.inner.update(update.terms, update.optimizer, false);
    }

    /** The model on the present device; throws if that was gone before the model got there. */
    get inner(): LanguageModel {
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

    async update(terms: readonly LossTerm[], optimizer: AdamWOptions, read: Reading) {
      const report = await guarded(() => this.inner.update(terms, optimizer, read));
      await this.remember([{ terms, optimizer }], report !== null);
      return report;
    }

    async updates(
      steps: readonly UpdateStep[],
      read: Exclude<Reading, false> = true,
    ): Promise<UpdateReport[]> {
      const reports = await guarded(() => this.inner.updates(steps, read));
      await this.remember(steps, true);
      return reports;
    }

    /** Keeps what has been learned, or a copy of what came of it. */
    private async remember(steps: readonly UpdateStep[], read: boolean): Promise<void> {
      this.past.updates.push(...steps);
      const isDue = read && performance.now() - this.savedAt > SAVE_EVERY_MS;
      if (isDue || this.past.updates.length >= MOST_KEPT) await guarded(() => this.save());
    }

    private async save(): Promise<void> {
      const [weights, optimizer] = await Promise.all([this.inner.weights(), this.inner.optimizerState()]);
      this.past = { weights, optimizer, updates: [] };
      this.savedAt = performance.now();
    }

    setWeights(weights: Float32Array, optimizer: OptimizerState | null = null): void {
      this.past = { weights: weights.slice(), optimizer, updates: [] };
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
    evaluateTogether: (passes) =>
      guarded(() =>
        engine.evaluateTogether(
          passes.map(({ model, ...pass }) => ({ ...pass, model: (model as ResilientModel).inner })),
        ),
      ),
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
