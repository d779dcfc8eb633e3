import type {
  AdamWOptions,
  Batch,
  Engine,
  EvaluationPass,
  GenerateOptions,
  HostOutputs,
  LanguageModel,
  LossTerm,
  Matrix,
  OptimizerState,
  Reading,
  Rollout,
  UpdateReport,
  UpdateStep,
  Wanted,
} from '../../engine/types';
import type { GptConfig } from '../../model/config';
import {
  compact,
  type Answer,
  type Call,
  type Checkpoint,
  type FlatReport,
  type FlatRollout,
  type ModelState,
} from './checkpoint';

/** What a stage asks of its engine is not what it asked before: the answers are of another stage. */
export class OtherStageError extends Error {
  override readonly name = 'OtherStageError';
}

/** Flat forms and back. */
interface Codec<T> {
  flat(value: T): unknown;
  back(flat: unknown): T;
}

const copied = (m: Matrix): Matrix => ({ ...m, data: m.data.slice() });

function copyOf(outputs: HostOutputs): HostOutputs {
  const { logProbs, entropy, values, scores, mask } = outputs;
  return {
    ...(logProbs ? { logProbs: copied(logProbs) } : {}),
    ...(entropy ? { entropy: copied(entropy) } : {}),
    ...(values ? { values: copied(values) } : {}),
    ...(scores ? { scores: scores.slice() } : {}),
    mask: copied(mask),
  };
}

const flatRollout = ({ completions, finished, readbacks, outputs }: Rollout): FlatRollout => ({
  tokens: Uint16Array.from(completions.flat()),
  lengths: Uint16Array.from(completions, ({ length }) => length),
  finished: Uint8Array.from(finished, Number),
  readbacks,
  ...(outputs ? { outputs: copyOf(outputs) } : {}),
});

function rolloutOf({ tokens, lengths, finished, readbacks, outputs }: FlatRollout): Rollout {
  let at = 0;
  return {
    completions: Array.from(lengths, (length) => Array.from(tokens.subarray(at, (at += length)))),
    finished: Array.from(finished, Boolean),
    readbacks,
    ...(outputs ? { outputs } : {}),
  };
}

const flatReport = ({ weights, metrics, ...report }: UpdateReport): FlatReport => ({
  ...report,
  metrics: { ...metrics },
  weights: weights !== undefined,
});

const asItIs = <T>(copy: (value: T) => T): Codec<T> => ({ flat: copy, back: (flat) => flat as T });

const OUTPUTS = asItIs(copyOf);
const LISTS = asItIs((all: HostOutputs[]) => all.map(copyOf));
const LOGITS = asItIs(copied);
const GRADIENTS = asItIs((value: { loss: number; gradients: Float32Array }) => structuredClone(value));
const ROLLOUT: Codec<Rollout> = { flat: flatRollout, back: (flat) => rolloutOf(flat as FlatRollout) };

/**
 * An engine that notes all its answers, and gives those of a checkpoint in place of computing them. Calls are awaited
 * one after the other, as stages do. Weights are not noted: while answers are given, weights that the checkpoint does
 * not have are zeros; a stage only passes them on (snapshots, the last good ones) or overwrites them.
 */
export class Recorder {
  readonly engine: Engine;
  private readonly models: RecordedModel[] = [];
  private readonly past: Answer[];
  private fresh: Answer[] = [];
  private readonly pending = new Set<Promise<unknown>>();
  /** Arrays that were handed out in place of weights. */
  private readonly blank = new WeakSet<Float32Array>();

  constructor(
    private readonly inner: Engine,
    private readonly from?: Pick<Checkpoint, 'answers' | 'models'>,
  ) {
    this.past = (from?.answers ?? []).toReversed().map((answer) => ({ ...answer }));
    this.engine = {
      get info() {
        return inner.info;
      },
      createModel: (config, weights) => this.createModel(config, weights),
      evaluateTogether: (passes) => this.evaluateTogether(passes),
      memory: () => inner.memory(),
      dispose: () => inner.dispose(),
    };
  }

  /** Answers are still given, not computed. */
  get isRecalling(): boolean {
    return this.past.length > 0;
  }

  /** True for zeros in place of weights. */
  isBlank(weights: Float32Array): boolean {
    return this.blank.has(weights);
  }

  /** The answers since the last time, and the models as they stand. Call between two rows. */
  async take(): Promise<Pick<Checkpoint, 'answers' | 'models'>> {
    await Promise.all(this.pending);
    const models: ModelState[] = [];
    for (const model of this.models) {
      const state = await model.state();
      if (state) models.push(state);
    }
    const answers = compact(this.fresh);
    this.fresh = [];
    return { answers, models };
  }

  /** The state of a model in the checkpoint. */
  stateOf(id: number): ModelState | undefined {
    return this.from?.models.find((state) => state.id === id);
  }

  async ask<T>(call: Call, model: number, codec: Codec<T>, live: () => Promise<T>): Promise<T> {
    if (this.isRecalling) return codec.back(this.recall(call, model));
    const noted: Answer = { call, model, value: undefined };
    this.fresh.push(noted);
    const answer = live();
    this.pending.add(answer);
    try {
      const value = await answer;
      noted.value = codec.flat(value);
      return value;
    } finally {
      this.pending.delete(answer);
    }
  }

  private recall(call: Call, model: number): unknown {
    const next = this.past.at(-1)!;
    if (next.call !== call || next.model !== model)
      throw new OtherStageError(`asked for ${call} of ${model}, was ${next.call} of ${next.model}`);
    if ((next.times ?? 1) > 1) next.times!--;
    else this.past.pop();
    return next.value;
  }

