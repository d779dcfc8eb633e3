import { roundUp4, type DeviceBuffer, type Kernels } from '../../kernels/kernels';
import type { GptConfig } from '../../model/config';
import { flatLength, parameterLayout } from '../../model/parameters';
import type {
  AdamWOptions,
  Batch,
  GenerateOptions,
  HostOutputs,
  LanguageModel,
  LossTerm,
  Matrix,
  Rollout,
  UpdateReport,
  Wanted,
} from '../types';
import { backward } from './backward';
import { packBatch } from './batch';
import { forward } from './forward';
import { generate } from './generate';
import { headsBackward, headsForward } from './heads';
import { evaluateLoss } from './loss';
import { hostOutputs } from './outputs';
import { modelTensors, packWeights, type ModelTensors } from './tensors';

/** Buffers that only a trained model needs. */
interface Training {
  gradients: DeviceBuffer;
  views: ModelTensors;
  first: DeviceBuffer;
  second: DeviceBuffer;
  decay: DeviceBuffer;
  norm: DeviceBuffer;
}

/** Rows evaluated at a time: about a thousand tokens stay in the second-level cache. */
const EVALUATE_ROWS = 32;

/** GPT on our own kernels: forward, backward, AdamW and decoding without an autograd tape. */
export class FusedLanguageModel implements LanguageModel {
  private readonly parameters: DeviceBuffer;
  private readonly tensors: ModelTensors;
  private readonly length: number;
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
    this.tensors = modelTensors(kernels, config, this.parameters);
  }

  async evaluate(batch: Batch, want: Wanted): Promise<HostOutputs> {
    this.assertAlive();
    const { kernels, config, tensors } = this;
    return kernels.frame(() => {
      const packed = packWeights(kernels, config, tensors, false);
      const parts: HostOutputs[] = [];
      for (let first = 0; first === 0 || first < batch.length; first += EVALUATE_ROWS)
        kernels.frame(() => {
          const ragged = packBatch(kernels, batch.slice(first, first + EVALUATE_ROWS), want, config);
          const { x } = forward(kernels, config, tensors, packed, ragged, false);
          const heads = headsForward(kernels, config, tensors, packed.head, ragged, x, want, false);
          parts.push(hostOutputs(kernels, ragged, heads, want));
        });
      return joinOutputs(parts);
    });
  }

  async nextLogits(batch: Batch): Promise<Matrix> {
    this.assertAlive();
    const { kernels, config, tensors } = this;
    const { nEmbd: d, vocabSize: v } = config;
    return kernels.frame(() => {
      const packed = packWeights(kernels, config, tensors, false);
      const ragged = packBatch(kernels, batch, { scores: true }, config);
      const { x } = forward(kernels, config, tensors, packed, ragged, false);
      const rows = batch.length;
      const { hidden } = headsForward(kernels, config, tensors, packed.head, ragged, x, {}, false);
      const width = roundUp4(v);
      const logits = kernels.temporary(rows * width);
      kernels.linear(kernels.slice(hidden, 0, rows * d), packed.head, null, null, logits, rows);
      const padded = kernels.readFloats(logits);
      const data = new Float32Array(rows * v);
      for (let r = 0; r < rows; r++) data.set(padded.subarray(r * width, r * width + v), r * v);
      return { rows, cols: v, data };
    });
  }

  async gradients(terms: readonly LossTerm[]): Promise<{ loss: number; gradients: Float32Array }> {
    const { loss } = this.differentiate(terms);
    return { loss, gradients: this.kernels.readFloats(this.training!.gradients) };
  }

  async update(
    terms: readonly LossTerm[],
    optimizer: AdamWOptions,
    read: boolean,
  ): Promise<UpdateReport | null> {
    const { kernels } = this;
    const { loss, metrics } = this.differentiate(terms);
    const { gradients, first, second, decay, norm } = this.training!;
    this.step++;
    kernels.globalNorm(gradients, norm);
    kernels.adamw(this.parameters, gradients, first, second, decay, norm, {
      learningRate: optimizer.learningRate,
      beta1: optimizer.beta1,
      beta2: optimizer.beta2,
      epsilon: optimizer.epsilon,
      weightDecay: optimizer.weightDecay,
      maxNorm: optimizer.maxGradNorm ?? Infinity,
      correction1: 1 - optimizer.beta1 ** this.step,
      correction2: 1 - optimizer.beta2 ** this.step,
    });
    return read ? { loss, gradNorm: kernels.readFloats(norm)[0]!, metrics } : null;
  }

  async generate(prompts: readonly (readonly number[])[], options: GenerateOptions): Promise<Rollout> {
    this.assertAlive();
    const { kernels, config, tensors } = this;
    return kernels.frame(() => generate(kernels, config, tensors, prompts, options));
  }

  async weights(): Promise<Float32Array> {
    this.assertAlive();
    return this.kernels.readFloats(this.parameters);
  }

  setWeights(weights: Float32Array): void {
    this.checkLength(weights);
    this.assertAlive();
    this.kernels.write(this.parameters, weights);
    this.step = 0;
    if (!this.training) return;
    this.kernels.zero(this.training.first);
    this.kernels.zero(this.training.second);
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.kernels.free(this.parameters);
    if (this.training) {
      const { gradients, first, second, decay, norm } = this.training;
      for (const buffer of [gradients, first, second, decay, norm]) this.kernels.free(buffer);
    }
    this.onDispose();
  }

  private assertAlive(): void {
    if (this.disposed) throw new Error('this model has been disposed');
  }

  private checkLength(weights: Float32Array): void {
    if (weights.length !== this.length)
      throw new RangeError(`weights have ${weights.length} numbers; this model's layout has ${this.length}`);
  }

  /** Leaves the gradient of the sum of all terms in the gradient buffer. */
  private differentiate(terms: readonly LossTerm[]): { loss: number; metrics: Record<string, number> } {
    this.assertAlive();
    const { kernels, config, tensors } = this;
    if (terms.length === 0) throw new RangeError('an update needs at least one loss term');
    this.training ??= this.allocateTraining();
    const { gradients, views } = this.training;
    kernels.zero(gradients);
    let total = 0;
    const metrics: Record<string, number> = {};
    kernels.frame(() => {
      const packed = packWeights(kernels, config, tensors, false);
      const transposed = packWeights(kernels, config, tensors, true);
      for (const term of terms)
        kernels.frame(() => {
          const { want } = term;
          const batch = packBatch(kernels, term.batch, want, config);
          const activations = forward(kernels, config, tensors, packed, batch, true);
          const heads = headsForward(kernels, config, tensors, packed.head, batch, activations.x, want, true);
          const result = evaluateLoss(hostOutputs(kernels, batch, heads, want), batch, term.loss);
          total += result.loss;
          Object.assign(metrics, result.metrics);
          const { head } = transposed;
          const dx = headsBackward(kernels, config, tensors, views, head, batch, heads, result.gradients);
          backward(kernels, config, tensors, views, transposed, batch, activations, dx);
        });
    });
    return { loss: total, metrics };
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

/** Stacks the outputs of consecutive chunks of a batch; columns are padded to the longest completion. */
function joinOutputs(parts: readonly HostOutputs[]): HostOutputs {
  if (parts.length === 1) return parts[0]!;
  const cols = Math.max(...parts.map((p) => p.mask.cols));
  const rows = parts.reduce((sum, p) => sum + p.mask.rows, 0);
  const stack = (name: 'mask' | 'logProbs' | 'entropy' | 'values'): Matrix => {
    const data = new Float32Array(rows * cols);
    let row = 0;
    for (const part of parts) {
      const m = part[name]!;
      for (let r = 0; r < m.rows; r++, row++)
        data.set(m.data.subarray(r * m.cols, (r + 1) * m.cols), row * cols);
    }
    return { rows, cols, data };
  };
  const out: HostOutputs = { mask: stack('mask') };
  for (const name of ['logProbs', 'entropy', 'values'] as const) if (parts[0]![name]) out[name] = stack(name);
  if (parts[0]!.scores) out.scores = Float32Array.from(parts.flatMap((p) => [...p.scores!]));
  return out;
}
