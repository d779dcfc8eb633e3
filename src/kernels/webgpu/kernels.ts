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
import { afterwards } from '../afterwards';
import { adamw } from './adamw';
import { attention, type GpuRows } from './attention';
import { attentionBackward } from './attention-backward';
import { cacheWrite, type GpuCache } from './cache-write';
import { Commands } from './commands';
import type { Context } from './context';
import { decodeAttention } from './decode-attention';
import { openGpu, type Gpu } from './device';
import { embedding } from './embedding';
import { embeddingBackward } from './embedding-backward';
import { gelu, geluBackward } from './gelu';
import { globalNorm } from './global-norm';
import { gumbelRow, gumbelSample } from './gumbel-sample';
import { layerNorm } from './layer-norm';
import { layerNormBackward } from './layer-norm-backward';
import { linear, type MatrixView } from './linear';
import { linearBackwardWeight } from './linear-backward-weight';
import { GpuMemory, type GpuBuffer } from './memory';
import { ProgramCache, type Program } from './programs';
import { gatherRows, scatterRows } from './rows';
import { scalarHead } from './scalar-head';
import { scalarHeadBackward } from './scalar-head-backward';
import { tokenLogProb } from './token-log-prob';
import { tokenLogProbBackward } from './token-log-prob-backward';

const on = (buffer: DeviceBuffer): GpuBuffer => buffer as GpuBuffer;
const orNull = (buffer: DeviceBuffer | null): GpuBuffer | null => buffer as GpuBuffer | null;
const rowsOn = (rows: Rows): GpuRows => ({
  count: rows.count,
  offsets: on(rows.offsets),
  prefixes: on(rows.prefixes),
  longest: Math.max(0, ...rows.lengths),
});

/** Kernels on WebGPU: operations are recorded, and submitted together when the outermost frame ends. */
export class WebGpuKernels implements Kernels, Context {
  readonly hostMemory = false;
  readonly nothing: GpuBuffer;
  private readonly memory: GpuMemory;
  private readonly commands: Commands;
  private readonly programs: ProgramCache;

  constructor(readonly gpu: Gpu) {
    this.memory = new GpuMemory(gpu.device, () => this.programs.forget());
    this.commands = new Commands(gpu, this.memory);
    this.programs = new ProgramCache(gpu.device, this.commands.uniforms);
    this.nothing = this.memory.allocate(4);
  }

  static async create(): Promise<WebGpuKernels> {
    return new WebGpuKernels(await openGpu());
  }

  run(
    program: Program,
    buffers: readonly GpuBuffer[],
    uniforms: readonly number[],
    x: number,
    y = 1,
    z = 1,
  ): void {
    this.commands.dispatch(this.programs.get(program), buffers, uniforms, x, y, z);
  }

  dispose(): void {
    this.gpu.close();
  }

  // Memory

  allocate(length: number): GpuBuffer {
    return this.memory.allocate(length); // WebGPU zero-fills new buffers
  }

  free(buffer: DeviceBuffer): void {
    this.memory.free(on(buffer));
    if (this.memory.frames === 0) {
      this.commands.flush();
      this.memory.sweep();
    }
  }

  frame<T>(f: () => T): T {
    if (this.gpu.failure) throw this.gpu.failure;
    const close = this.memory.open();
    return afterwards(f, () => {
      close();
      if (this.memory.frames === 0) this.commands.flush();
    });
  }

  temporary(length: number): GpuBuffer {
    return this.memory.temporary(length);
  }

  upload(data: Float32Array | Int32Array): GpuBuffer {
    return this.memory.upload(data);
  }

  slice(buffer: DeviceBuffer, offset: number, length: number): GpuBuffer {
    return this.memory.slice(on(buffer), offset, length);
  }

  write(buffer: DeviceBuffer, data: Float32Array | Int32Array): void {
    this.commands.write(on(buffer), data);
  }

  async readFloats(buffer: DeviceBuffer): Promise<Float32Array> {
    return new Float32Array(await this.commands.read([on(buffer)])[0]!);
  }

