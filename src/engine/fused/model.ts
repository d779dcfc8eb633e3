import {
  roundUp4,
  type AdamWStep,
  type DeviceBuffer,
  type Kernels,
  type MaybePromise,
} from '../../kernels/kernels';
import type { GptConfig } from '../../model/config';
import { flatLength, parameterLayout } from '../../model/parameters';
import { checkTerms } from '../shared/batch';
import type {
  AdamWOptions,
  Batch,
  GenerateOptions,
  HostOutputs,
  LanguageModel,
  LossTerm,
  Matrix,
  OptimizerState,
  Rollout,
  UpdateReport,
  Wanted,
} from '../types';
import { withOutputs } from '../shared/rollout';
import { backward } from './backward';
import { packBatch } from './batch';
import { evaluateOnHost } from './evaluate-host';
import { forward } from './forward';
import { generate } from './generate';
import { headsBackward, headsForward, type HeadGradients } from './heads';
import { evaluateLoss, linearGradients, lossValue } from './loss';
import { hostOutputs, joinOutputs } from './outputs';
import { queueOf, type SerialQueue } from './queue';
import { modelTensors, packWeights, readyModel, type DeviceModel, type ModelTensors } from './tensors';

/** Buffers that only a trained model needs. */
interface Training {
  gradients: DeviceBuffer;
  views: ModelTensors;
  first: DeviceBuffer;
  second: DeviceBuffer;
  decay: DeviceBuffer;
  norm: DeviceBuffer;
}

/** Rows evaluated at a time on a GPU. */
const EVALUATE_ROWS = 64;

interface StepValue {
  loss: number;
  metrics: Record<string, number>;
}

/** GPT on our own kernels: forward, backward, AdamW and decoding without an autograd tape. */
export class FusedLanguageModel implements LanguageModel {
  private readonly parameters: DeviceBuffer;
  private readonly onDevice: DeviceModel;
  private readonly length: number;
  private readonly queue: SerialQueue;
  private training: Training | null = null;
  private step = 0;
  private disposed = false;

  constructor(
    private readonly kernels: Kernels,
    readonly config: GptConfig,
    weights: Float32Array,
    private readonly onDispose: () => void = () => undefined,
  ) {
    const { nEmbd, nHead } = config;
    if (nEmbd % nHead !== 0 || (nEmbd / nHead) % 4 !== 0)
      throw new RangeError('nHead must divide nEmbd, into heads whose width is a multiple of 4');
    this.length = flatLength(parameterLayout(config));
    this.checkLength(weights);
    this.parameters = kernels.allocate(this.length);
    kernels.write(this.parameters, weights);
    this.onDevice = { kernels, config, tensors: modelTensors(kernels, config, this.parameters) };
    this.queue = queueOf(kernels);
  }

  evaluate(batch: Batch, want: Wanted): Promise<HostOutputs> {
    const { kernels, config } = this;
    return this.inFrame(async () => {
      const model = readyModel(this.onDevice);
      if (kernels.hostMemory) return evaluateOnHost(model, batch, want);
      const parts: MaybePromise<HostOutputs>[] = [];
      for (let first = 0; first === 0 || first < batch.length; first += EVALUATE_ROWS)
        kernels.frame(() => {
          const ragged = packBatch(kernels, batch.slice(first, first + EVALUATE_ROWS), want, config);
          const { x } = forward(model, ragged, { keep: false });
          const heads = headsForward(model, ragged, x, { want, keep: false });
          parts.push(hostOutputs(kernels, ragged, heads, want));
        });
      return joinOutputs(await Promise.all(parts));
    });
  }

