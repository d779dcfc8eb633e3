/**
 * The operations a fused engine is made of, over opaque device buffers. Every backend offers the same
 * list under the same names; the sequences of calls (forward, backward, decode) live in src/engine/fused.
 *
 * Shapes: N = tokens of all rows of a batch laid end to end (rows are ragged, nothing is padded),
 * d = width, V = vocabulary, V4 = V rounded up to a multiple of 4, R = some selected tokens. float32,
 * row-major; index buffers hold int32. Widths are multiples of 4. "+=" adds to what is in the output.
 */

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
export interface Rows {
  count: number;
  /** [count + 1] int32 */
  offsets: DeviceBuffer;
  /** [count] int32: the first prefixes[r] tokens of row r see each other both ways. */
  prefixes: DeviceBuffer;
  /** Lengths on the host. */
  lengths: readonly number[];
}

export interface AttentionShape {
  heads: number;
  headDim: number;
}

/** Key-value cache of one layer for `slots` rows of at most `capacity` positions (layout: the backend's). */
export interface LayerCache {
  keys: DeviceBuffer;
  values: DeviceBuffer;
  capacity: number;
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

/** Host memory answers at once, a GPU after a round trip. `await` works on both. */
export type MaybePromise<T> = T | Promise<T>;

/** What has been asked of a device since it was opened. */
export interface Counters {
  dispatches: number;
  /** Round trips that waited for data. */
  readbacks: number;
  submits: number;
}

export interface Kernels {
  /**
   * True if buffers live in host memory: reads cost nothing and answer at once, shapes may vary freely.
   * False for a GPU: decoding then keeps its tokens on the device and reads them once at the end.
   */
  readonly hostMemory: boolean;

  // Memory ---------------------------------------------------------------------------------------------

  /** A zero-filled buffer that lives until `free`. */
  allocate(length: number): DeviceBuffer;
  free(buffer: DeviceBuffer): void;
  /**
   * Runs f; temporaries made inside are released afterwards, if f returns a promise, once it has settled.
   * Frames nest like a stack: whoever calls serialises asynchronous frames of one device.
   */
  frame<T>(f: () => T): T;
  /** An uninitialised buffer that lives until the end of the enclosing frame. */
  temporary(length: number): DeviceBuffer;
  /** A temporary with the given contents. */
  upload(data: Float32Array | Int32Array): DeviceBuffer;
  /** A view of part of a buffer. */
  slice(buffer: DeviceBuffer, offset: number, length: number): DeviceBuffer;
  write(buffer: DeviceBuffer, data: Float32Array | Int32Array): void;
  /**
   * Copies to the host what a buffer holds at this point of the sequence; later operations may overwrite
   * it before the promise resolves. Rejects with DeviceLostError if the device fails.
   */
  readFloats(buffer: DeviceBuffer): MaybePromise<Float32Array>;
  readInts(buffer: DeviceBuffer): MaybePromise<Int32Array>;
  /** `readFloats` of several buffers in one round trip. */
  readAll(buffers: readonly DeviceBuffer[]): MaybePromise<Float32Array[]>;
  zero(buffer: DeviceBuffer): void;
  /** Bytes held in buffers from `allocate` and in scratch memory. */
  bytes(): number;
  /** Called before each update: a promise to wait for where the device is too far behind. */
  ready?(): Promise<void> | null;
  counters?(): Counters;

  // Operations -----------------------------------------------------------------------------------------

  /**
   * Prepares w[rows, cols] as right operand: w itself (cols a multiple of 4), or its transpose
   * [cols, rows]. Temporary.
   */
  packMatrix(w: DeviceBuffer, rows: number, cols: number, transposed: boolean): PackedMatrix;

  /** out[N, d] = wte[ids] + wpe[positions]. */
  embedding(
    wte: DeviceBuffer,
    wpe: DeviceBuffer,
    ids: DeviceBuffer,
    positions: DeviceBuffer,
    out: DeviceBuffer,
    n: number,
    d: number,
  ): void;
  /** dwte[ids] += dx, dwpe[positions] += dx. */
  embeddingBackward(
    dx: DeviceBuffer,
    ids: DeviceBuffer,
    positions: DeviceBuffer,
    dwte: DeviceBuffer,
    dwpe: DeviceBuffer,
    n: number,
    d: number,
  ): void;

