import {
  roundUp4,
  type DeviceBuffer,
  type Kernels,
  type LayerCache,
  type PackedMatrix,
} from '../../kernels/kernels';
import type { Args } from '../../kernels/operations';
import { PAD } from '../../model/tokens';
import { samplingTemperature } from '../shared/sampling';
import type { GenerateOptions } from '../types';
import { packBatch } from './batch';
import { attentionShape, forward } from './forward';
import type { ReadyModel } from './tensors';

export interface DecodePlan {
  prompts: readonly (readonly number[])[];
  /** New tokens that each row may have. */
  limits: readonly number[];
  /** The largest limit. */
  steps: number;
  /** Positions that the cache needs. */
  capacity: number;
}

/** 0, or −∞ for ids that are never sampled: pad, banned ids, and the columns beyond the vocabulary. */
export function penalties(v: number, banned: readonly number[]): Float32Array {
  const out = new Float32Array(roundUp4(v));
  out.fill(-Infinity, v);
  for (const id of [PAD, ...banned]) if (id < out.length) out[id] = -Infinity;
  return out;
}

/** What decoding goes on from. */
export interface DecodeState {
  /** Key-value cache of each layer. */
  caches: readonly LayerCache[];
  /** State of each row's last token before the final layer norm, [B, d]. */
  hidden: DeviceBuffer;
}

/** Runs the prompts and leaves the state after them. */
export function prefill(
  model: ReadyModel,
  prompts: readonly (readonly number[])[],
  { caches, hidden }: DecodeState,
): void {
  const { kernels, config } = model;
  const width = config.nEmbd;
  kernels.frame(() => {
    const batch = packBatch(
      kernels,
      prompts.map((ids) => ({ ids, start: ids.length })),
      { scores: true },
      config,
    );
    const slots = kernels.upload(Int32Array.from(prompts.flatMap((ids, row) => ids.map(() => row))));
    const { positions, tokens } = batch;
    const onQkv = (layer: number, qkv: DeviceBuffer) =>
      kernels.cacheWrite({ qkv, slots, positions, cache: caches[layer]!, tokens, width });
    const { x } = forward(model, batch, { keep: false, onQkv });
    kernels.gatherRows({ x, index: batch.heads, out: hidden, rows: prompts.length, width });
  });
}

/** One draw per row. */
export interface Draw {
  hidden: DeviceBuffer;
  /** [V4], see `penalties`. */
  penalty: DeviceBuffer;
  /** Coordinates of the noise, [rows] each. */
  noiseRows: DeviceBuffer;
  noiseSteps: DeviceBuffer;
  /** [rows], the drawn tokens. */
  out: DeviceBuffer;
  rows: number;
}

/** Final layer norm and logits of the first `rows` of `hidden`, [rows, V4]. */
export function headLogits(
  { kernels, config, tensors, packed }: ReadyModel,
  hidden: DeviceBuffer,
  rows: number,
): DeviceBuffer {
  const logits = kernels.temporary(rows * roundUp4(config.vocabSize));
  const { lnF: norm } = tensors;
  layerNormLinear(kernels, { x: hidden, norm, w: packed.head, gelu: false, out: logits, m: rows });
  return logits;
}

/** Final layer norm, logits and one Gumbel-max draw for each row of `hidden`. */
export function sample(
  model: ReadyModel,
  { hidden, penalty, noiseRows, noiseSteps, out, rows }: Draw,
  options: GenerateOptions,
): void {
  const { kernels, config } = model;
  const vocabulary = config.vocabSize;
  const logits = headLogits(model, hidden, rows);
  const at = { noiseRows, noiseSteps, rows, vocabulary };
  const temperature = samplingTemperature(options.temperature);
  kernels.gumbelSample({ logits, penalty, out, ...at, temperature, key: options.noiseKey });
}

/** One token per row: ids[n] at positions[n] of cache rows slots[n]. */
export interface Fed {
  ids: DeviceBuffer;
  slots: DeviceBuffer;
  positions: DeviceBuffer;
  /** n */
  tokens: number;
}

/** Feeds one token per row and leaves the new states in `hidden`. */
export function decode(
  { kernels, config, tensors, packed }: ReadyModel,
  { ids, slots, positions, tokens }: Fed,
  { caches, hidden }: DecodeState,
): void {
  const width = config.nEmbd;
  const shape = attentionShape(config);
  const m = tokens;
  const few = true;
  const x = kernels.temporary(m * width);
  const wide = kernels.temporary(m * 4 * width);
  const attended = kernels.temporary(m * width);
  const middle = kernels.temporary(m * width);
  const { wte, wpe } = tensors;
  kernels.embedding({ wte, wpe, ids, positions, out: x, tokens, width });
  tensors.layers.forEach(({ ln1, qkv, projection, ln2, up, down }, i) => {
    const w = packed.layers[i]!;
    const cache = caches[i]!;
    const out = i === config.nLayer - 1 ? hidden : x;
    layerNormLinear(kernels, { x, norm: ln1, w: w.qkv, bias: qkv.bias, gelu: false, out: wide, m });
    const query = { qkv: wide, slots, positions, cache, tokens };
    if (kernels.cacheWriteAndAttend) kernels.cacheWriteAndAttend({ ...query, out: attended, shape });
    else {
      kernels.cacheWrite({ ...query, width });
      kernels.decodeAttention({ ...query, out: attended, shape });
    }
    kernels.linear({ x: attended, w: w.projection, bias: projection.bias, residual: x, out: middle, m, few });
    layerNormLinear(kernels, { x: middle, norm: ln2, w: w.up, bias: up.bias, gelu: true, out: wide, m });
    kernels.linear({ x: wide, w: w.down, bias: down.bias, residual: middle, out, m, few });
  });
}

/** out[m, n] = layerNorm(x[m, k]) · w (+ bias), or gelu of that. */
function layerNormLinear(kernels: Kernels, args: Args<'layerNormLinear', DeviceBuffer, PackedMatrix>): void {
  if (kernels.layerNormLinear) return kernels.layerNormLinear(args);
  const { x, norm, w, bias, gelu, out, m } = args;
  kernels.frame(() => {
    const normal = kernels.temporary(m * w.k);
    const stats = kernels.temporary(m * 2);
    kernels.layerNorm({ x, ...norm, out: normal, stats, rows: m, width: w.k });
    kernels.linear({ x: normal, w, bias, out, m });
    if (gelu) kernels.gelu({ x: out, out, length: m * w.n });
  });
}