  async readInts(buffer: DeviceBuffer): Promise<Int32Array> {
    return new Int32Array(await this.commands.read([on(buffer)])[0]!);
  }

  async readAll(buffers: readonly DeviceBuffer[]): Promise<Float32Array[]> {
    const found = await Promise.all(this.commands.read(buffers.map(on)));
    return found.map((bytes) => new Float32Array(bytes));
  }

  zero(buffer: DeviceBuffer): void {
    this.commands.clear(on(buffer));
  }

  bytes(): number {
    return this.memory.bytes;
  }

  ready(): Promise<void> | null {
    return this.commands.ready();
  }

  counters(): Counters {
    return { ...this.commands.counters };
  }

  // Operations

  packMatrix(w: DeviceBuffer, rows: number, cols: number, transposed: boolean): MatrixView {
    const [k, n] = transposed ? [cols, rows] : [rows, cols];
    return { k, n, buffer: on(w), transposed };
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
    embedding(this, on(wte), on(wpe), on(ids), on(positions), on(out), n, d);
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
    embeddingBackward(this, on(dx), on(ids), on(positions), on(dwte), on(dwpe), n, d);
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
    layerNorm(this, on(x), on(weight), on(bias), on(out), on(stats), n, d);
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
    if (residual && on(residual).key !== on(dx).key) this.commands.copy(on(residual), on(dx));
    const [weights, grads] = [on(weight), [on(dWeight), on(dBias)] as const];
    this.frame(() =>
      layerNormBackward(this, on(dy), on(x), on(stats), weights, residual !== null, on(dx), ...grads, n, d),
    );
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
    const options = { bias: orNull(bias), residual: orNull(residual), xStride };
    linear(this, on(x), w as MatrixView, on(out), m, options);
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
    this.frame(() => linearBackwardWeight(this, on(x), on(dy), on(dw), orNull(db), m, k, n, xStride));
  }

  gelu(x: DeviceBuffer, out: DeviceBuffer, length: number): void {
    gelu(this, on(x), on(out), length);
  }

  geluBackward(x: DeviceBuffer, dy: DeviceBuffer, dx: DeviceBuffer, length: number): void {
    if (on(dx).key !== on(dy).key) this.commands.copy(on(dy), on(dx));
    geluBackward(this, on(x), on(dx), length);
  }

  attentionProbabilities(rows: Rows, shape: AttentionShape): number {
    return shape.heads * rows.lengths.reduce((sum, t) => sum + t, 0);
  }

  attention(
    qkv: DeviceBuffer,
    rows: Rows,
    shape: AttentionShape,
    probabilities: DeviceBuffer | null,
    out: DeviceBuffer,
  ): void {
    this.frame(() => {
      const kept = orNull(probabilities) ?? this.temporary(this.attentionProbabilities(rows, shape));
      attention(this, on(qkv), rowsOn(rows), shape, kept, on(out));
    });
  }

  attentionBackward(
    qkv: DeviceBuffer,
    dOut: DeviceBuffer,
    rows: Rows,
    shape: AttentionShape,
    probabilities: DeviceBuffer,
    dqkv: DeviceBuffer,
    out: DeviceBuffer,
  ): void {
    const [kept, attended] = [on(probabilities), on(out)];
    attentionBackward(this, on(qkv), on(dOut), rowsOn(rows), shape, kept, attended, on(dqkv));
  }

  gatherRows(x: DeviceBuffer, index: DeviceBuffer, out: DeviceBuffer, rows: number, d: number): void {
    gatherRows(this, on(x), on(index), on(out), rows, d);
  }

  scatterRows(dy: DeviceBuffer, index: DeviceBuffer, out: DeviceBuffer, rows: number, d: number): void {
    scatterRows(this, on(dy), on(index), on(out), rows, d);
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
    tokenLogProb(this, on(logits), on(labels), on(logProbs), on(entropy), on(logSum), rows, v);
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
    const [label, h, z] = [on(labels), on(entropy), on(logSum)];
    tokenLogProbBackward(this, on(logits), label, h, z, on(dLogProbs), on(dEntropy), rows, v);
  }

