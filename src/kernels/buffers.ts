/** A piece of device memory. */
export interface DeviceBuffer {
  /** In 4-byte elements. */
  readonly length: number;
}

/** A matrix prepared as the right operand of `linear` (some backends reorder it, others keep a view). */
export interface PackedMatrix {
  /** Rows K and columns N as `linear` sees them. */
  readonly k: number;
  readonly n: number;
}

/** Ragged rows: row r is tokens offsets[r] .. offsets[r + 1]. */
export interface Rows<B = DeviceBuffer> {
  count: number;
  /** [count + 1] int32 */
  offsets: B;
  /** [count] int32: the first prefixes[r] tokens of row r see each other both ways. */
  prefixes: B;
  /** Lengths on the host. */
  lengths: readonly number[];
}

export interface AttentionShape {
  heads: number;
  headDim: number;
}

/** Key-value cache of one layer for `slots` rows of at most `capacity` positions (layout: the backend's). */
export interface LayerCache<B = DeviceBuffer> {
  keys: B;
  values: B;
  capacity: number;
}

/** Weight and bias of a linear layer or a layer norm. */
interface AffineWeights<B> {
  weight: B;
  bias: B;
}

/** Weights of a GPT-2 decoder whose output embedding is tied to `wte`: views of one buffer. */
export interface DecoderWeights<B = DeviceBuffer> {
  wte: B;
  wpe: B;
  layers: readonly Record<'ln1' | 'qkv' | 'projection' | 'ln2' | 'up' | 'down', AffineWeights<B>>[];
  lnF: AffineWeights<B>;
}

export interface AdamWStep {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: number;
  /** Infinity: no clipping. */
  maxNorm: number;
  /** 1 − β₁ᵗ and 1 − β₂ᵗ of this step. */
  correction1: number;
  correction2: number;
}
