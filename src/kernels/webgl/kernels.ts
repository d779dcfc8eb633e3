import type { AttentionShape, Counters, Kernels, LayerCache, Rows } from '../kernels';
import { actorCriticLoss } from './actor-critic-loss';
import { ADAMW, adamw } from './adamw';
import type { On } from './args';
import { ATTENTION, ATTENTION_KEPT, ATTENTION_SCORES, attention, attentionInts } from './attention';
import { ATTENTION_BACKWARD_PROGRAMS, attentionBackward } from './attention-backward';
import { CACHE_WRITE, cacheWrite, layerCache } from './cache-write';
import type { GlContext } from './context';
import {
  decodeRollout,
  ROLLOUT_ATTENTION,
  ROLLOUT_FIRST,
  ROLLOUT_LOGITS,
  ROLLOUT_TOKENS,
  rolloutCaches,
} from './decode-rollout';
import { decodeAttention } from './decode-attention';
import { Device, type DeviceOptions } from './device';
import { EMBEDDING, embedding } from './embedding';
import { EMBEDDING_BACKWARD, embeddingBackward } from './embedding-backward';
import { GATHER_CELLS, gatherCells } from './gather-cells';
import { gelu } from './gelu';
import { geluBackward } from './gelu-backward';
import { globalNorm, ROOT_OF_SUM, SUM_SQUARES } from './global-norm';
import { gumbelSample } from './gumbel-sample';
import { LAYER_NORM, layerNorm, NORMED_PROGRAMS } from './layer-norm';
import { LAYER_NORM_BACKWARD_PROGRAMS, layerNormBackward } from './layer-norm-backward';
import { likelihoodLoss } from './likelihood-loss';
import {
  layerNormLinear,
  LINEAR_PROGRAMS,
  linear,
  linearGelu,
  linearGeluBackward,
  packMatrix,
} from './linear';
import { LINEAR_BACKWARD_WEIGHT, linearBackwardWeight } from './linear-backward-weight';
import type { GlBuffer, GlMatrix } from './memory';
import { pairwiseLogisticLoss } from './pairwise-logistic-loss';
import { preferenceLoss } from './preference-loss';
import { insertFence, passFence, readBuffers } from './read';
import { SUM_PARTIALS } from './partials';
import { GATHER_ROWS, gatherRows, SCATTER_ROWS, scatterRows } from './rows';
import { SCALAR_HEAD, scalarHead } from './scalar-head';
import {
  SCALAR_HEAD_BACKWARD,
  SCALAR_HEAD_BACKWARD_WEIGHT,
  scalarHeadBackward,
} from './scalar-head-backward';
import { Sharing } from './sharing';
import { SPREAD_COLUMNS, TOKEN_LOG_PROB, tokenLogProb } from './token-log-prob';
import { TOKEN_LOG_PROB_BACKWARD, tokenLogProbBackward } from './token-log-prob-backward';

/** The shaders that models need, in about the order in which a training step does. */
const PROGRAMS = [
  EMBEDDING,
  ...NORMED_PROGRAMS,
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
  ...LAYER_NORM_BACKWARD_PROGRAMS,
  SCATTER_ROWS,
  ...ATTENTION_BACKWARD_PROGRAMS,
  SUM_PARTIALS,
  EMBEDDING_BACKWARD,
  SUM_SQUARES,
  ROOT_OF_SUM,
  ADAMW,
  SCALAR_HEAD,
  SCALAR_HEAD_BACKWARD,
  SCALAR_HEAD_BACKWARD_WEIGHT,
  CACHE_WRITE,
  GATHER_CELLS,
  ROLLOUT_LOGITS,
  ROLLOUT_FIRST,
  ROLLOUT_ATTENTION,
  ROLLOUT_TOKENS,
];

/** Steps that may wait in the GPU's queue before `ready` makes the next one wait. */
const STEPS_AHEAD = 2;

/** Kernels as fragment shaders on a WebGL2 context of their own; buffers are float textures. */
export class WebGlKernels implements Kernels {
  readonly hostMemory = false;
  readonly sharing: Sharing;
  private readonly device: Device;
  private readonly steps: WebGLSync[] = [];

  constructor(
    private readonly context: GlContext,
    options?: DeviceOptions,
  ) {
    this.device = new Device(context, options);
    this.sharing = new Sharing(this.device);
    for (const program of PROGRAMS) this.device.programs.prepare(program);
  }

  // Memory ---------------------------------------------------------------------------------------------

  allocate(length: number): GlBuffer {
    const buffer = this.device.memory.lasting(length);
    this.device.zero(buffer);
    return buffer;
  }

