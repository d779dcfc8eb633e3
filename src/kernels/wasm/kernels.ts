import {
  roundUp4,
  type AttentionShape,
  type Kernels,
  type LayerCache,
  type PackedMatrix,
  type Rows,
} from '../kernels';
import type { Args, Operations } from '../operations';
import { at, WasmDevice } from './device';
import type { WasmBuffer } from './memory';

interface WasmMatrix extends PackedMatrix {
  readonly ptr: number;
}

/** Arguments of an operation: buffers that this device gave out. */
type On<Name extends keyof Operations<unknown, unknown>> = Args<Name, WasmBuffer, WasmMatrix>;

/** Address of an operand, 0 where there is none. */
const orNull = (buffer: WasmBuffer | undefined): number => buffer?.ptr ?? 0;
const roundUp8 = (n: number): number => (n + 7) & ~7;

/** Floats of probabilities that `attention` keeps for the rows before `row`. */
function probabilitiesBefore(rows: Rows<unknown>, row: number, { heads }: AttentionShape): number {
  let sum = 0;
  for (let r = 0; r < row; r++) sum += rows.lengths[r]! * roundUp8(rows.lengths[r]!);
  return sum * heads;
}

/** Tokens per block of linearBackwardWeight (BLOCK in its source). */
const WEIGHT_BLOCK = 256;

/**
 * Kernels on the SIMD WASM module: each method adds addresses and scratch memory and calls the export, with
 * `call` on this thread, or with `spread` on ranges of its outputs, which threads then share.
 */
export class WasmKernels extends WasmDevice implements Kernels {
  packMatrix({ matrix, rows, cols, transposed }: On<'packMatrix'>): WasmMatrix {
    const [k, n] = transposed ? [cols, rows] : [rows, cols];
    const { ptr } = this.temporary(k * roundUp8(n));
    const [name, step] = transposed ? ['packTransposed', cols] : ['pack', 1];
    this.spread(name, { over: n, grain: 8, work: k * n * 4 }, (from, to) => [
      at(matrix) + from * step * 4,
      cols * 4,
      k,
      to - from,
      ptr + from * k * 4,
    ]);
    return { k, n, ptr };
  }

  embedding({ wte, wpe, ids, positions, out, tokens: n, width: d }: On<'embedding'>): void {
    this.spread('embedding', { over: n, work: n * d * 2 }, (from, to) => [
      at(wte),
      at(wpe),
      at(ids) + from * 4,
      at(positions) + from * 4,
      at(out) + from * d * 4,
      to - from,
      d,
    ]);
  }

  embeddingBackward({ dx, ids, positions, dWte, dWpe, tokens, width }: On<'embeddingBackward'>): void {
    this.call.embeddingBackward!(at(dx), at(ids), at(positions), at(dWte), at(dWpe), tokens, width);
  }

  layerNorm({ x, weight, bias, out, stats, rows: n, width: d }: On<'layerNorm'>): void {
    this.spread('layerNorm', { over: n, work: n * d * 8 }, (from, to) => [
      at(x) + from * d * 4,
      at(weight),
      at(bias),
      at(out) + from * d * 4,
      at(stats) + from * 8,
      to - from,
      d,
    ]);
  }

  layerNormBackward({
    dy,
    x,
    stats,
    weight,
    residual,
    dx,
    dWeight,
    dBias,
    rows: n,
    width: d,
  }: On<'layerNormBackward'>): void {
    // one pass does all; threads share the sums by columns, then dx by rows
    const byRows = { over: n, work: n * d * 12 };
    const shared = this.ranges(byRows).length > 1;
    if (shared)
      this.spread('layerNormBackwardWeight', { over: d, grain: 16, work: n * d * 6 }, (from, to) => [
        at(dy) + from * 4,
        at(x) + from * 4,
        at(stats),
        at(dWeight) + from * 4,
        at(dBias) + from * 4,
        n,
        d,
        to - from,
      ]);
    this.spread('layerNormBackward', byRows, (from, to) => [
      at(dy) + from * d * 4,
      at(x) + from * d * 4,
      at(stats) + from * 8,
      at(weight),
      residual ? at(residual) + from * d * 4 : 0,
      at(dx) + from * d * 4,
      ...(shared ? [0, 0] : [at(dWeight), at(dBias)]),
      to - from,
      d,
    ]);
  }

