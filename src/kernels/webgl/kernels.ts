import type {
  AdamWStep,
  AttentionShape,
  Counters,
  DeviceBuffer,
  Kernels,
  LayerCache,
  PackedMatrix,
  Rows,
} from '../kernels';
import { ADAMW, adamw } from './adamw';
import { ATTENTION, ATTENTION_KEPT, ATTENTION_SCORES, attention, attentionInts } from './attention';
import { ATTENTION_BACKWARD, attentionBackward, SOFTMAX_BACKWARD } from './attention-backward';
import { CACHE_WRITE, cacheWrite, layerCache } from './cache-write';
import { SUM_SPLITS } from './column-sums';
import { openContext, type Context } from './context';
import { DECODE_ATTENTION, DECODE_SCORES, decodeAttention } from './decode-attention';
import { Device, type DeviceOptions } from './device';
import { EMBEDDING, embedding } from './embedding';
import { EMBEDDING_BACKWARD, embeddingBackward } from './embedding-backward';
import { gelu } from './gelu';
import { geluBackward } from './gelu-backward';
import { globalNorm, ROOT_OF_SUM, SUM_SQUARES } from './global-norm';
import { BEST_GROUP, GUMBEL_GROUPS, gumbelSample } from './gumbel-sample';
import { LAYER_NORM, layerNorm } from './layer-norm';
import { LAYER_NORM_BACKWARD, LAYER_NORM_BACKWARD_WEIGHT, layerNormBackward } from './layer-norm-backward';
import {
  layerNormLinear,
  LINEAR_PROGRAMS,
  linear,
  linearGelu,
  linearGeluBackward,
  packMatrix,
  type GlMatrix,
} from './linear';
import { LINEAR_BACKWARD_WEIGHT, linearBackwardWeight, SUM_TILES } from './linear-backward-weight';
import type { GlBuffer } from './memory';
import { insertFence, passFence, readBuffers } from './read';
import { GATHER_ROWS, gatherRows, SCATTER_ROWS, scatterRows } from './rows';
import { SCALAR_HEAD, scalarHead } from './scalar-head';
import {
  SCALAR_HEAD_BACKWARD,
  SCALAR_HEAD_BACKWARD_WEIGHT,
  scalarHeadBackward,
} from './scalar-head-backward';
import { SPREAD_COLUMNS, TOKEN_LOG_PROB, tokenLogProb } from './token-log-prob';
import { TOKEN_LOG_PROB_BACKWARD, tokenLogProbBackward } from './token-log-prob-backward';

/** The shaders that models need, in about the order in which a training step does. */
const PROGRAMS = [
  EMBEDDING,
  LAYER_NORM,
  ...LINEAR_PROGRAMS,
  ATTENTION_SCORES,
  ATTENTION_KEPT,
  ATTENTION,
  GATHER_ROWS,
  TOKEN_LOG_PROB,
  SPREAD_COLUMNS,
  TOKEN_LOG_PROB_BACKWARD,
  LINEAR_BACKWARD_WEIGHT,
  SUM_TILES,
  LAYER_NORM_BACKWARD_WEIGHT,
  SUM_SPLITS,
  LAYER_NORM_BACKWARD,
  SCATTER_ROWS,
  SOFTMAX_BACKWARD,
  ATTENTION_BACKWARD,
  EMBEDDING_BACKWARD,
  SUM_SQUARES,
  ROOT_OF_SUM,
  ADAMW,
  SCALAR_HEAD,
  SCALAR_HEAD_BACKWARD,
  SCALAR_HEAD_BACKWARD_WEIGHT,
  CACHE_WRITE,
  DECODE_SCORES,
  DECODE_ATTENTION,
  GUMBEL_GROUPS,
  BEST_GROUP,
];

/** Steps that may wait in the GPU's queue before `ready` makes the next one wait. */
const STEPS_AHEAD = 2;

type B = DeviceBuffer;
type OrNull = DeviceBuffer | null;
const gl = (buffer: B): GlBuffer => buffer as GlBuffer;
const glOrNull = (buffer: OrNull): GlBuffer | null => buffer as GlBuffer | null;

/** Kernels as fragment shaders on a WebGL2 context of our own; buffers are float textures. */
export class WebGlKernels implements Kernels {
  readonly hostMemory = false;
  readonly adapter: string;
  /** Resolves with the reason once the context is gone. */
  readonly lost: Promise<string>;
  private readonly device: Device;
  private readonly steps: WebGLSync[] = [];

  constructor(
    private readonly context: Context,
    options?: DeviceOptions,
  ) {
    this.adapter = context.adapter;
    this.lost = context.lost;
    this.device = new Device(context, options);
    for (const program of PROGRAMS) this.device.programs.prepare(program);
  }

