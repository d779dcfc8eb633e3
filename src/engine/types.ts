import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Message } from '../messages';
import type { GptConfig } from '../model/config';

export type BackendName = 'webgpu' | 'webgl' | 'wasm' | 'cpu';

/**
 * One sequence: `<bos>` prompt … completion … `<eos>`. `ids[start..]` is the completion: only those
 * tokens are predicted (they form the loss, the KL, the entropy). For pretraining, `start` is 1.
 * Without a completion (scoring only) `start === ids.length`.
 */
export interface Sequence {
  ids: readonly number[];
  start: number;
  /** Prefix-LM: the first `prefix` tokens attend to each other both ways. 0 or absent: causal. */
  prefix?: number;
}

/** B sequences; lengths may differ. Every completion-aligned array below is [B, C], C = longest completion. */
export type Batch = readonly Sequence[];

/** Row-major host matrix of float32. */
export interface Matrix {
  rows: number;
  cols: number;
  data: Float32Array;
}

/** What a pass over a batch is to compute; what is not wanted costs nothing. */
export interface Wanted {
  /** log π(token | before), nats. */
  logProbs?: boolean;
  /** Entropy of the next-token distribution, nats. */
  entropy?: boolean;
  /** Scalar head at the position that predicts each completion token (value of the state before it). */
  values?: boolean;
  /** Scalar head at the last token (reward-model score). */
  scores?: boolean;
}

/** What may be wanted of single tokens. */
export type TokensWanted = Pick<Wanted, 'logProbs' | 'entropy' | 'values'>;

/**
 * Differentiable outputs on the device, as tfjs tensors of the backend that is current while the loss runs. They
 * are good until it returns; what tfjs made of them can be kept. Column c belongs to completion token c; 0 outside `mask`.
 */
export interface Outputs {
  /** [B, C] nats */
  logProbs: Tensor2D;
  /** [B, C] nats */
  entropy: Tensor2D;
  /** [B, C] */
  values: Tensor2D;
  /** [B] */
  scores: Tensor1D;
  /** [B, C], 1 on completion tokens (EOS included), 0 on padding. Not differentiated. */
  mask: Tensor2D;
}

/** The same on the host. Absent when not wanted. */
export interface HostOutputs {
  logProbs?: Matrix;
  entropy?: Matrix;
  values?: Matrix;
  scores?: Float32Array;
  mask: Matrix;
}

/**
 * A pure, differentiable function of the outputs. `metrics` are scalars worth logging, at most 63; they carry no
 * gradient.
 */
export interface LossFunction {
  (outputs: Outputs): { loss: Scalar; metrics?: Record<string, Scalar> };
  /**
   * For losses Σ weights · logProbs whose weights [B, C] follow from the mask alone. An engine may then
   * run the backward pass without first reading the outputs.
   */
  linearWeights?: (mask: Matrix) => Float32Array;
  /** The same loss in numbers, which an engine may compute on its device instead of asking tfjs. */
  kernel?: LossKernel;
}

/**
 * A loss that has an operation of its own in src/kernels/operations.ts (where the equations are), with its host
 * arrays, [B, C] as the outputs; cells outside the mask are not read. The tfjs form stays the definition.
 */
export type LossKernel = (
  | {
      operation: 'actorCriticLoss';
      policy: {
        oldLogProbs: Matrix;
        advantages: Matrix;
        /** Null: not clipped. */
        clipRange: number | null;
        entropyCoef: number;
      } | null;
      value: { oldValues: Matrix; returns: Matrix; clipRange: number | null; coef: number } | null;
    }
  | {
      operation: 'preferenceLoss';
      /** log π_ref(token | before), nats. */
      reference: Matrix;
      beta: number;
      lossType: 'sigmoid' | 'ipo' | 'hinge';
      labelSmoothing: number;
      referenceFree: boolean;
      sftCoef: number;
    }
  | { operation: 'pairwiseLogisticLoss' }
  | {
      operation: 'likelihoodLoss';
      /** Rows whose tokens are to become likely; those after them unlikely. */
      likely: 'all rows' | 'first half';
      likelihoodCoef: number;
      unlikelihoodCoef: number;
    }
) & {
  /** Names of what the operation reports after the loss, in its order; null where this loss has no such metric. */
  metrics: readonly (string | null)[];
};

/** One term of an update: gradients of several terms add up (for example PPO + pretraining mix). */
export interface LossTerm {
  batch: Batch;
  want: Wanted;
  loss: LossFunction;
}

/** AdamW (Loshchilov & Hutter 2019) with clipping by global norm, over one flat buffer. */
export interface AdamWOptions {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  /** Decoupled, applied to matrices only (see ParameterSpec.decay). */
  weightDecay: number;
  /** Gradients are scaled so that their global L2 norm is at most this; null or Infinity: no clipping. */
  maxGradNorm: number | null;
}

/** AdamW's memory, laid out as the flat parameters. */
export interface OptimizerState {
  /** Updates so far. */
  step: number;
  /** First and second moments. */
  first: Float32Array;
  second: Float32Array;
}

export interface UpdateReport {
  /** Sum of the terms' losses. */
  loss: number;
  /** Global L2 norm before clipping. */
  gradNorm: number;
  /** Metrics of all terms; a later term overwrites an equal name. */
  metrics: Record<string, number>;
  /** Copy of the flat parameters after the update, where it was asked for. */
  weights?: Float32Array;
}

/** One optimiser step on the sum of its terms. */
export interface UpdateStep {
  terms: readonly LossTerm[];
  optimizer: AdamWOptions;
}