  nextLogits(batch: Batch): Promise<Matrix> {
    const { kernels, config } = this;
    const { nEmbd: d, vocabSize: v } = config;
    return this.inFrame(async () => {
      const model = readyModel(this.onDevice);
      const ragged = packBatch(kernels, batch, { scores: true }, config);
      const { x } = forward(model, ragged, { keep: false });
      const rows = batch.length;
      const { hidden } = headsForward(model, ragged, x, { want: {}, keep: false });
      const width = roundUp4(v);
      const logits = kernels.temporary(rows * width);
      const last = kernels.slice(hidden, 0, rows * d);
      kernels.linear({ x: last, w: model.packed.head, out: logits, m: rows });
      const padded = await kernels.readFloats(logits);
      const data = new Float32Array(rows * v);
      for (let r = 0; r < rows; r++) data.set(padded.subarray(r * width, r * width + v), r * v);
      return { rows, cols: v, data };
    });
  }

  gradients(terms: readonly LossTerm[]): Promise<{ loss: number; gradients: Float32Array }> {
    return this.inFrame(async () => {
      const value = await this.differentiate(terms, true);
      const gradients = this.kernels.readFloats(this.training!.gradients);
      return { loss: (await value!.value).loss, gradients: await gradients };
    });
  }

  update(terms: readonly LossTerm[], optimizer: AdamWOptions, read: boolean): Promise<UpdateReport | null> {
    return this.inFrame(async () => {
      const { kernels } = this;
      const room = kernels.ready?.();
      if (room) await room;
      const pending = this.differentiate(terms, read);
      const value = pending instanceof Promise ? await pending : pending; // no needless turn of the event loop
      const { gradients, first, second, decay, norm } = this.training!;
      this.step++;
      kernels.globalNorm({ gradients, norm });
      const step: AdamWStep = {
        learningRate: optimizer.learningRate,
        beta1: optimizer.beta1,
        beta2: optimizer.beta2,
        epsilon: optimizer.epsilon,
        weightDecay: optimizer.weightDecay,
        maxNorm: optimizer.maxGradNorm ?? Infinity,
        correction1: 1 - optimizer.beta1 ** this.step,
        correction2: 1 - optimizer.beta2 ** this.step,
      };
      const { parameters } = this;
      const moments = { firstMoment: first, secondMoment: second };
      kernels.adamw({ parameters, gradients, ...moments, decay, norm, step });
      if (!read) return null;
      const [size, { loss, metrics }] = await Promise.all([kernels.readFloats(norm), value!.value]);
      return { loss, gradNorm: size[0]!, metrics };
    });
  }

  generate(prompts: readonly (readonly number[])[], options: GenerateOptions): Promise<Rollout> {
    const rollout = this.inFrame(() => generate(this.onDevice, prompts, options));
    return withOutputs(this, prompts, options, rollout);
  }

  weights(): Promise<Float32Array> {
    return this.inFrame(() => this.kernels.readFloats(this.parameters));
  }

  optimizerState(): Promise<OptimizerState | null> {
    return this.inFrame(async () => {
      if (!this.training || this.step === 0) return null;
      const { first, second } = this.training;
      const [m, v] = await Promise.all([first, second].map((b) => this.kernels.readFloats(b)));
      return { step: this.step, first: m!, second: v! };
    });
  }

  setWeights(weights: Float32Array, optimizer: OptimizerState | null = null): void {
    this.checkLength(weights);
    if (optimizer) for (const moment of [optimizer.first, optimizer.second]) this.checkLength(moment);
    this.assertAlive();
    const copy = weights.slice(); // calls already under way finish with the old weights
    this.inBackground(() => {
      this.kernels.write(this.parameters, copy);
      this.step = optimizer?.step ?? 0;
      if (optimizer) {
        this.training ??= this.allocateTraining();
        this.kernels.write(this.training.first, optimizer.first);
        this.kernels.write(this.training.second, optimizer.second);
      } else if (this.training) {
        this.kernels.zero(this.training.first);
        this.kernels.zero(this.training.second);
      }
    });
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.inBackground(() => {
      this.kernels.free(this.parameters);
      if (!this.training) return;
      const { gradients, first, second, decay, norm } = this.training;
      for (const buffer of [gradients, first, second, decay, norm]) this.kernels.free(buffer);
    });
    this.onDispose();
  }

