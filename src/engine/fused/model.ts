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
  Reading,
  Rollout,
  UpdateReport,
  UpdateStep,
  Wanted,
} from '../types';
import { withOutputs } from '../shared/rollout';
import { backward } from './backward';
import { packBatch } from './batch';
import { evaluatePasses } from './evaluate';
import { forward } from './forward';
import { generate } from './generate';
import { lossOnDevice, REPORT } from './device-loss';
import { headsBackward, headsForward, type HeadGradients } from './heads';
import { evaluateLoss, linearGradients, lossValue } from './loss';
import { kernelLoss } from './loss-kernel';
import { hostOutputs } from './outputs';
import { queueOf, type SerialQueue } from './queue';
import { reportOf, ReportSheet, valueAt, type TermValue } from './reports';
import type { SharedOnce } from './shared-once';
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

/** GPT on our own kernels: forward, backward, AdamW and decoding without an autograd tape. */
export class FusedLanguageModel implements LanguageModel {
  private readonly parameters: DeviceBuffer;
  private readonly onDevice: DeviceModel;
  private readonly length: number;
  private readonly queue: SerialQueue;
  private training: Training | null = null;
  /** What updates report, until it is read. */
  private reports: DeviceBuffer | null = null;
  private step = 0;
  private disposed = false;

  constructor(
    private readonly kernels: Kernels,
    readonly config: GptConfig,
    weights: Float32Array,
    private readonly onDispose: () => void = () => undefined,
    /** tfjs on the same device, if it can be had. */
    private readonly tfjs: SharedOnce | null = null,
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
    const { kernels, onDevice: model } = this;
    return this.inFrame(async () => (await evaluatePasses(kernels, [{ model, batch, want }]))[0]!);
  }

  /** What passes of several models on one device need. Throws a TypeError if this model is not on it. */
  onThe(kernels: Kernels): DeviceModel {
    this.assertAlive();
    if (kernels !== this.kernels) throw new TypeError('this model belongs to another engine');
    return this.onDevice;
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
      const sheet = this.sheetFor([{ terms }]);
      const { at } = sheet.entry(1);
      const values = await this.differentiate(terms, sheet);
      const [numbers, gradients] = await this.kernels.readAll([sheet.written, this.training!.gradients]);
      return { loss: (await reportOf(values, at, numbers!)).loss, gradients: gradients! };
    });
  }

  async update(
    terms: readonly LossTerm[],
    optimizer: AdamWOptions,
    read: Reading,
  ): Promise<UpdateReport | null> {
    return (await this.learn([{ terms, optimizer }], read))[0] ?? null;
  }

  updates(steps: readonly UpdateStep[], read: Exclude<Reading, false> = true): Promise<UpdateReport[]> {
    return this.learn(steps, read);
  }

  /** Steps in sequence, each in a frame of its own; in the last one all that they report is read together. */
  private async learn(steps: readonly UpdateStep[], read: Reading): Promise<UpdateReport[]> {
    this.assertAlive();
    const { kernels } = this;
    return this.queue.run(async () => {
      this.training ??= this.allocateTraining(); // before there are temporaries: it stays
      const sheet = read ? this.sheetFor(steps) : null;
      const reports: ((numbers: Float32Array) => Promise<UpdateReport>)[] = [];
      let found: Float32Array[] = [];
      for (const [i, { terms, optimizer }] of steps.entries())
        await kernels.frame(async () => {
          const room = kernels.ready?.();
          if (room) await room;
          const norm = sheet?.entry(1);
          const pending = this.differentiate(terms, sheet);
          const values = pending instanceof Promise ? await pending : pending; // no needless turn of the event loop
          this.descend(optimizer, norm?.buffer);
          if (!sheet || !norm) return;
          reports.push((numbers) => reportOf(values, norm.at, numbers));
          if (i < steps.length - 1) return;
          found = await kernels.readAll([sheet.written, ...(read === 'weights' ? [this.parameters] : [])]);
        });
      const [numbers, weights] = found;
      const all = await Promise.all(reports.map((report) => report(numbers!)));
      if (weights) all[all.length - 1]!.weights = weights;
      return all;
    });
  }

  /** One AdamW step along the gradient; `norm` receives its length. */
  private descend(optimizer: AdamWOptions, norm = this.training!.norm): void {
    const { kernels, parameters } = this;
    const { gradients, first, second, decay } = this.training!;
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
    const moments = { firstMoment: first, secondMoment: second };
    kernels.adamw({ parameters, gradients, ...moments, decay, norm, step });
  }

  /** An empty sheet with room for a norm and all terms of every step. */
  private sheetFor(steps: readonly Pick<UpdateStep, 'terms'>[]): ReportSheet {
    const floats = ReportSheet.floatsFor(steps.reduce((sum, { terms }) => sum + 1 + terms.length, 0));
    if (!this.reports || this.reports.length < floats) {
      if (this.reports) this.kernels.free(this.reports);
      this.reports = this.kernels.allocate(floats);
    }
    return new ReportSheet(this.kernels, this.reports);
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
      if (this.reports) this.kernels.free(this.reports);
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
   * enqueued, with a sheet to the values of the losses. Waits for the device only where a loss
   * needs the outputs before it has a gradient; else the result is there at once.
   */
  private differentiate(terms: readonly LossTerm[], sheet: ReportSheet | null): MaybePromise<TermValue[]> {
    const { kernels, config } = this;
    checkTerms(terms);
    this.training ??= this.allocateTraining();
    const { gradients, views } = this.training;
    kernels.zero(gradients);
    const model = readyModel(this.onDevice);
    const pass = { grads: views, transposed: packWeights(this.onDevice, true) };
    const values: TermValue[] = [];
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
          const outputs = sheet ? hostOutputs(kernels, batch, heads, want) : null;
          const value = outputs && Promise.resolve(outputs).then((host) => lossValue(host, loss));
          void value?.catch(() => undefined); // nobody may get so far as to ask for it: the device can be lost before
          if (value) values.push(() => value);
          return finish(known);
        }
        const computed = kernelLoss(kernels, batch, heads, term, sheet);
        if (computed) {
          values.push(computed.value);
          return finish(computed.gradients);
        }
        return whenThere(this.tfjs?.get() ?? null, (tfjs): MaybePromise<void> => {
          if (tfjs) {
            const entry = sheet?.entry(REPORT);
            const into = entry?.buffer ?? null;
            const { gradients, names } = lossOnDevice(tfjs, kernels, { batch, heads, want }, loss, into);
            if (entry) values.push(valueAt(entry.at, names));
            return finish(gradients);
          }
          return whenThere(hostOutputs(kernels, batch, heads, want), (host) => {
            const result = evaluateLoss(host, batch, loss);
            values.push(() => result);
            finish(result.gradients);
          });
        });
      }),
    );
    return whenThere(all, () => values);
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
function whenThere<A, B>(value: MaybePromise<A>, f: (value: A) => MaybePromise<B>): MaybePromise<B> {
  return value instanceof Promise ? value.then(f) : f(value);
}

/** Calls f on one item after the other, waiting only where it returns a promise. */
function inTurn<T>(items: readonly T[], f: (item: T) => MaybePromise<void>): MaybePromise<void> {
  for (const [i, item] of items.entries()) {
    const pending = f(item);
    if (pending instanceof Promise) return pending.then(() => inTurn(items.slice(i + 1), f));
  }
}
