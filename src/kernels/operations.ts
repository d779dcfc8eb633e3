import type { AdamWStep, AttentionShape, DecoderWeights, LayerCache, Rows } from './buffers';

/**
 * The operations of every backend, over its own buffers B and packed matrices M. Arguments go by name:
 * most are buffers, and two of them in the wrong order would compile.
 *
 * Shapes: N = tokens of all rows of a batch laid end to end (rows are ragged, nothing is padded),
 * d = width, V = vocabulary, V4 = V rounded up to a multiple of 4, R = some selected tokens. float32,
 * row-major; index buffers hold int32. Widths are multiples of 4. "+=" adds to what is in the output.
 * An operand with a question mark may be left out.
 */
export interface Operations<B, M> {
  /**
   * Prepares matrix[rows, cols] as right operand: itself (cols a multiple of 4), or its transpose
   * [cols, rows]. Temporary.
   */
  packMatrix(args: { matrix: B; rows: number; cols: number; transposed: boolean }): M;

  /** out[N, d] = wte[ids] + wpe[positions]. */
  embedding(args: {
    wte: B;
    wpe: B;
    ids: B;
    positions: B;
    out: B;
    /** N */
    tokens: number;
    /** d */
    width: number;
  }): void;
  /** dWte[ids] += dx, dWpe[positions] += dx for dx [N, d]. */
  embeddingBackward(args: {
    dx: B;
    ids: B;
    positions: B;
    dWte: B;
    dWpe: B;
    tokens: number;
    width: number;
  }): void;

  /** out[R, d] = (x − mean) · rstd · weight + bias; stats[R, 2] = (mean, rstd). Ba et al. 2016, ε = 1e-5. */
  layerNorm(args: {
    x: B;
    weight: B;
    bias: B;
    out: B;
    stats: B;
    /** R */
    rows: number;
    width: number;
  }): void;
  /** dx[R, d] = gradient of x (+ residual); dWeight[d] +=, dBias[d] +=. dx may be the residual buffer. */
  layerNormBackward(args: {
    dy: B;
    x: B;
    stats: B;
    weight: B;
    residual?: B;
    dx: B;
    dWeight: B;
    dBias: B;
    rows: number;
    width: number;
  }): void;

  /**
   * out[m, n] = x[m, k] · w[k, n] (+ bias[n]) (+ residual[m, n]). The gradient of x is the same operation
   * on the transposed matrix. If n is not a multiple of 4 the rows of out are n rounded up to 4 apart;
   * `xStride` (default k) is the distance of x's rows. `few`: the rows are one of each sequence, not one of each token,
   * so a device may prefer smaller pieces of work (and sum in another order than without).
   */
  linear(args: {
    x: B;
    w: M;
    bias?: B;
    residual?: B;
    out: B;
    m: number;
    xStride?: number;
    few?: boolean;
  }): void;
  /**
   * dWeight[k, n] += x[m, k]ᵀ · dy[m, n]; dBias[n] += column sums of dy (if there is a bias). x's rows are
   * `xStride` apart (default k).
   */
  linearBackwardWeight(args: {
    x: B;
    dy: B;
    dWeight: B;
    dBias?: B;
    m: number;
    k: number;
    n: number;
    xStride?: number;
  }): void;

  /** out = gelu(x), tanh form (Hendrycks & Gimpel 2016, as in GPT-2). out may be x. */
  gelu(args: { x: B; out: B; length: number }): void;
  /** dx = dy · gelu′(x); dx may be dy. */
  geluBackward(args: { x: B; dy: B; dx: B; length: number }): void;

  /** Floats that `attention` needs to keep the probabilities of all rows and heads. */
  attentionProbabilities(rows: Rows<B>, shape: AttentionShape): number;
  /**
   * Multi-head attention (Vaswani et al. 2017) inside each row, causal but for the two-way prefix:
   * qkv[N, 3d] → out[N, d]. `probabilities` (left out if there is no backward pass) keeps the softmax.
   */
  attention(args: { qkv: B; rows: Rows<B>; shape: AttentionShape; probabilities?: B; out: B }): void;
  /** dOut[N, d] → dQkv[N, 3d]; `out` and `probabilities` are what `attention` gave. */
  attentionBackward(args: {
    qkv: B;
    rows: Rows<B>;
    shape: AttentionShape;
    probabilities: B;
    out: B;
    dOut: B;
    dQkv: B;
  }): void;

  /** out[R, d] = x[index]. */
  gatherRows(args: { x: B; index: B; out: B; rows: number; width: number }): void;
  /** out[index] += dy[R, d]; no index occurs twice. */
  scatterRows(args: { dy: B; index: B; out: B; rows: number; width: number }): void;

