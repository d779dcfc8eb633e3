import type { AttentionShape, Counters, Kernels, LayerCache, Rows } from '../kernels';
import { afterwards } from '../afterwards';
import { actorCriticLoss } from './actor-critic-loss';
import { adamw } from './adamw';
import type { On } from './args';
import { attention } from './attention';
import { attentionBackward } from './attention-backward';
import { cacheWrite } from './cache-write';
import { Commands } from './commands';
import type { Context } from './context';
import { decodeAttention } from './decode-attention';
import { decodeRollout, rolloutCaches } from './decode-rollout';
import type { Gpu } from './device';
import { embedding } from './embedding';
import { embeddingBackward } from './embedding-backward';
import { gatherCells } from './gather-cells';
import { gelu, geluBackward } from './gelu';
import { globalNorm } from './global-norm';
import { gumbelSample } from './gumbel-sample';
import { layerNorm } from './layer-norm';
import { layerNormBackward } from './layer-norm-backward';
import { likelihoodLoss } from './likelihood-loss';
import { linear } from './linear';
import { linearBackwardWeight } from './linear-backward-weight';
import { HalfCopies } from './half';
import { GpuMemory, type GpuBuffer, type GpuMatrix } from './memory';
import { pairwiseLogisticLoss } from './pairwise-logistic-loss';
import { preferenceLoss } from './preference-loss';
import { ProgramCache, type Program } from './programs';
import { gatherRows, scatterRows } from './rows';
import { scalarHead } from './scalar-head';
import { scalarHeadBackward } from './scalar-head-backward';
import { Sharing } from './sharing';
import { tokenLogProb } from './token-log-prob';
import { tokenLogProbBackward } from './token-log-prob-backward';

export interface WebGpuOptions {
  /** Weights are half floats wherever `linear` reads them; parameters, gradients and moments stay in 32 bits. */
  half?: boolean;
  /** Reductions by subgroups. Default: if the device has them. */
  subgroups?: boolean;
  /** Rollouts in one kernel, which takes long to compile on a software GPU. Default: yes. */
  rollouts?: boolean;
}

/** Kernels on WebGPU: operations are recorded, and submitted together when the outermost frame ends. */
export class WebGpuKernels implements Kernels, Context {
  readonly hostMemory = false;
  readonly nothing: GpuBuffer;
  readonly sharing: Sharing;
  readonly subgroups: boolean;
  private readonly memory: GpuMemory;
  private readonly commands: Commands;
  private readonly programs: ProgramCache;
  private readonly halves: HalfCopies | null;
  private readonly rollouts: boolean;

  constructor(
    readonly gpu: Gpu,
    { half = false, subgroups = gpu.device.features.has('subgroups'), rollouts = true }: WebGpuOptions = {},
  ) {
    this.memory = new GpuMemory(gpu.device, () => this.programs.forget());
    this.commands = new Commands(gpu, this.memory);
    this.programs = new ProgramCache(gpu.device, this.commands.uniforms);
    this.sharing = new Sharing(this.commands, this.memory);
    this.nothing = this.memory.allocate(4);
    this.subgroups = subgroups;
    this.halves = half ? new HalfCopies(this, this.memory) : null;
    // the kernel reads whole floats, and would draw from another policy than passes see
    this.rollouts = rollouts && !half;
  }

  run(
    program: Program,
    buffers: readonly GpuBuffer[],
    uniforms: readonly number[],
    x: number,
    y = 1,
    z = 1,
  ): void {
    if (this.halves) for (const buffer of buffers.slice(readsOf(program))) this.halves.touch(buffer);
    this.commands.dispatch(this.programs.get(program), buffers, uniforms, x, y, z);
  }

  // Memory

  allocate(length: number): GpuBuffer {
    const buffer = this.memory.allocate(length); // WebGPU zero-fills new buffers
    this.halves?.add(buffer);
    return buffer;
  }

  free(buffer: GpuBuffer): void {
    this.halves?.remove(buffer);
    this.memory.free(buffer);
    if (this.memory.frames === 0) {
      this.commands.flush();
      this.memory.sweep();
    }
  }