  /** Throws a plain reason where WebGL2 or float textures are missing. */
  static open(options?: DeviceOptions): WebGlKernels {
    return new WebGlKernels(openContext(), options);
  }

  dispose(): void {
    this.context.close();
  }

  /** For tests: what a driver reset does. */
  loseContext(): void {
    this.context.gl.getExtension('WEBGL_lose_context')?.loseContext();
  }

  // Memory ---------------------------------------------------------------------------------------------

  allocate(length: number): GlBuffer {
    const buffer = this.device.memory.lasting(length);
    this.device.zero(buffer);
    return buffer;
  }

  free(buffer: B): void {
    this.device.memory.release(gl(buffer).root);
  }

  frame<T>(f: () => T): T {
    return this.device.memory.frame(f);
  }

  temporary(length: number): GlBuffer {
    return this.device.memory.temporary(length);
  }

  upload(data: Float32Array | Int32Array): GlBuffer {
    const buffer = this.device.memory.temporary(data.length);
    this.device.write(buffer, data);
    return buffer;
  }

  slice(buffer: B, offset: number, length: number): GlBuffer {
    return this.device.memory.slice(gl(buffer), offset, length);
  }

  write(buffer: B, data: Float32Array | Int32Array): void {
    this.device.write(gl(buffer), data);
  }

  async readFloats(buffer: B): Promise<Float32Array> {
    return (await this.readAll([buffer]))[0]!;
  }

  async readInts(buffer: B): Promise<Int32Array> {
    return Int32Array.from(await this.readFloats(buffer));
  }

  readAll(buffers: readonly B[]): Promise<Float32Array[]> {
    return readBuffers(this.device, buffers.map(gl));
  }

  zero(buffer: B): void {
    this.device.zero(gl(buffer));
  }

  bytes(): number {
    return this.device.memory.bytes;
  }

  ready(): Promise<void> | null {
    this.context.check();
    this.steps.push(insertFence(this.device));
    return this.steps.length > STEPS_AHEAD ? passFence(this.device, this.steps.shift()!) : null;
  }

  counters(): Counters {
    return { ...this.device.counters };
  }

  // Operations -----------------------------------------------------------------------------------------

  packMatrix(w: B, rows: number, cols: number, transposed: boolean): GlMatrix {
    return packMatrix(gl(w), rows, cols, transposed);
  }

  embedding(wte: B, wpe: B, ids: B, positions: B, out: B, n: number, d: number): void {
    embedding(this.device, gl(wte), gl(wpe), gl(ids), gl(positions), gl(out), n, d);
  }

  embeddingBackward(dx: B, ids: B, positions: B, dwte: B, dwpe: B, n: number, d: number): void {
    embeddingBackward(this.device, gl(dx), gl(ids), gl(positions), gl(dwte), gl(dwpe), n, d);
  }

  layerNorm(x: B, weight: B, bias: B, out: B, stats: B, n: number, d: number): void {
    layerNorm(this.device, gl(x), gl(weight), gl(bias), gl(out), gl(stats), n, d);
  }

  layerNormBackward(
    dy: B,
    x: B,
    stats: B,
    weight: B,
    residual: OrNull,
    dx: B,
    dWeight: B,
    dBias: B,
    n: number,
    d: number,
  ): void {
    const inputs = [gl(dy), gl(x), gl(stats), gl(weight), glOrNull(residual)] as const;
    layerNormBackward(this.device, ...inputs, gl(dx), gl(dWeight), gl(dBias), n, d);
  }

  linear(x: B, w: PackedMatrix, bias: OrNull, residual: OrNull, out: B, m: number, xStride?: number): void {
    linear(this.device, gl(x), w as GlMatrix, glOrNull(bias), glOrNull(residual), gl(out), m, xStride);
  }

  linearBackwardWeight(
    x: B,
    dy: B,
    dw: B,
    db: OrNull,
    m: number,
    k: number,
    n: number,
    xStride?: number,
  ): void {
    linearBackwardWeight(this.device, gl(x), gl(dy), gl(dw), glOrNull(db), m, k, n, xStride);
  }

  gelu(x: B, out: B, length: number): void {
    gelu(this.device, gl(x), gl(out), length);
  }

  geluBackward(x: B, dy: B, dx: B, length: number): void {
    geluBackward(this.device, gl(x), gl(dy), gl(dx), length);
  }

  attentionProbabilities(rows: Rows, shape: AttentionShape): number {
    const [heads, , , keys4] = attentionInts(rows, shape) as [number, number, number, number];
    return 4 * keys4 * heads * rows.lengths.reduce((a, b) => a + b, 0);
  }