/** What is read back of updates: nothing, their reports, or with the last report the weights, in one go. */
export type Reading = boolean | 'weights';

/** A forward pass without gradient. */
export interface EvaluationPass {
  model: LanguageModel;
  batch: Batch;
  want: Wanted;
}

export interface GenerateOptions {
  maxNewTokens: number;
  /** Softmax temperature; sampling is Gumbel-max. 0 means greedy, and so does less than a millionth. */
  temperature: number;
  /** uint32 key of the counter-based noise field (src/random/noise.ts). */
  noiseKey: number;
  /** Added to the row coordinate of the noise, so that chunks of a large batch draw what one batch would. */
  firstRow?: number;
  /** The row coordinate of each row, in place of `firstRow` and its place in the batch. */
  noiseRows?: readonly number[];
  /** What to tell of the answers besides their tokens; costs next to nothing in host memory. */
  want?: TokensWanted;
  /** Leaves `outputs` away where sampling does not tell what is wanted, instead of running a pass for it. */
  onlyIfKnown?: true;
  /** Tokens never sampled (besides the pad token, id 0, which never is). */
  banned?: readonly number[];
}

export interface Rollout {
  /** Per row: generated ids, `<eos>` included when produced. */
  completions: number[][];
  /** Per row: ended with `<eos>`. */
  finished: boolean[];
  /** Readbacks from the device that this rollout needed. */
  readbacks: number;
  /** What `evaluate` gives of prompts and completions (at temperature 1, nothing banned). Absent if nothing was wanted. */
  outputs?: HostOutputs;
}

/** A GPT with a tied language-model head and one scalar head, living on a device. */
export interface LanguageModel {
  readonly config: GptConfig;
  /** Forward pass without gradient. */
  evaluate(batch: Batch, want: Wanted): Promise<HostOutputs>;
  /** Next-token logits after each row's last token, [B, V] (for tests and token inspectors). */
  nextLogits(batch: Batch): Promise<Matrix>;
  /** Full gradient without an update (for tests). `gradients` is laid out as the flat parameters. */
  gradients(terms: readonly LossTerm[]): Promise<{ loss: number; gradients: Float32Array }>;
  /**
   * One optimiser step on the sum of the terms. Reads back only if `read`; otherwise resolves to null as
   * soon as the step is enqueued. Non-finite losses or norms are reported, never hidden.
   */
  update(terms: readonly LossTerm[], optimizer: AdamWOptions, read: Reading): Promise<UpdateReport | null>;
  /** Several optimiser steps, one after the other; one readback for all reports where losses need none before. */
  updates(steps: readonly UpdateStep[], read?: Exclude<Reading, false>): Promise<UpdateReport[]>;
  /** Samples completions with a KV cache; one readback per rollout on devices that need one. */
  generate(prompts: readonly (readonly number[])[], options: GenerateOptions): Promise<Rollout>;
  /** Copy of the flat parameters on the host. */
  weights(): Promise<Float32Array>;
  /** Replaces the parameters; the optimiser starts afresh or from a saved state. Length must match the layout. */
  setWeights(weights: Float32Array, optimizer?: OptimizerState | null): void;
  /** Copy of AdamW's state; null before the first update. */
  optimizerState(): Promise<OptimizerState | null>;
  dispose(): void;
}

export interface EngineInfo {
  backend: BackendName;
  /** 'fused' runs our kernels, 'plain' runs plain tfjs with its autograd (the oracle). */
  kind: 'fused' | 'plain';
  /** Adapter or processor in words, for the backend badge. */
  adapter: string;
  /** The same where the words are ours, for the page in its language. */
  words?: Message;
  /** True for SwiftShader, llvmpipe and other software GPUs. */
  software: boolean;
  /** Weights are half floats where products read them; absent: 32 bits throughout. */
  precision?: 'f16';
  /** What else there is to know: why there is only one thread. */
  note?: Message;
}

export interface EngineOptions {
  /**
   * Threads of the fused WASM engine, its own included; more need shared memory (in a page: cross-origin
   * isolation), without which it runs on one and `info.note` says why. Default 1; others ignore it.
   */
  threads?: number;
  /**
   * `f16`: fused WebGPU reads its weights as half floats (half the traffic); activations, sums, parameters, gradients
   * and optimiser stay in 32 bits. Default f32; others ignore it.
   */
  precision?: 'f32' | 'f16';
  /** Fused WebGPU decodes a rollout in one kernel. Default: not on a software GPU, which compiles it for a minute. */
  wholeRollouts?: boolean;
}

/** One device context; lives in a worker or in Node. */
export interface Engine {
  readonly info: EngineInfo;
  createModel(config: GptConfig, weights: Float32Array): LanguageModel;
  /**
   * `LanguageModel.evaluate` of several models of this engine, in one readback. Passes over the same batch object
   * share its packing.
   */
  evaluateTogether(passes: readonly EvaluationPass[]): Promise<HostOutputs[]>;
  /** Live tensors and bytes, for leak tests. */
  memory(): { tensors: number; bytes: number };
  /** Work asked of the device so far, where it is counted. */
  counters?(): { dispatches: number; readbacks: number; submits: number };
  /**
   * Resolves with the reason once the device is gone (absent where that cannot happen); whatever waits
   * for it rejects with DeviceLostError (src/engine/errors.ts).
   */
  lost?: Promise<Message>;
  /** Where there are several threads: uses only so many of them from now on. Results do not change. */
  limitThreads?(count: number): void;
  /** Hears of it whenever the engine recovered from a lost device. Returns the unsubscriber. */
  onNotice?(listener: (message: Message) => void): () => void;
  dispose(): void;
}