  frame<T>(f: () => T): T {
    this.gpu.guard.check();
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

  slice(buffer: GpuBuffer, offset: number, length: number): GpuBuffer {
    return this.memory.slice(buffer, offset, length);
  }

  write(buffer: GpuBuffer, data: Float32Array | Int32Array): void {
    this.halves?.touch(buffer);
    this.commands.write(buffer, data);
  }

  async readFloats(buffer: GpuBuffer): Promise<Float32Array> {
    return new Float32Array(await this.commands.read([buffer])[0]!);
  }

  async readInts(buffer: GpuBuffer): Promise<Int32Array> {
    return new Int32Array(await this.commands.read([buffer])[0]!);
  }

  async readAll(buffers: readonly GpuBuffer[]): Promise<Float32Array[]> {
    const found = await Promise.all(this.commands.read(buffers));
    return found.map((bytes) => new Float32Array(bytes));
  }

  zero(buffer: GpuBuffer): void {
    this.halves?.touch(buffer);
    this.commands.clear(buffer);
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

  packMatrix({ matrix, rows, cols, transposed }: On<'packMatrix'>): GpuMatrix {
    const [k, n] = transposed ? [cols, rows] : [rows, cols];
    if (!this.halves) return { k, n, buffer: matrix, transposed };
    const { buffer, start } = this.halves.of(matrix);
    return { k, n, buffer, transposed, halfFrom: start };
  }

  embedding(args: On<'embedding'>): void {
    embedding(this, args);
  }

  embeddingBackward(args: On<'embeddingBackward'>): void {
    embeddingBackward(this, args);
  }

  layerNorm(args: On<'layerNorm'>): void {
    layerNorm(this, args);
  }

  layerNormBackward(args: On<'layerNormBackward'>): void {
    this.copyUnlessSame(args.residual, args.dx);
    this.frame(() => layerNormBackward(this, args));
  }

  linear(args: On<'linear'>): void {
    linear(this, args);
  }

  linearBackwardWeight(args: On<'linearBackwardWeight'>): void {
    this.frame(() => linearBackwardWeight(this, args));
  }

  gelu(args: On<'gelu'>): void {
    gelu(this, args);
  }

  geluBackward(args: On<'geluBackward'>): void {
    this.copyUnlessSame(args.dy, args.dx);
    geluBackward(this, args);
  }

  attentionProbabilities(rows: Rows<GpuBuffer>, shape: AttentionShape): number {
    return shape.heads * rows.lengths.reduce((sum, t) => sum + t, 0);
  }

  attention(args: On<'attention'>): void {
    this.frame(() => {
      const { rows, shape } = args;
      const probabilities = args.probabilities ?? this.temporary(this.attentionProbabilities(rows, shape));
      attention(this, { ...args, probabilities });
    });
  }

  attentionBackward(args: On<'attentionBackward'>): void {
    attentionBackward(this, args);
  }

  gatherRows(args: On<'gatherRows'>): void {
    gatherRows(this, args);
  }

  scatterRows(args: On<'scatterRows'>): void {
    scatterRows(this, args);
  }

  gatherCells(args: On<'gatherCells'>): void {
    gatherCells(this, args);
  }

  tokenLogProb(args: On<'tokenLogProb'>): void {
    tokenLogProb(this, args);
  }

  tokenLogProbBackward(args: On<'tokenLogProbBackward'>): void {
    tokenLogProbBackward(this, args);
  }

  scalarHead(args: On<'scalarHead'>): void {
    scalarHead(this, args);
  }

  scalarHeadBackward(args: On<'scalarHeadBackward'>): void {
    this.frame(() => scalarHeadBackward(this, args));
  }

  globalNorm(args: On<'globalNorm'>): void {
    this.frame(() => globalNorm(this, args));
  }

  adamw(args: On<'adamw'>): void {
    adamw(this, args);
  }

  layerCache({ slots, capacity, width }: On<'layerCache'>): LayerCache<GpuBuffer> {
    const size = slots * capacity * width;
    return { keys: this.temporary(size), values: this.temporary(size), capacity };
  }

  cacheWrite(args: On<'cacheWrite'>): void {
    cacheWrite(this, args);
  }

  decodeAttention(args: On<'decodeAttention'>): void {
    decodeAttention(this, args, false);
  }

  gumbelSample(args: On<'gumbelSample'>): void {
    gumbelSample(this, args);
  }

  linearGelu({ active, ...args }: On<'linearGelu'>): void {
    linear(this, { ...args, activation: 'gelu', partner: active });
  }

  linearGeluBackward({ before, ...args }: On<'linearGeluBackward'>): void {
    linear(this, { ...args, activation: 'geluBackward', partner: before });
  }

  layerNormLinear({ gelu, ...args }: On<'layerNormLinear'>): void {
    linear(this, { ...args, activation: gelu ? 'gelu only' : 'none' });
  }

  cacheWriteAndAttend(args: On<'cacheWriteAndAttend'>): void {
    decodeAttention(this, args, true);
  }

  actorCriticLoss(args: On<'actorCriticLoss'>): void {
    this.frame(() => actorCriticLoss(this, args));
  }

  preferenceLoss(args: On<'preferenceLoss'>): void {
    this.frame(() => preferenceLoss(this, args));
  }

  pairwiseLogisticLoss(args: On<'pairwiseLogisticLoss'>): void {
    this.frame(() => pairwiseLogisticLoss(this, args));
  }

  likelihoodLoss(args: On<'likelihoodLoss'>): void {
    this.frame(() => likelihoodLoss(this, args));
  }

  rolloutCaches(args: On<'rolloutCaches'>): LayerCache<GpuBuffer>[] | null {
    if (!this.rollouts) return null;
    return rolloutCaches(this, args, this.gpu.device.limits.maxStorageBufferBindingSize);
  }

  decodeRollout(args: On<'decodeRollout'>): void {
    decodeRollout(this, args);
  }

  /** Operations that add to an output in place want its start there. */
  private copyUnlessSame(from: GpuBuffer | undefined, to: GpuBuffer): void {
    if (!from || from.key === to.key) return;
    this.halves?.touch(to);
    this.commands.copy(from, to);
  }
}

const readsOf = ({ reads }: Program): number => Object.keys(reads).length;