  attention(qkv: B, rows: Rows, shape: AttentionShape, probabilities: OrNull, out: B): void {
    attention(this.device, gl(qkv), rows, shape, glOrNull(probabilities), gl(out));
  }

  attentionBackward(
    qkv: B,
    dOut: B,
    rows: Rows,
    shape: AttentionShape,
    probabilities: B,
    dqkv: B,
    out: B,
  ): void {
    const [given, kept] = [gl(dOut), gl(probabilities)];
    attentionBackward(this.device, gl(qkv), given, rows, shape, kept, gl(dqkv), gl(out));
  }

  gatherRows(x: B, index: B, out: B, rows: number, d: number): void {
    gatherRows(this.device, gl(x), gl(index), gl(out), rows, d);
  }

  scatterRows(dy: B, index: B, out: B, rows: number, d: number): void {
    scatterRows(this.device, gl(dy), gl(index), gl(out), rows, d);
  }

  tokenLogProb(logits: B, labels: B, logProbs: B, entropy: B, logSum: B, rows: number, v: number): void {
    tokenLogProb(this.device, gl(logits), gl(labels), gl(logProbs), gl(entropy), gl(logSum), rows, v);
  }

  tokenLogProbBackward(
    logits: B,
    labels: B,
    entropy: B,
    logSum: B,
    dLogProbs: B,
    dEntropy: B,
    rows: number,
    v: number,
  ): void {
    const known = [gl(logits), gl(labels), gl(entropy), gl(logSum)] as const;
    tokenLogProbBackward(this.device, ...known, gl(dLogProbs), gl(dEntropy), rows, v);
  }

  scalarHead(x: B, weight: B, bias: B, out: B, rows: number, d: number): void {
    scalarHead(this.device, gl(x), gl(weight), gl(bias), gl(out), rows, d);
  }

  scalarHeadBackward(dOut: B, x: B, weight: B, dx: B, dWeight: B, dBias: B, rows: number, d: number): void {
    scalarHeadBackward(this.device, gl(dOut), gl(x), gl(weight), gl(dx), gl(dWeight), gl(dBias), rows, d);
  }

  globalNorm(gradients: B, norm: B): void {
    globalNorm(this.device, gl(gradients), gl(norm));
  }

  adamw(
    parameters: B,
    gradients: B,
    firstMoment: B,
    secondMoment: B,
    decay: B,
    norm: B,
    step: AdamWStep,
  ): void {
    const moments = [gl(firstMoment), gl(secondMoment)] as const;
    adamw(this.device, gl(parameters), gl(gradients), ...moments, gl(decay), gl(norm), step);
  }

  layerCache(slots: number, capacity: number, d: number): LayerCache {
    return layerCache(this.device, slots, capacity, d);
  }

  cacheWrite(qkv: B, slots: B, positions: B, cache: LayerCache, n: number, d: number): void {
    cacheWrite(this.device, gl(qkv), gl(slots), gl(positions), cache, n, d);
  }

  decodeAttention(
    qkv: B,
    slots: B,
    positions: B,
    cache: LayerCache,
    out: B,
    n: number,
    shape: AttentionShape,
  ): void {
    decodeAttention(this.device, gl(qkv), gl(slots), gl(positions), cache, gl(out), n, shape);
  }

  gumbelSample(
    logits: B,
    penalty: B,
    rows: B,
    steps: B,
    out: B,
    count: number,
    v: number,
    temperature: number,
    key: number,
  ): void {
    const inputs = [gl(logits), gl(penalty), gl(rows), gl(steps)] as const;
    gumbelSample(this.device, ...inputs, gl(out), count, v, temperature, key);
  }

  // Fused operations -----------------------------------------------------------------------------------

  linearGelu(x: B, w: PackedMatrix, bias: B, out: B, active: B, m: number): void {
    linearGelu(this.device, gl(x), w as GlMatrix, gl(bias), gl(out), gl(active), m);
  }

  linearGeluBackward(x: B, w: PackedMatrix, before: B, out: B, m: number): void {
    linearGeluBackward(this.device, gl(x), w as GlMatrix, gl(before), gl(out), m);
  }

  layerNormLinear(
    x: B,
    weight: B,
    bias: B,
    w: PackedMatrix,
    wBias: OrNull,
    gelu: boolean,
    out: B,
    m: number,
  ): void {
    const norm = [gl(x), gl(weight), gl(bias)] as const;
    layerNormLinear(this.device, ...norm, w as GlMatrix, glOrNull(wBias), gelu, gl(out), m);
  }
}