  linear({ x, w, bias, residual, out, m, xStride = w.k }: On<'linear'>): void {
    const { ptr, k, n } = w;
    const width = roundUp4(n);
    this.spread('linear', { over: m, grain: 4, work: m * k * width }, (from, to) => [
      at(x) + from * xStride * 4,
      xStride,
      ptr,
      orNull(bias),
      residual ? at(residual) + from * width * 4 : 0,
      at(out) + from * width * 4,
      width,
      to - from,
      k,
      width,
    ]);
  }

  linearBackwardWeight({ x, dy, dWeight, dBias, m, k, n, xStride = k }: On<'linearBackwardWeight'>): void {
    // cut along the longer side: each range copies the whole of the other side's operand once
    const [work, scratch] = [m * k * n, WEIGHT_BLOCK * (4 + roundUp8(n))];
    if (n >= k)
      this.spread('linearBackwardWeight', { over: n, grain: 8, work, scratch }, (from, to, room) => [
        at(x),
        xStride,
        at(dy) + from * 4,
        at(dWeight) + from * 4,
        dBias ? at(dBias) + from * 4 : 0,
        m,
        k,
        to - from,
        room,
        n,
      ]);
    else
      this.spread('linearBackwardWeight', { over: k, grain: 4, work, scratch }, (from, to, room) => [
        at(x) + from * 4,
        xStride,
        at(dy),
        at(dWeight) + from * n * 4,
        from === 0 ? orNull(dBias) : 0,
        m,
        to - from,
        n,
        room,
        n,
      ]);
  }

  gelu({ x, out, length }: On<'gelu'>): void {
    this.spread('gelu', { over: length, grain: 16, work: length * 8 }, (from, to) => [
      at(x) + from * 4,
      at(out) + from * 4,
      to - from,
    ]);
  }

  geluBackward({ x, dy, dx, length }: On<'geluBackward'>): void {
    this.spread('geluBackward', { over: length, grain: 16, work: length * 12 }, (from, to) => [
      at(x) + from * 4,
      at(dy) + from * 4,
      at(dx) + from * 4,
      to - from,
    ]);
  }

  attentionProbabilities(rows: Rows<unknown>, shape: AttentionShape): number {
    return probabilitiesBefore(rows, rows.count, shape);
  }

  attention({ qkv, rows, shape, probabilities, out }: On<'attention'>): void {
    const { heads, headDim } = shape;
    const longest = roundUp8(Math.max(1, ...rows.lengths));
    const packed = 2 * longest * roundUp8(headDim);
    const scratch = packed + (probabilities ? 0 : longest * longest);
    const work = this.attentionProbabilities(rows, shape) * (headDim + 8);
    this.spread('attention', { over: rows.count, work, scratch }, (from, to, room) => [
      at(qkv),
      at(rows.offsets) + from * 4,
      at(rows.prefixes) + from * 4,
      to - from,
      heads,
      headDim,
      probabilities ? at(probabilities) + probabilitiesBefore(rows, from, shape) * 4 : room + packed * 4,
      probabilities ? 1 : 0,
      at(out),
      room,
    ]);
  }

  attentionBackward({ qkv, rows, shape, probabilities, dOut, dQkv }: On<'attentionBackward'>): void {
    const { heads, headDim } = shape;
    const longest = roundUp8(Math.max(1, ...rows.lengths));
    const scratch = 4 * longest * roundUp8(headDim) + longest * longest;
    const work = this.attentionProbabilities(rows, shape) * (2 * headDim + 16);
    this.spread('attentionBackward', { over: rows.count, work, scratch }, (from, to, room) => [
      at(qkv),
      at(dOut),
      at(rows.offsets) + from * 4,
      at(rows.prefixes) + from * 4,
      to - from,
      heads,
      headDim,
      at(probabilities) + probabilitiesBefore(rows, from, shape) * 4,
      at(dQkv),
      room,
    ]);
  }

  gatherRows({ x, index, out, rows, width }: On<'gatherRows'>): void {
    this.call.gatherRows!(at(x), at(index), at(out), rows, width);
  }

  scatterRows({ dy, index, out, rows, width }: On<'scatterRows'>): void {
    this.call.scatterRows!(at(dy), at(index), at(out), rows, width);
  }