  /** out[N, d] = (x − mean) · rstd · weight + bias; stats[N, 2] = (mean, rstd). Ba et al. 2016, ε = 1e-5. */
  layerNorm(
    x: DeviceBuffer,
    weight: DeviceBuffer,
    bias: DeviceBuffer,
    out: DeviceBuffer,
    stats: DeviceBuffer,
    n: number,
    d: number,
  ): void;
  /** dx = gradient of x (+ residual); dWeight[d] +=, dBias[d] +=. dx may be the residual buffer. */
  layerNormBackward(
    dy: DeviceBuffer,
    x: DeviceBuffer,
    stats: DeviceBuffer,
    weight: DeviceBuffer,
    residual: DeviceBuffer | null,
    dx: DeviceBuffer,
    dWeight: DeviceBuffer,
    dBias: DeviceBuffer,
    n: number,
    d: number,
  ): void;

  /**
   * out[m, n] = x[m, k] · w[k, n] (+ bias[n]) (+ residual[m, n]). The gradient of x is the same operation
   * on the transposed matrix. If n is not a multiple of 4 the rows of out are n rounded up to 4 apart;
   * `xStride` (default k) is the distance of x's rows.
   */
  linear(
    x: DeviceBuffer,
    w: PackedMatrix,
    bias: DeviceBuffer | null,
    residual: DeviceBuffer | null,
    out: DeviceBuffer,
    m: number,
    xStride?: number,
  ): void;
  /**
   * dW[k, n] += x[m, k]ᵀ · dy[m, n]; db[n] += column sums of dy (if there is a bias). x's rows are
   * `xStride` apart (default k).
   */
  linearBackwardWeight(
    x: DeviceBuffer,
    dy: DeviceBuffer,
    dw: DeviceBuffer,
    db: DeviceBuffer | null,
    m: number,
    k: number,
    n: number,
    xStride?: number,
  ): void;

  /** out = gelu(x), tanh form (Hendrycks & Gimpel 2016, as in GPT-2). */
  gelu(x: DeviceBuffer, out: DeviceBuffer, length: number): void;
  /** dx = dy · gelu′(x); dx may be dy. */
  geluBackward(x: DeviceBuffer, dy: DeviceBuffer, dx: DeviceBuffer, length: number): void;

  /** Floats that `attention` needs to keep the probabilities of all rows and heads. */
  attentionProbabilities(rows: Rows, shape: AttentionShape): number;
  /**
   * Multi-head attention (Vaswani et al. 2017) inside each row, causal but for the two-way prefix:
   * qkv[N, 3d] → out[N, d]. `probabilities` (or null if there is no backward pass) keeps the softmax.
   */
  attention(
    qkv: DeviceBuffer,
    rows: Rows,
    shape: AttentionShape,
    probabilities: DeviceBuffer | null,
    out: DeviceBuffer,
  ): void;
  /** dOut[N, d] → dqkv[N, 3d]; `out` is what `attention` gave. */
  attentionBackward(
    qkv: DeviceBuffer,
    dOut: DeviceBuffer,
    rows: Rows,
    shape: AttentionShape,
    probabilities: DeviceBuffer,
    dqkv: DeviceBuffer,
    out: DeviceBuffer,
  ): void;

  /** out[R, d] = x[index]. */
  gatherRows(x: DeviceBuffer, index: DeviceBuffer, out: DeviceBuffer, rows: number, d: number): void;
  /** out[index] += dy[R, d]; no index occurs twice. */
  scatterRows(dy: DeviceBuffer, index: DeviceBuffer, out: DeviceBuffer, rows: number, d: number): void;

  /**
   * From logits[R, V4]: logProbs[R] of the labels, entropy[R] of the distribution, both in nats, and
   * logSum[R] = log Σ exp (for the backward pass).
   */
  tokenLogProb(
    logits: DeviceBuffer,
    labels: DeviceBuffer,
    logProbs: DeviceBuffer,
    entropy: DeviceBuffer,
    logSum: DeviceBuffer,
    rows: number,
    v: number,
  ): void;
  /**
   * In place, logits become their gradient:
   * dlogit_j = dLogProb · (1[j = label] − p_j) − dEntropy · p_j (log p_j + H); padding columns become 0.
   */
  tokenLogProbBackward(
    logits: DeviceBuffer,
    labels: DeviceBuffer,
    entropy: DeviceBuffer,
    logSum: DeviceBuffer,
    dLogProbs: DeviceBuffer,
    dEntropy: DeviceBuffer,
    rows: number,
    v: number,
  ): void;

