import type {
  AdamWStep,
  AttentionShape,
  DeviceBuffer,
  Kernels,
  LayerCache,
  PackedMatrix,
  Rows,
} from '../kernels';
import { roundUp4 } from '../kernels';
import { at, WasmDevice } from './device';
import { loadKernels } from './load';

interface WasmPacked extends PackedMatrix {
  readonly ptr: number;
}

const orNull = (buffer: DeviceBuffer | null): number => (buffer ? at(buffer) : 0);
const roundUp8 = (n: number): number => (n + 7) & ~7;

/** Floats of probabilities that `attention` keeps for the rows before `row`. */
function probabilitiesBefore(rows: Rows, row: number, { heads }: AttentionShape): number {
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
  /** `threads`: at most so many, this one included (see `loadKernels`). */
  static async create(relaxed?: boolean, threads = 1): Promise<WasmKernels> {
    return new WasmKernels(await loadKernels(relaxed, threads));
  }

  packMatrix(w: DeviceBuffer, rows: number, cols: number, transposed: boolean): WasmPacked {
    const [k, n] = transposed ? [cols, rows] : [rows, cols];
    const { ptr } = this.temporary(k * roundUp8(n));
    const [name, step] = transposed ? ['packTransposed', cols] : ['pack', 1];
    this.spread(name, { over: n, grain: 8, work: k * n * 4 }, (from, to) => [
      at(w) + from * step * 4,
      cols * 4,
      k,
      to - from,
      ptr + from * k * 4,
    ]);
    return { k, n, ptr };
  }

  embedding(
    wte: DeviceBuffer,
    wpe: DeviceBuffer,
    ids: DeviceBuffer,
    positions: DeviceBuffer,
    out: DeviceBuffer,
    n: number,
    d: number,
  ): void {
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

  embeddingBackward(
    dx: DeviceBuffer,
    ids: DeviceBuffer,
    positions: DeviceBuffer,
    dwte: DeviceBuffer,
    dwpe: DeviceBuffer,
    n: number,
    d: number,
  ): void {
    this.call.embeddingBackward!(at(dx), at(ids), at(positions), at(dwte), at(dwpe), n, d);
  }

  layerNorm(
    x: DeviceBuffer,
    weight: DeviceBuffer,
    bias: DeviceBuffer,
    out: DeviceBuffer,
    stats: DeviceBuffer,
    n: number,
    d: number,
  ): void {
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
  ): void {
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

  linear(
    x: DeviceBuffer,
    w: PackedMatrix,
    bias: DeviceBuffer | null,
    residual: DeviceBuffer | null,
    out: DeviceBuffer,
    m: number,
    xStride = w.k,
  ): void {
    const { ptr, k, n } = w as WasmPacked;
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

  linearBackwardWeight(
    x: DeviceBuffer,
    dy: DeviceBuffer,
    dw: DeviceBuffer,
    db: DeviceBuffer | null,
    m: number,
    k: number,
    n: number,
    xStride = k,
  ): void {
    // cut along the longer side: each range copies the whole of the other side's operand once
    const [work, scratch] = [m * k * n, WEIGHT_BLOCK * (4 + roundUp8(n))];
    if (n >= k)
      this.spread('linearBackwardWeight', { over: n, grain: 8, work, scratch }, (from, to, room) => [
        at(x),
        xStride,
        at(dy) + from * 4,
        at(dw) + from * 4,
        db ? at(db) + from * 4 : 0,
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
        at(dw) + from * n * 4,
        from === 0 ? orNull(db) : 0,
        m,
        to - from,
        n,
        room,
        n,
      ]);
  }

  gelu(x: DeviceBuffer, out: DeviceBuffer, length: number): void {
    this.spread('gelu', { over: length, grain: 16, work: length * 8 }, (from, to) => [
      at(x) + from * 4,
      at(out) + from * 4,
      to - from,
    ]);
  }

  geluBackward(x: DeviceBuffer, dy: DeviceBuffer, dx: DeviceBuffer, length: number): void {
    this.spread('geluBackward', { over: length, grain: 16, work: length * 12 }, (from, to) => [
      at(x) + from * 4,
      at(dy) + from * 4,
      at(dx) + from * 4,
      to - from,
    ]);
  }

  attentionProbabilities(rows: Rows, shape: AttentionShape): number {
    return probabilitiesBefore(rows, rows.count, shape);
  }

  attention(
    qkv: DeviceBuffer,
    rows: Rows,
    shape: AttentionShape,
    probabilities: DeviceBuffer | null,
    out: DeviceBuffer,
  ): void {
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

  attentionBackward(
    qkv: DeviceBuffer,
    dOut: DeviceBuffer,
    rows: Rows,
    shape: AttentionShape,
    probabilities: DeviceBuffer,
    dqkv: DeviceBuffer,
  ): void {
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
      at(dqkv),
      room,
    ]);
  }

  gatherRows(x: DeviceBuffer, index: DeviceBuffer, out: DeviceBuffer, rows: number, d: number): void {
    this.call.gatherRows!(at(x), at(index), at(out), rows, d);
  }

  scatterRows(dy: DeviceBuffer, index: DeviceBuffer, out: DeviceBuffer, rows: number, d: number): void {
    this.call.scatterRows!(at(dy), at(index), at(out), rows, d);
  }

  tokenLogProb(
    logits: DeviceBuffer,
    labels: DeviceBuffer,
    logProbs: DeviceBuffer,
    entropy: DeviceBuffer,
    logSum: DeviceBuffer,
    rows: number,
    v: number,
  ): void {
    this.spread('tokenLogProb', { over: rows, work: rows * v * 10 }, (from, to) => [
      at(logits) + from * roundUp4(v) * 4,
      ...[labels, logProbs, entropy, logSum].map((buffer) => at(buffer) + from * 4),
      to - from,
      v,
    ]);
  }

  tokenLogProbBackward(
    logits: DeviceBuffer,
    labels: DeviceBuffer,
    entropy: DeviceBuffer,
    logSum: DeviceBuffer,
    dLogProbs: DeviceBuffer,
    dEntropy: DeviceBuffer,
    rows: number,
    v: number,
  ): void {
    this.spread('tokenLogProbBackward', { over: rows, work: rows * v * 10 }, (from, to) => [
      at(logits) + from * roundUp4(v) * 4,
      ...[labels, entropy, logSum, dLogProbs, dEntropy].map((buffer) => at(buffer) + from * 4),
      to - from,
      v,
    ]);
  }

  scalarHead(
    x: DeviceBuffer,
    weight: DeviceBuffer,
    bias: DeviceBuffer,
    out: DeviceBuffer,
    rows: number,
    d: number,
  ): void {
    this.call.scalarHead!(at(x), at(weight), at(bias), at(out), rows, d);
  }

  scalarHeadBackward(
    dOut: DeviceBuffer,
    x: DeviceBuffer,
    weight: DeviceBuffer,
    dx: DeviceBuffer,
    dWeight: DeviceBuffer,
    dBias: DeviceBuffer,
    rows: number,
    d: number,
  ): void {
    const addresses = [dOut, x, weight, dx, dWeight, dBias].map(at);
    this.call.scalarHeadBackward!(...addresses, rows, d);
  }

  globalNorm(gradients: DeviceBuffer, norm: DeviceBuffer): void {
    this.call.globalNorm!(at(gradients), at(norm), gradients.length);
  }

  adamw(
    parameters: DeviceBuffer,
    gradients: DeviceBuffer,
    firstMoment: DeviceBuffer,
    secondMoment: DeviceBuffer,
    decay: DeviceBuffer,
    norm: DeviceBuffer,
    s: AdamWStep,
  ): void {
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

  layerCache(slots: number, capacity: number, d: number): LayerCache {
    const rounded = roundUp8(capacity);
    const size = slots * rounded * d;
    return { keys: this.temporary(size), values: this.temporary(size), capacity: rounded };
  }

  cacheWrite(
    qkv: DeviceBuffer,
    slots: DeviceBuffer,
    positions: DeviceBuffer,
    cache: LayerCache,
    n: number,
    d: number,
  ): void {
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

  decodeAttention(
    qkv: DeviceBuffer,
    slots: DeviceBuffer,
    positions: DeviceBuffer,
    cache: LayerCache,
    out: DeviceBuffer,
    n: number,
    shape: AttentionShape,
  ): void {
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
  ): void {
    const work = count * v * 30;
    this.spread('gumbelSample', { over: count, work, scratch: v + 16 }, (from, to, room) => [
      at(logits) + from * roundUp4(v) * 4,
      at(penalty),
      at(rows) + from * 4,
      at(steps) + from * 4,
      at(out) + from * 4,
      to - from,
      v,
      temperature,
      key | 0,
      room,
    ]);
  }

  /** For tests: one row of the noise field, and exp or log of an array. */
  gumbelRow(key: number, row: number, step: number, v: number): Float32Array {
    return this.frame(() => {
      const out = this.temporary((v + 15) & ~15);
      this.call.gumbelRow!(key | 0, row, step, out.ptr, v);
      return this.readFloats(out).slice(0, v);
    });
  }

  elementwise(name: 'exp' | 'log', x: Float32Array): Float32Array {
    return this.frame(() => {
      const input = this.upload(x);
      const out = this.temporary(roundUp4(x.length));
      this.call[`${name}All`]!(input.ptr, out.ptr, roundUp4(x.length));
      return this.readFloats(out).slice(0, x.length);
    });
  }
}
