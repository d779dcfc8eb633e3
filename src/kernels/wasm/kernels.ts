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
import { loadKernels, type LoadedKernels } from './load';
import { LinearMemory, type WasmBuffer } from './memory';

interface WasmPacked extends PackedMatrix {
  readonly ptr: number;
}

const at = (buffer: DeviceBuffer): number => (buffer as WasmBuffer).ptr;
const orNull = (buffer: DeviceBuffer | null): number => (buffer ? (buffer as WasmBuffer).ptr : 0);
const roundUp8 = (n: number): number => (n + 7) & ~7;

/** Tokens per block of linearBackwardWeight (BLOCK in its source). */
const WEIGHT_BLOCK = 256;

/** Kernels on the SIMD WASM module: each method adds addresses and scratch memory and calls the export. */
export class WasmKernels implements Kernels {
  readonly hostMemory = true;
  readonly relaxed: boolean;
  private readonly memory: LinearMemory;
  private readonly call: Record<string, (...args: number[]) => number>;

  constructor({ exports, relaxed }: LoadedKernels) {
    this.relaxed = relaxed;
    this.call = exports as unknown as typeof this.call;
    this.memory = new LinearMemory(exports.memory, this.call.heapBase!());
  }

  static async create(relaxed?: boolean): Promise<WasmKernels> {
    return new WasmKernels(await loadKernels(relaxed));
  }

  allocate(length: number): WasmBuffer {
    const buffer = this.memory.allocate(length);
    this.zero(buffer);
    return buffer;
  }

  free(buffer: DeviceBuffer): void {
    this.memory.free(buffer as WasmBuffer);
  }

  frame<T>(f: () => T): T {
    return this.memory.frame(f);
  }

  temporary(length: number): WasmBuffer {
    return this.memory.temporary(length);
  }

  upload(data: Float32Array | Int32Array): WasmBuffer {
    const buffer = this.memory.temporary(data.length);
    this.write(buffer, data);
    return buffer;
  }

  slice(buffer: DeviceBuffer, offset: number, length: number): WasmBuffer {
    return { ptr: at(buffer) + offset * 4, length };
  }

  write(buffer: DeviceBuffer, data: Float32Array | Int32Array): void {
    const view = data instanceof Float32Array ? this.memory.floats : this.memory.ints;
    view.set(data, at(buffer) >> 2);
  }

  readFloats(buffer: DeviceBuffer): Float32Array {
    const first = at(buffer) >> 2;
    return this.memory.floats.slice(first, first + buffer.length);
  }

  readInts(buffer: DeviceBuffer): Int32Array {
    const first = at(buffer) >> 2;
    return this.memory.ints.slice(first, first + buffer.length);
  }

  readAll(buffers: readonly DeviceBuffer[]): Float32Array[] {
    return buffers.map((buffer) => this.readFloats(buffer));
  }

  zero(buffer: DeviceBuffer): void {
    const first = at(buffer) >> 2;
    this.memory.floats.fill(0, first, first + buffer.length);
  }

  bytes(): number {
    return this.memory.bytes;
  }

  packMatrix(w: DeviceBuffer, rows: number, cols: number, transposed: boolean): WasmPacked {
    const [k, n] = transposed ? [cols, rows] : [rows, cols];
    const { ptr } = this.temporary(k * roundUp8(n));
    (transposed ? this.call.packTransposed! : this.call.pack!)(at(w), cols * 4, k, n, ptr);
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
    this.call.embedding!(at(wte), at(wpe), at(ids), at(positions), at(out), n, d);
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
    this.call.layerNorm!(at(x), at(weight), at(bias), at(out), at(stats), n, d);
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
    const addresses = [dy, x, stats, weight].map(at);
    this.call.layerNormBackward!(...addresses, orNull(residual), at(dx), at(dWeight), at(dBias), n, d);
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
    this.call.linear!(at(x), xStride, ptr, orNull(bias), orNull(residual), at(out), width, m, k, width);
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
    this.frame(() => {
      const scratch = this.temporary(WEIGHT_BLOCK * (4 + roundUp8(n)));
      this.call.linearBackwardWeight!(at(x), xStride, at(dy), at(dw), orNull(db), m, k, n, scratch.ptr);
    });
  }

  gelu(x: DeviceBuffer, out: DeviceBuffer, length: number): void {
    this.call.gelu!(at(x), at(out), length);
  }

  geluBackward(x: DeviceBuffer, dy: DeviceBuffer, dx: DeviceBuffer, length: number): void {
    this.call.geluBackward!(at(x), at(dy), at(dx), length);
  }

  attentionProbabilities(rows: Rows, shape: AttentionShape): number {
    return rows.lengths.reduce((sum, t) => sum + t * roundUp8(t), 0) * shape.heads;
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
    this.frame(() => {
      const scratch = this.temporary(2 * longest * roundUp8(headDim));
      const p = probabilities ?? this.temporary(longest * longest);
      const keep = probabilities ? 1 : 0;
      const addresses = [qkv, rows.offsets, rows.prefixes].map(at);
      this.call.attention!(...addresses, rows.count, heads, headDim, at(p), keep, at(out), scratch.ptr);
    });
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
    this.frame(() => {
      const scratch = this.temporary(4 * longest * roundUp8(headDim) + longest * longest);
      const addresses = [qkv, dOut, rows.offsets, rows.prefixes].map(at);
      const outputs = [probabilities, dqkv, scratch].map(at);
      this.call.attentionBackward!(...addresses, rows.count, heads, headDim, ...outputs);
    });
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
    this.call.tokenLogProb!(at(logits), at(labels), at(logProbs), at(entropy), at(logSum), rows, v);
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
    const addresses = [logits, labels, entropy, logSum, dLogProbs, dEntropy].map(at);
    this.call.tokenLogProbBackward!(...addresses, rows, v);
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
    const addresses = [parameters, gradients, firstMoment, secondMoment, decay, norm].map(at);
    const rates = [s.learningRate, s.beta1, s.beta2, s.epsilon, s.weightDecay, s.maxNorm];
    this.call.adamw!(...addresses, parameters.length, ...rates, s.correction1, s.correction2);
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
    const addresses = [qkv, slots, positions, cache.keys, cache.values].map(at);
    this.call.cacheWrite!(...addresses, n, d, cache.capacity);
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
    this.frame(() => {
      const scratch = this.temporary(cache.capacity);
      const addresses = [qkv, slots, positions, cache.keys, cache.values, out].map(at);
      const { heads, headDim } = shape;
      this.call.decodeAttention!(...addresses, n, heads, headDim, cache.capacity, scratch.ptr);
    });
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
    this.frame(() => {
      const scratch = this.temporary(v + 16);
      const addresses = [logits, penalty, rows, steps, out].map(at);
      this.call.gumbelSample!(...addresses, count, v, temperature, key | 0, scratch.ptr);
    });
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