  /** out[R] = x[R, d] · weight[d] + bias[1]. */
  scalarHead(
    x: DeviceBuffer,
    weight: DeviceBuffer,
    bias: DeviceBuffer,
    out: DeviceBuffer,
    rows: number,
    d: number,
  ): void;
  /** dx[R, d] += dOut[R] ⊗ weight; dWeight[d] +=; dBias[1] +=. */
  scalarHeadBackward(
    dOut: DeviceBuffer,
    x: DeviceBuffer,
    weight: DeviceBuffer,
    dx: DeviceBuffer,
    dWeight: DeviceBuffer,
    dBias: DeviceBuffer,
    rows: number,
    d: number,
  ): void;

  /** norm[0] = √Σ gradients². */
  globalNorm(gradients: DeviceBuffer, norm: DeviceBuffer): void;
  /**
   * AdamW (Loshchilov & Hutter 2019, as torch.optim.AdamW) in place over flat buffers; gradients are
   * scaled by maxNorm / (norm + 1e-6) if norm > maxNorm (torch clip_grad_norm_). decay: 1 where weight
   * decay applies, else 0.
   */
  adamw(
    parameters: DeviceBuffer,
    gradients: DeviceBuffer,
    firstMoment: DeviceBuffer,
    secondMoment: DeviceBuffer,
    decay: DeviceBuffer,
    norm: DeviceBuffer,
    step: AdamWStep,
  ): void;

  /** Cache of one layer; capacity is rounded up as the backend needs. Temporary. */
  layerCache(slots: number, capacity: number, d: number): LayerCache;
  /** Writes keys and values of qkv[N, 3d] to (slots[N], positions[N]). */
  cacheWrite(
    qkv: DeviceBuffer,
    slots: DeviceBuffer,
    positions: DeviceBuffer,
    cache: LayerCache,
    n: number,
    d: number,
  ): void;
  /** One new token per row (already in the cache) attends to positions 0 … positions[i]: out[N, d]. */
  decodeAttention(
    qkv: DeviceBuffer,
    slots: DeviceBuffer,
    positions: DeviceBuffer,
    cache: LayerCache,
    out: DeviceBuffer,
    n: number,
    shape: AttentionShape,
  ): void;

  /**
   * out[R] = argmax_j logits[R, V4] / temperature + gumbel(key, rows[R], steps[R], j) + penalty[V4] with
   * the noise field of src/random/noise.ts; temperature 0: no noise. penalty: −∞ for ids never sampled
   * and for padding columns. −1 where no logit is a number.
   */
  gumbelSample(
    logits: DeviceBuffer,
    penalty: DeviceBuffer,
    rows: DeviceBuffer,
    steps: DeviceBuffer,
    out: DeviceBuffer,
    count: number,
    v: number,
    temperature: number,
    key: number,
  ): void;

  // Fused operations: a backend that gains by them offers them; otherwise their parts are called ------

  /** active[m, n] = gelu(out), out[m, n] = x[m, k] · w + bias. */
  linearGelu?(
    x: DeviceBuffer,
    w: PackedMatrix,
    bias: DeviceBuffer,
    out: DeviceBuffer,
    active: DeviceBuffer,
    m: number,
  ): void;
  /** out[m, n] = (x[m, k] · w) ∘ gelu′(before[m, n]). */
  linearGeluBackward?(
    x: DeviceBuffer,
    w: PackedMatrix,
    before: DeviceBuffer,
    out: DeviceBuffer,
    m: number,
  ): void;
  /** out[m, n] = layerNorm(x[m, k]) · w (+ bias), or gelu of that; for passes without a gradient. */
  layerNormLinear?(
    x: DeviceBuffer,
    weight: DeviceBuffer,
    bias: DeviceBuffer,
    w: PackedMatrix,
    wBias: DeviceBuffer | null,
    gelu: boolean,
    out: DeviceBuffer,
    m: number,
  ): void;
  /** `cacheWrite` of one new token per row and `decodeAttention`. */
  cacheWriteAndAttend?(
    qkv: DeviceBuffer,
    slots: DeviceBuffer,
    positions: DeviceBuffer,
    cache: LayerCache,
    out: DeviceBuffer,
    n: number,
    shape: AttentionShape,
  ): void;
}

/** v rounded up to a multiple of 4: the row stride of logits. */
export const roundUp4 = (v: number): number => (v + 3) & ~3;
