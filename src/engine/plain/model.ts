import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { GptConfig } from '../../model/config';
import { flatLength, parameterLayout, type ParameterSpec } from '../../model/parameters';
import { checkTerms } from '../shared/batch';
import type {
  AdamWOptions,
  Batch,
  GenerateOptions,
  HostOutputs,
  LanguageModel,
  LossTerm,
  OptimizerState,
  Matrix,
  Reading,
  Rollout,
  UpdateReport,
  UpdateStep,
  Wanted,
} from '../types';
import { adamwStep, globalNorm, type AdamWState } from './adamw';
import type { Backend } from './backend';
import { withOutputs } from '../shared/rollout';
import { packBatch } from './batch';
import { sliceWeights } from './forward';
import { generate } from './generate';
import { nextLogitsOf, outputsOf } from './outputs';

/** Loss, flat gradient and metrics of several terms. All tensors belong to the enclosing tidy, metrics are kept. */
interface Gradients {
  loss: Scalar;
  flat: Tensor1D;
  metrics: Map<string, Scalar>;
}

/** GPT on plain tfjs: gradients by its autograd, nothing fused. The oracle for faster engines. */
export class PlainModel implements LanguageModel {
  private readonly layout: readonly ParameterSpec[];
  private readonly length: number;
  private readonly decay: Tensor1D;
  private state: AdamWState;
  private weightsByName: Map<string, Tensor>;
  private step = 0;

  constructor(
    private readonly backend: Backend,
    readonly config: GptConfig,
    weights: Float32Array,
    private readonly onDispose: () => void,
  ) {
    if (config.nEmbd % config.nHead !== 0) throw new RangeError('nHead must divide nEmbd');
    this.layout = parameterLayout(config);
    this.length = flatLength(this.layout);
    backend.activate();
    this.decay = tf.tensor1d(decayMask(this.layout, this.length));
    this.state = this.freshState(weights);
    this.weightsByName = sliceWeights(this.state.p, this.layout);
  }

  evaluate(batch: Batch, want: Wanted): Promise<HostOutputs> {
    return this.backend.run(async () => {
      const packed = this.pack(batch);
      const { B, C } = packed;
      const host: HostOutputs = { mask: { rows: B, cols: C, data: packed.mask } };
      const names = (['logProbs', 'entropy', 'values', 'scores'] as const).filter((name) => want[name]);
      if (names.length === 0) return host;
      const all = tf.tidy(() => {
        const outputs = outputsOf(this.weightsByName, this.config, packed, want);
        return tf.concat(names.map((name) => tf.reshape(outputs[name], [-1]))); // one readback
      });
      const data = await this.backend.read(all).finally(() => all.dispose());
      let offset = 0;
      for (const name of names) {
        const size = name === 'scores' ? B : B * C;
        const part = data.slice(offset, offset + size);
        offset += size;
        if (name === 'scores') host.scores = part;
        else host[name] = { rows: B, cols: C, data: part };
      }
      return host;
    });
  }

  nextLogits(batch: Batch): Promise<Matrix> {
    return this.backend.run(async () => {
      const packed = this.pack(batch);
      const logits = tf.tidy(() => nextLogitsOf(this.weightsByName, this.config, packed));
      const data = await this.backend.read(logits).finally(() => logits.dispose());
      return { rows: packed.B, cols: this.config.vocabSize, data };
    });
  }

  gradients(terms: readonly LossTerm[]): Promise<{ loss: number; gradients: Float32Array }> {
    return this.backend.run(async () => {
      const all = tf.tidy(() => {
        const { loss, flat, metrics } = this.differentiate(terms);
        tf.dispose([...metrics.values()]);
        return tf.concat([tf.reshape(loss, [1]), flat]);
      });
      const data = await this.backend.read(all).finally(() => all.dispose());
      return { loss: data[0]!, gradients: data.slice(1) };
    });
  }

  update(terms: readonly LossTerm[], options: AdamWOptions, read: Reading): Promise<UpdateReport | null> {
    return this.backend.run(async () => {
      let names: string[] = [];
      const {
        state,
        report: [report],
      } = tf.tidy(() => {
        const { loss, flat, metrics } = this.differentiate(terms);
        const norm = globalNorm(flat);
        const state = adamwStep(this.state, flat, norm, this.decay, ++this.step, options);
        names = [...metrics.keys()];
        const report = read ? [tf.stack([loss, norm, ...metrics.values()])] : [];
        tf.dispose([...metrics.values()]);
        return { state, report };
      });
      this.replace(state);
      if (!report) return null;
      const values = await this.backend.read(report).finally(() => report.dispose());
      const metrics = Object.fromEntries(names.map((name, i) => [name, values[i + 2]!]));
      const weights = read === 'weights' ? (await this.backend.read(this.state.p)).slice() : undefined;
      return { loss: values[0]!, gradNorm: values[1]!, metrics, ...(weights ? { weights } : {}) };
    });
  }