  free(buffer: GlBuffer): void {
    this.device.flush();
    this.device.memory.release(buffer.root);
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

  slice(buffer: GlBuffer, offset: number, length: number): GlBuffer {
    return this.device.memory.slice(buffer, offset, length);
  }

  write(buffer: GlBuffer, data: Float32Array | Int32Array): void {
    this.device.write(buffer, data);
  }

  async readFloats(buffer: GlBuffer): Promise<Float32Array> {
    return (await this.readAll([buffer]))[0]!;
  }

  async readInts(buffer: GlBuffer): Promise<Int32Array> {
    return Int32Array.from(await this.readFloats(buffer));
  }

  readAll(buffers: readonly GlBuffer[]): Promise<Float32Array[]> {
    return readBuffers(this.device, buffers);
  }

  zero(buffer: GlBuffer): void {
    this.device.zero(buffer);
  }

  bytes(): number {
    return this.device.memory.bytes;
  }

  ready(): Promise<void> | null {
    this.context.guard.check();
    this.steps.push(insertFence(this.device));
    return this.steps.length > STEPS_AHEAD ? passFence(this.device, this.steps.shift()!) : null;
  }

  counters(): Counters {
    return { ...this.device.counters };
  }

  // Operations -----------------------------------------------------------------------------------------

  packMatrix(args: On<'packMatrix'>): GlMatrix {
    return packMatrix(args);
  }

  attentionProbabilities(rows: Rows<GlBuffer>, shape: AttentionShape): number {
    const [heads, , , keys4] = attentionInts(rows, shape) as [number, number, number, number];
    return 4 * keys4 * heads * rows.lengths.reduce((a, b) => a + b, 0);
  }

  layerCache(args: On<'layerCache'>): LayerCache<GlBuffer> {
    return layerCache(this.device, args);
  }

  embedding(args: On<'embedding'>): void {
    embedding(this.device, args);
  }

  embeddingBackward(args: On<'embeddingBackward'>): void {
    embeddingBackward(this.device, args);
  }

  layerNorm(args: On<'layerNorm'>): void {
    layerNorm(this.device, args);
  }

  layerNormBackward(args: On<'layerNormBackward'>): void {
    layerNormBackward(this.device, args);
  }

  linear(args: On<'linear'>): void {
    linear(this.device, args);
  }

  linearBackwardWeight(args: On<'linearBackwardWeight'>): void {
    linearBackwardWeight(this.device, args);
  }

  gelu(args: On<'gelu'>): void {
    gelu(this.device, args);
  }

  geluBackward(args: On<'geluBackward'>): void {
    geluBackward(this.device, args);
  }

  attention(args: On<'attention'>): void {
    attention(this.device, args);
  }

  attentionBackward(args: On<'attentionBackward'>): void {
    attentionBackward(this.device, args);
  }

  gatherRows(args: On<'gatherRows'>): void {
    gatherRows(this.device, args);
  }

  scatterRows(args: On<'scatterRows'>): void {
    scatterRows(this.device, args);
  }

  gatherCells(args: On<'gatherCells'>): void {
    gatherCells(this.device, args);
  }

  tokenLogProb(args: On<'tokenLogProb'>): void {
    tokenLogProb(this.device, args);
  }

  tokenLogProbBackward(args: On<'tokenLogProbBackward'>): void {
    tokenLogProbBackward(this.device, args);
  }

  scalarHead(args: On<'scalarHead'>): void {
    scalarHead(this.device, args);
  }

  scalarHeadBackward(args: On<'scalarHeadBackward'>): void {
    scalarHeadBackward(this.device, args);
  }

  globalNorm(args: On<'globalNorm'>): void {
    globalNorm(this.device, args);
  }

  adamw(args: On<'adamw'>): void {
    adamw(this.device, args);
  }

  cacheWrite(args: On<'cacheWrite'>): void {
    cacheWrite(this.device, args);
  }

  decodeAttention(args: On<'decodeAttention'>): void {
    decodeAttention(this.device, args);
  }

  gumbelSample(args: On<'gumbelSample'>): void {
    gumbelSample(this.device, args);
  }

  // Fused operations -----------------------------------------------------------------------------------

  linearGelu(args: On<'linearGelu'>): void {
    linearGelu(this.device, args);
  }

  linearGeluBackward(args: On<'linearGeluBackward'>): void {
    linearGeluBackward(this.device, args);
  }

  layerNormLinear(args: On<'layerNormLinear'>): void {
    layerNormLinear(this.device, args);
  }

  actorCriticLoss(args: On<'actorCriticLoss'>): void {
    actorCriticLoss(this.device, args);
  }

  preferenceLoss(args: On<'preferenceLoss'>): void {
    preferenceLoss(this.device, args);
  }

  pairwiseLogisticLoss(args: On<'pairwiseLogisticLoss'>): void {
    pairwiseLogisticLoss(this.device, args);
  }

  likelihoodLoss(args: On<'likelihoodLoss'>): void {
    likelihoodLoss(this.device, args);
  }

  rolloutCaches(args: On<'rolloutCaches'>): LayerCache<GlBuffer>[] {
    return rolloutCaches(this.device, args);
  }

  decodeRollout(args: On<'decodeRollout'>): void {
    decodeRollout(this.device, args);
  }
}