  /**
   * From logits[R, V4]: logProbs[R] of the labels, entropy[R] of the distribution, both in nats, and
   * logSum[R] = log Σ exp (for the backward pass).
   */
  tokenLogProb(args: {
    logits: B;
    labels: B;
    logProbs: B;
    entropy: B;
    logSum: B;
    rows: number;
    /** V */
    vocabulary: number;
  }): void;
  /**
   * In place, logits become their gradient:
   * dlogit_j = dLogProb · (1[j = label] − p_j) − dEntropy · p_j (log p_j + H); padding columns become 0.
   */
  tokenLogProbBackward(args: {
    logits: B;
    labels: B;
    entropy: B;
    logSum: B;
    dLogProbs: B;
    dEntropy: B;
    rows: number;
    vocabulary: number;
  }): void;

  /** out[R] = x[R, d] · weight[d] + bias[1]. */
  scalarHead(args: { x: B; weight: B; bias: B; out: B; rows: number; width: number }): void;
  /** dx[R, d] += dOut[R] ⊗ weight; dWeight[d] +=; dBias[1] +=. */
  scalarHeadBackward(args: {
    dOut: B;
    x: B;
    weight: B;
    dx: B;
    dWeight: B;
    dBias: B;
    rows: number;
    width: number;
  }): void;

  /** norm[0] = √Σ gradients². */
  globalNorm(args: { gradients: B; norm: B }): void;
  /**
   * AdamW (Loshchilov & Hutter 2019, as torch.optim.AdamW) in place over flat buffers; gradients are
   * scaled by maxNorm / (norm + 1e-6) if norm > maxNorm (torch clip_grad_norm_). decay: 1 where weight
   * decay applies, else 0.
   */
  adamw(args: {
    parameters: B;
    gradients: B;
    firstMoment: B;
    secondMoment: B;
    decay: B;
    norm: B;
    step: AdamWStep;
  }): void;

  /** Cache of one layer; capacity is rounded up as the backend needs. Temporary. */
  layerCache(args: { slots: number; capacity: number; width: number }): LayerCache<B>;
  /** Writes keys and values of qkv[N, 3d] to (slots[N], positions[N]). */
  cacheWrite(args: {
    qkv: B;
    slots: B;
    positions: B;
    cache: LayerCache<B>;
    tokens: number;
    width: number;
  }): void;
  /** One new token per row (already in the cache) attends to positions 0 … positions[i]: out[N, d]. */
  decodeAttention(args: {
    qkv: B;
    slots: B;
    positions: B;
    cache: LayerCache<B>;
    out: B;
    tokens: number;
    shape: AttentionShape;
  }): void;

  /**
   * out[R] = argmax_j logits[R, V4] / temperature + gumbel(key, noiseRows[R], noiseSteps[R], j) + penalty[V4]
   * with the noise field of src/random/noise.ts; temperature 0: no noise. penalty: −∞ for ids never sampled
   * and for padding columns. −1 where no logit is a number.
   */
  gumbelSample(args: {
    logits: B;
    penalty: B;
    noiseRows: B;
    noiseSteps: B;
    out: B;
    rows: number;
    vocabulary: number;
    temperature: number;
    key: number;
  }): void;

  /**
   * out[i] = x[index[i]], 0 where index[i] is negative: numbers of selected tokens over the cells [B, C] of a
   * batch, and back. Only GPUs have it: in host memory the host does this.
   */
  gatherCells?(args: { x: B; index: B; out: B; cells: number }): void;

  // Fused operations: a backend that gains by them offers them; otherwise their parts are called ------

  /** active[m, n] = gelu(out), out[m, n] = x[m, k] · w + bias. */
  linearGelu?(args: { x: B; w: M; bias: B; out: B; active: B; m: number }): void;
  /** out[m, n] = (x[m, k] · w) ∘ gelu′(before[m, n]). */
  linearGeluBackward?(args: { x: B; w: M; before: B; out: B; m: number }): void;
  /** out[m, n] = layerNorm(x[m, k]) · w (+ bias), or gelu of that; for passes without a gradient. */
  layerNormLinear?(args: {
    x: B;
    /** Of the layer norm, [k] each. */
    norm: { weight: B; bias: B };
    w: M;
    bias?: B;
    gelu: boolean;
    out: B;
    m: number;
  }): void;
  /** `cacheWrite` of one new token per row and `decodeAttention`. */
  cacheWriteAndAttend?(args: {
    qkv: B;
    slots: B;
    positions: B;
    cache: LayerCache<B>;
    out: B;
    tokens: number;
    shape: AttentionShape;
  }): void;

  // Losses: from outputs to their gradients and a report; where a backend has none, tfjs computes them ---
  //
  // P = the predicted tokens of all rows, row after row. `report` (16 floats, left out if nobody reads it) receives
  // the loss and then what each operation names, unused ones 0. "Not a number" passes to the loss, and to the
  // gradients that depend on it. Sums run in a fixed order.