  async updates(steps: readonly UpdateStep[], read: Exclude<Reading, false> = true): Promise<UpdateReport[]> {
    const reports: UpdateReport[] = [];
    for (const [i, { terms, optimizer }] of steps.entries())
      reports.push((await this.update(terms, optimizer, i === steps.length - 1 ? read : true))!);
    return reports;
  }

  generate(prompts: readonly (readonly number[])[], options: GenerateOptions): Promise<Rollout> {
    const { backend, weightsByName, config } = this;
    const rollout = backend.run(() => generate(backend, weightsByName, config, prompts, options));
    return withOutputs(this, prompts, options, rollout);
  }

  weights(): Promise<Float32Array> {
    return this.backend.run(async () => (await this.backend.read(this.state.p)).slice());
  }

  optimizerState(): Promise<OptimizerState | null> {
    return this.backend.run(async () => {
      if (this.step === 0) return null;
      const moments = [this.state.m, this.state.v].map((t) => this.backend.read(t));
      const [first, second] = await Promise.all(moments);
      return { step: this.step, first: first!.slice(), second: second!.slice() };
    });
  }

  setWeights(weights: Float32Array, optimizer: OptimizerState | null = null): void {
    try {
      this.backend.activate();
    } catch {
      return; // the next call tells that the device is gone
    }
    const fresh = this.freshState(weights);
    if (optimizer) {
      tf.dispose([fresh.m, fresh.v]);
      fresh.m = tf.tensor1d(optimizer.first.slice());
      fresh.v = tf.tensor1d(optimizer.second.slice());
    }
    this.replace(fresh);
    this.step = optimizer?.step ?? 0;
  }

  dispose(): void {
    this.onDispose();
    tf.dispose([this.decay, ...Object.values(this.state), ...this.weightsByName.values()] as Tensor[]);
  }

  /** Few distinct lengths on GPUs, where a new shape may compile shaders. */
  private pack(batch: Batch) {
    return packBatch(batch, this.config, this.backend.hostMemory ? 1 : 8);
  }

  private freshState(weights: Float32Array): AdamWState {
    if (weights.length !== this.length)
      throw new RangeError(`weights have ${weights.length} numbers; this model's layout has ${this.length}`);
    return { p: tf.tensor1d(weights.slice()), m: tf.zeros([this.length]), v: tf.zeros([this.length]) };
  }

  private replace(state: AdamWState): void {
    tf.dispose([...Object.values(this.state), ...this.weightsByName.values()] as Tensor[]);
    this.state = state;
    this.weightsByName = sliceWeights(state.p, this.layout);
  }

  /** Gradients of the sum of the terms' losses; one term at a time, so that only one tape is alive. */
  private differentiate(terms: readonly LossTerm[]): Gradients {
    checkTerms(terms);
    const metrics = new Map<string, Scalar>();
    let total: { loss: Scalar; flat: Tensor1D } | null = null;
    for (const term of terms) {
      const before = total;
      const sum: { loss: Scalar; flat: Tensor1D } = tf.tidy(() => {
        const { loss, flat } = this.differentiateOne(term, metrics);
        return before ? { loss: tf.add(before.loss, loss), flat: tf.add(before.flat, flat) } : { loss, flat };
      });
      if (before) tf.dispose(before);
      total = sum;
    }
    return { ...total!, metrics };
  }

  private differentiateOne(term: LossTerm, metrics: Map<string, Scalar>): { loss: Scalar; flat: Tensor1D } {
    const packed = this.pack(term.batch);
    const lossOf = () => {
      const outputs = outputsOf(this.weightsByName, this.config, packed, term.want);
      const { loss, metrics: named = {} } = term.loss(outputs);
      for (const [name, value] of Object.entries(named)) {
        metrics.get(name)?.dispose();
        metrics.set(name, tf.keep(tf.clone(value))); // outlives the tape
      }
      return loss;
    };
    const parameters = this.layout.map((p) => this.weightsByName.get(p.name)!);
    const { value, grads } = tf.engine().gradients(lossOf, parameters, undefined, true);
    return { loss: value as Scalar, flat: this.flatten(grads) };
  }

  /** Per-parameter gradients to one flat buffer; parameters the loss does not reach get zeros. */
  private flatten(grads: readonly (Tensor | undefined)[]): Tensor1D {
    const parts: Tensor1D[] = [];
    this.layout.forEach((p, i) => {
      const end = this.layout[i + 1]?.offset ?? this.length;
      const grad = grads[i];
      parts.push(grad ? tf.reshape(grad, [p.size]) : tf.zeros([p.size]));
      if (p.offset + p.size < end) parts.push(tf.zeros([end - p.offset - p.size]));
    });
    return tf.concat(parts);
  }
}

function decayMask(layout: readonly ParameterSpec[], length: number): Float32Array {
  const mask = new Float32Array(length);
  for (const p of layout) if (p.decay) mask.fill(1, p.offset, p.offset + p.size);
  return mask;
}