  /** Runs a call after those before it on this device, in a frame of its own. */
  private async inFrame<T>(call: () => MaybePromise<T>): Promise<T> {
    this.assertAlive();
    return this.queue.run(() => this.kernels.frame(call));
  }

  /** At once if no call is under way, else after those before it. A lost device is told by the next call. */
  private inBackground(job: () => void): void {
    void this.queue.run(job).catch(() => undefined);
  }

  private assertAlive(): void {
    if (this.disposed) throw new TypeError('this model has been disposed');
  }

  private checkLength(weights: Float32Array): void {
    if (weights.length !== this.length)
      throw new RangeError(`weights have ${weights.length} numbers; this model's layout has ${this.length}`);
  }

  /**
   * Leaves the gradient of the sum of all terms in the gradient buffer. Resolves once everything is
   * enqueued, to the promised values of the losses if `read`. Waits for the device only where a loss
   * needs the outputs before it has a gradient; else the result is there at once.
   */
  private differentiate(
    terms: readonly LossTerm[],
    read: boolean,
  ): MaybePromise<{ value: Promise<StepValue> } | null> {
    const { kernels, config } = this;
    checkTerms(terms);
    this.training ??= this.allocateTraining();
    const { gradients, views } = this.training;
    kernels.zero(gradients);
    const model = readyModel(this.onDevice);
    const pass = { grads: views, transposed: packWeights(this.onDevice, true) };
    const values: MaybePromise<StepValue>[] = [];
    const all = inTurn(terms, (term) =>
      kernels.frame(() => {
        const { want, loss } = term;
        const batch = packBatch(kernels, term.batch, want, config);
        const activations = forward(model, batch, { keep: true });
        const heads = headsForward(model, batch, activations.x, { want, keep: true });
        const finish = (dHeads: HeadGradients) => {
          const dx = headsBackward(model, pass, batch, heads, dHeads);
          backward(model, pass, batch, activations, dx);
        };
        const known = want.logProbs ? linearGradients(batch, loss) : null;
        if (known) {
          const outputs = read ? hostOutputs(kernels, batch, heads, want) : null;
          if (outputs) values.push(Promise.resolve(outputs).then((host) => lossValue(host, loss)));
          return finish(known);
        }
        return whenThere(hostOutputs(kernels, batch, heads, want), (host) => {
          const result = evaluateLoss(host, batch, loss);
          values.push(result);
          finish(result.gradients);
        });
      }),
    );
    const value = () => (read ? { value: Promise.all(values).then(sumOfValues) } : null);
    return whenThere(all, value);
  }

  private allocateTraining(): Training {
    const { kernels, config, length } = this;
    const gradients = kernels.allocate(length);
    const mask = new Float32Array(length);
    for (const p of parameterLayout(config)) if (p.decay) mask.fill(1, p.offset, p.offset + p.size);
    const decay = kernels.allocate(length);
    kernels.write(decay, mask);
    return {
      gradients,
      views: modelTensors(kernels, config, gradients),
      first: kernels.allocate(length),
      second: kernels.allocate(length),
      decay,
      norm: kernels.allocate(1),
    };
  }
}

/** f of a value, at once if it is there. */
function whenThere<A, B>(value: MaybePromise<A>, f: (value: A) => B): MaybePromise<B> {
  return value instanceof Promise ? value.then(f) : f(value);
}

/** Calls f on one item after the other, waiting only where it returns a promise. */
function inTurn<T>(items: readonly T[], f: (item: T) => MaybePromise<void>): MaybePromise<void> {
  for (const [i, item] of items.entries()) {
    const pending = f(item);
    if (pending instanceof Promise) return pending.then(() => inTurn(items.slice(i + 1), f));
  }
}

function sumOfValues(values: readonly StepValue[]): StepValue {
  return {
    loss: values.reduce((sum, v) => sum + v.loss, 0),
    metrics: Object.assign({}, ...values.map((v) => v.metrics)) as Record<string, number>,
  };
}