  tokenLogProb({ logits, labels, logProbs, entropy, logSum, rows, vocabulary: v }: On<'tokenLogProb'>): void {
    this.spread('tokenLogProb', { over: rows, work: rows * v * 10 }, (from, to) => [
      at(logits) + from * roundUp4(v) * 4,
      ...[labels, logProbs, entropy, logSum].map((buffer) => at(buffer) + from * 4),
      to - from,
      v,
    ]);
  }

  tokenLogProbBackward({
    logits,
    labels,
    entropy,
    logSum,
    dLogProbs,
    dEntropy,
    rows,
    vocabulary: v,
  }: On<'tokenLogProbBackward'>): void {
    this.spread('tokenLogProbBackward', { over: rows, work: rows * v * 10 }, (from, to) => [
      at(logits) + from * roundUp4(v) * 4,
      ...[labels, entropy, logSum, dLogProbs, dEntropy].map((buffer) => at(buffer) + from * 4),
      to - from,
      v,
    ]);
  }

  scalarHead({ x, weight, bias, out, rows, width }: On<'scalarHead'>): void {
    this.call.scalarHead!(at(x), at(weight), at(bias), at(out), rows, width);
  }

  scalarHeadBackward({ dOut, x, weight, dx, dWeight, dBias, rows, width }: On<'scalarHeadBackward'>): void {
    const addresses = [dOut, x, weight, dx, dWeight, dBias].map(at);
    this.call.scalarHeadBackward!(...addresses, rows, width);
  }

  globalNorm({ gradients, norm }: On<'globalNorm'>): void {
    this.call.globalNorm!(at(gradients), at(norm), gradients.length);
  }

  adamw({ parameters, gradients, firstMoment, secondMoment, decay, norm, step: s }: On<'adamw'>): void {
    const rates = [s.learningRate, s.beta1, s.beta2, s.epsilon, s.weightDecay, s.maxNorm];
    const { length } = parameters;
    this.spread('adamw', { over: length, grain: 16, work: length * 10 }, (from, to) => [
      ...[parameters, gradients, firstMoment, secondMoment, decay].map((buffer) => at(buffer) + from * 4),
      at(norm),
      to - from,
      ...rates,
      s.correction1,
      s.correction2,
    ]);
  }

  layerCache({ slots, capacity, width }: On<'layerCache'>): LayerCache<WasmBuffer> {
    const rounded = roundUp8(capacity);
    const size = slots * rounded * width;
    return { keys: this.temporary(size), values: this.temporary(size), capacity: rounded };
  }

  cacheWrite({ qkv, slots, positions, cache, tokens: n, width: d }: On<'cacheWrite'>): void {
    this.spread('cacheWrite', { over: n, work: n * d * 8 }, (from, to) => [
      at(qkv) + from * 3 * d * 4,
      at(slots) + from * 4,
      at(positions) + from * 4,
      at(cache.keys),
      at(cache.values),
      to - from,
      d,
      cache.capacity,
    ]);
  }

  decodeAttention({ qkv, slots, positions, cache, out, tokens: n, shape }: On<'decodeAttention'>): void {
    const { heads, headDim } = shape;
    const { keys, values, capacity } = cache;
    const d = heads * headDim;
    const work = n * capacity * heads * (headDim + 8);
    this.spread('decodeAttention', { over: n, work, scratch: capacity }, (from, to, room) => [
      at(qkv) + from * 3 * d * 4,
      at(slots) + from * 4,
      at(positions) + from * 4,
      at(keys),
      at(values),
      at(out) + from * d * 4,
      to - from,
      heads,
      headDim,
      capacity,
      room,
    ]);
  }

  gumbelSample({
    logits,
    penalty,
    noiseRows,
    noiseSteps,
    out,
    rows,
    vocabulary: v,
    temperature,
    key,
  }: On<'gumbelSample'>): void {
    const work = rows * v * 30;
    this.spread('gumbelSample', { over: rows, work, scratch: v + 16 }, (from, to, room) => [
      at(logits) + from * roundUp4(v) * 4,
      at(penalty),
      at(noiseRows) + from * 4,
      at(noiseSteps) + from * 4,
      at(out) + from * 4,
      to - from,
      v,
      temperature,
      key | 0,
      room,
    ]);
  }
}