  /**
   * Proximal policy optimisation (Schulman et al. 2017, eq. 7 and 9), means E over the P tokens:
   * policy = −E[min(ρA, clip(ρ, 1 ± ε)A)], ρ = exp(log π − log π_old), less entropyCoef · E[H]; plus coef times
   * value = ½ E[max((V − R)², (V_old + clip(V − V_old, ± ε) − R)²)]. Either part may be left out; `clipRange`
   * null: not clipped. Report: loss, policy, share of tokens that clipping holds, ½ E[(log ρ)²], E[ρ], Var[ρ],
   * E[H], value, share of values that clipping holds.
   */
  actorCriticLoss?(args: {
    /** P */
    tokens: number;
    /** [P, 4]: log π_old, advantage A, V_old, return R. */
    experience: B;
    policy?: {
      logProbs: B;
      entropy: B;
      dLogProbs: B;
      dEntropy: B;
      clipRange: number | null;
      entropyCoef: number;
    };
    value?: { values: B; dValues: B; clipRange: number | null; coef: number };
    report?: B;
  }): void;

  /**
   * Losses on the margin h of pairs of rows, means over the pairs: h = Σ log π − log π_ref over the tokens of the
   * chosen less those of the rejected row (`referenceFree`: without log π_ref). sigmoid: −(1 − ε) log σ(βh) −
   * ε log σ(−βh), ε = labelSmoothing (Rafailov et al. 2023, eq. 7; Mitchell 2023); ipo: (h − 1/(2β))² (Azar et
   * al. 2023, eq. 17); hinge: max(0, 1 − βh) (Zhao et al. 2023). Plus sftCoef times the mean of −log π over the
   * chosen tokens. Report: loss; means over pairs of the rewards βΣ(log π − log π_ref) of the chosen and the
   * rejected and of their difference; share of pairs with the chosen above, ties half; means of Σ log π of both
   * and of Σ log π_ref of both.
   */
  preferenceLoss?(args: {
    tokens: number;
    /** Rows are the chosen of all pairs, then the rejected. */
    pairs: number;
    /** Tokens of the chosen rows: they come first. */
    chosenTokens: number;
    logProbs: B;
    /** [P] log π_ref */
    reference: B;
    /** [2 · pairs + 1] int32: row r has tokens offsets[r] .. offsets[r + 1]. */
    offsets: B;
    /** [P] int32 */
    rowOf: B;
    form: 'sigmoid' | 'ipo' | 'hinge';
    beta: number;
    labelSmoothing: number;
    referenceFree: boolean;
    sftCoef: number;
    dLogProbs: B;
    report?: B;
  }): void;

  /**
   * Bradley–Terry: mean over pairs of −log σ(s_i − s_{pairs + i}) (Ouyang et al. 2022, eq. 1). Report: loss, share
   * of pairs with the first above, ties half, mean difference, least, mean and greatest score.
   */
  pairwiseLogisticLoss?(args: {
    /** [2 · pairs] */
    scores: B;
    pairs: number;
    dScores: B;
    report?: B;
  }): void;

  /**
   * likelihoodCoef · mean of −log p over the first `likelyTokens` + unlikelihoodCoef · mean of −log(1 − p) over the
   * others (Welleck et al. 2019, eq. 5 and 6; 1 − p at least 1e-6). Report: loss, the two means, and the sums of
   * log p divided by the rows of each part. A mean over no token is not a number, unless there is no row either.
   */
  likelihoodLoss?(args: {
    tokens: number;
    likelyTokens: number;
    rows: { likely: number; unlikely: number };
    likelihoodCoef: number;
    unlikelihoodCoef: number;
    logProbs: B;
    dLogProbs: B;
    report?: B;
  }): void;

  /**
   * Caches of all layers for `decodeRollout`, filled with the prompts by `cacheWrite`. Null where it cannot
   * decode such a model or so many rows. Temporary.
   */
  rolloutCaches?(args: {
    layers: number;
    slots: number;
    /** Positions that a row may come to. */
    capacity: number;
    /** Tokens of the longest prompt. */
    prompt: number;
    width: number;
    shape: AttentionShape;
  }): LayerCache<B>[] | null;
  /**
   * Every step of a rollout: from hidden[R, d], the states after the prompts (overwritten), draws
   * out[steps, stride] as `gumbelSample` does and feeds what was drawn. After its end token or its limit a row may
   * hold anything.
   */
  decodeRollout?(args: {
    weights: DecoderWeights<B>;
    caches: readonly LayerCache<B>[];
    hidden: B;
    penalty: B;
    /** [R] int32: tokens of each prompt, new tokens that each row may have, rows of the noise. */
    lengths: B;
    limits: B;
    noiseRows: B;
    out: B;
    /** R */
    rows: number;
    steps: number;
    /** Elements from one step of `out` to the next. */
    stride: number;
    vocabulary: number;
    shape: AttentionShape;
    temperature: number;
    key: number;
    /** The end token. */
    end: number;
  }): void;
}

/** Arguments of an operation. */
export type Args<Name extends keyof Operations<unknown, unknown>, B, M = never> = Parameters<
  NonNullable<Operations<B, M>[Name]>
>[0];