  blankOf(length: number): Float32Array {
    const weights = new Float32Array(length);
    this.blank.add(weights);
    return weights;
  }

  private createModel(config: GptConfig, weights: Float32Array): LanguageModel {
    const model = new RecordedModel(this, this.inner, this.models.length, config, weights);
    this.models.push(model);
    return model;
  }

  private evaluateTogether(passes: readonly EvaluationPass[]): Promise<HostOutputs[]> {
    return this.ask('evaluateTogether', -1, LISTS, () =>
      this.inner.evaluateTogether(
        passes.map(({ model, ...pass }) => ({ ...pass, model: (model as RecordedModel).device })),
      ),
    );
  }
}

/** A model whose answers are noted. It comes onto the device when it is first needed there. */
class RecordedModel implements LanguageModel {
  private onDevice: LanguageModel | undefined;
  private isDisposed = false;
  private changes = 0;
  /** The weights as long as they are those that were given; then undefined. */
  private given: Float32Array | undefined;

  constructor(
    private readonly recorder: Recorder,
    private readonly engine: Engine,
    private readonly id: number,
    readonly config: GptConfig,
    weights: Float32Array,
  ) {
    this.given = weights;
    if (recorder.isBlank(weights)) this.changes = 1; // only the checkpoint knows what they are
    if (!recorder.isRecalling) this.onDevice = engine.createModel(config, weights);
  }

  /** The model on the device: as it was made, or as it is in the checkpoint. */
  get device(): LanguageModel {
    if (!this.onDevice) {
      const state = this.stateThere;
      const weights = state?.weights ?? this.given;
      if (!weights) throw new OtherStageError(`the checkpoint lacks model ${this.id}`);
      this.onDevice = this.engine.createModel(this.config, weights);
      if (state) this.onDevice.setWeights(state.weights, state.optimizer);
    }
    return this.onDevice;
  }

  /** Its state in the checkpoint, if that is how it stands. */
  private get stateThere(): ModelState | undefined {
    const state = this.recorder.stateOf(this.id);
    return state?.changes === this.changes ? state : undefined;
  }

  async state(): Promise<ModelState | undefined> {
    if (this.isDisposed || this.changes === 0) return undefined;
    if (!this.onDevice) return this.stateThere;
    const { id, changes, onDevice } = this;
    return { id, changes, weights: await onDevice.weights(), optimizer: await onDevice.optimizerState() };
  }

  evaluate = (batch: Batch, want: Wanted) =>
    this.recorder.ask('evaluate', this.id, OUTPUTS, () => this.device.evaluate(batch, want));
  nextLogits = (batch: Batch) =>
    this.recorder.ask('nextLogits', this.id, LOGITS, () => this.device.nextLogits(batch));
  gradients = (terms: readonly LossTerm[]) =>
    this.recorder.ask('gradients', this.id, GRADIENTS, () => this.device.gradients(terms));
  generate = (prompts: readonly (readonly number[])[], options: GenerateOptions) =>
    this.recorder.ask('generate', this.id, ROLLOUT, () => this.device.generate(prompts, options));
  optimizerState = () => this.device.optimizerState();

  update(terms: readonly LossTerm[], optimizer: AdamWOptions, read: Reading): Promise<UpdateReport | null> {
    const wasThere = this.prepared();
    const codec: Codec<UpdateReport | null> = {
      flat: (report) => report && flatReport(report),
      back: (flat) => (flat ? this.reportOf(flat as FlatReport) : null),
    };
    this.changed(1);
    return this.recorder.ask('update', this.id, codec, () => wasThere!.update(terms, optimizer, read));
  }

  updates(steps: readonly UpdateStep[], read?: Exclude<Reading, false>): Promise<UpdateReport[]> {
    const wasThere = this.prepared();
    const codec: Codec<UpdateReport[]> = {
      flat: (reports) => reports.map(flatReport),
      back: (flat) => (flat as FlatReport[]).map((report) => this.reportOf(report)),
    };
    this.changed(steps.length);
    return this.recorder.ask('updates', this.id, codec, () => wasThere!.updates(steps, read));
  }

  async weights(): Promise<Float32Array> {
    const codec: Codec<Float32Array> = { flat: () => null, back: () => this.weightsThen() };
    return this.recorder.ask('weights', this.id, codec, () => this.device.weights());
  }

  setWeights(weights: Float32Array, optimizer: OptimizerState | null = null): void {
    const there = this.prepared();
    this.changes++;
    this.given = weights;
    there?.setWeights(weights, optimizer);
  }

  dispose(): void {
    this.isDisposed = true;
    this.onDevice?.dispose();
  }

  /** The device's model before a change; nothing is needed there while answers are given. */
  private prepared(): LanguageModel | undefined {
    return this.recorder.isRecalling ? undefined : this.device;
  }

  private changed(times: number): void {
    this.changes += times;
    this.given = undefined;
  }

  /** What the weights were at this point, as far as anybody knows. */
  private weightsThen(): Float32Array {
    const { stateThere, given } = this;
    const known = given ?? stateThere?.weights;
    return known?.slice() ?? this.recorder.blankOf(this.recorder.stateOf(this.id)?.weights.length ?? 0);
  }

  private reportOf({ weights, ...report }: FlatReport): UpdateReport {
    return { ...report, metrics: { ...report.metrics }, ...(weights ? { weights: this.weightsThen() } : {}) };
  }
}