  scalarHead(
    x: DeviceBuffer,
    weight: DeviceBuffer,
    bias: DeviceBuffer,
    out: DeviceBuffer,
    rows: number,
    d: number,
  ): void {
    scalarHead(this, on(x), on(weight), on(bias), on(out), rows, d);
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
    this.frame(() =>
      scalarHeadBackward(this, on(dOut), on(x), on(weight), on(dx), on(dWeight), on(dBias), rows, d),
    );
  }

  globalNorm(gradients: DeviceBuffer, norm: DeviceBuffer): void {
    this.frame(() => globalNorm(this, on(gradients), on(norm)));
  }

  adamw(
    parameters: DeviceBuffer,
    gradients: DeviceBuffer,
    firstMoment: DeviceBuffer,
    secondMoment: DeviceBuffer,
    decay: DeviceBuffer,
    norm: DeviceBuffer,
    step: AdamWStep,
  ): void {
    const [first, second] = [on(firstMoment), on(secondMoment)];
    adamw(this, on(parameters), on(gradients), first, second, on(decay), on(norm), step);
  }

  layerCache(slots: number, capacity: number, d: number): LayerCache {
    const size = slots * capacity * d;
    return { keys: this.temporary(size), values: this.temporary(size), capacity };
  }

  cacheWrite(
    qkv: DeviceBuffer,
    slots: DeviceBuffer,
    positions: DeviceBuffer,
    cache: LayerCache,
    n: number,
    d: number,
  ): void {
    cacheWrite(this, on(qkv), on(slots), on(positions), cache as GpuCache, n, d);
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
    decodeAttention(this, on(qkv), on(slots), on(positions), cache as GpuCache, on(out), n, shape, false);
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
    const [noiseRows, noiseSteps] = [on(rows), on(steps)];
    gumbelSample(this, on(logits), on(penalty), noiseRows, noiseSteps, on(out), count, v, temperature, key);
  }

  linearGelu(
    x: DeviceBuffer,
    w: PackedMatrix,
    bias: DeviceBuffer,
    out: DeviceBuffer,
    active: DeviceBuffer,
    m: number,
  ): void {
    const options = { bias: on(bias), activation: 'gelu', partner: on(active) } as const;
    linear(this, on(x), w as MatrixView, on(out), m, options);
  }

  linearGeluBackward(
    x: DeviceBuffer,
    w: PackedMatrix,
    before: DeviceBuffer,
    out: DeviceBuffer,
    m: number,
  ): void {
    const options = { activation: 'geluBackward', partner: on(before) } as const;
    linear(this, on(x), w as MatrixView, on(out), m, options);
  }

  layerNormLinear(
    x: DeviceBuffer,
    weight: DeviceBuffer,
    bias: DeviceBuffer,
    w: PackedMatrix,
    wBias: DeviceBuffer | null,
    gelu: boolean,
    out: DeviceBuffer,
    m: number,
  ): void {
    const norm = { weight: on(weight), bias: on(bias) };
    const activation = gelu ? 'gelu only' : 'none';
    linear(this, on(x), w as MatrixView, on(out), m, { bias: orNull(wBias), norm, activation });
  }

  cacheWriteAndAttend(
    qkv: DeviceBuffer,
    slots: DeviceBuffer,
    positions: DeviceBuffer,
    cache: LayerCache,
    out: DeviceBuffer,
    n: number,
    shape: AttentionShape,
  ): void {
    const [input, slot, position] = [on(qkv), on(slots), on(positions)];
    decodeAttention(this, input, slot, position, cache as GpuCache, on(out), n, shape, true);
  }

  /** For tests: one row of the noise field. */
  gumbelRow(key: number, row: number, step: number, v: number): Promise<Float32Array> {
    return this.frame(async () => {
      const out = this.temporary(Math.ceil(v / 4) * 4);
      gumbelRow(this, key, row, step, out);
      return (await this.readFloats(out)).slice(0, v);
    });
  }
}
