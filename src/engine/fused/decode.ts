import {
  roundUp4,
  type DeviceBuffer,
  type Kernels,
  type LayerCache,
  type PackedMatrix,
} from '../../kernels/kernels';
import type { GptConfig } from '../../model/config';
import type { GenerateOptions } from '../types';
import { packBatch } from './batch';
import { attentionShape, forward } from './forward';
import type { Affine, ModelTensors, PackedWeights } from './tensors';

export const EOS_ID = 2;

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
  for (const id of [0, ...banned]) if (id < out.length) out[id] = -Infinity;
  return out;
}

/** Runs the prompts, fills the caches, and leaves the last token's state of every row in `hidden` [B, d]. */
export function prefill(
  kernels: Kernels,
  config: GptConfig,
  tensors: ModelTensors,
  packed: PackedWeights,
  prompts: readonly (readonly number[])[],
  caches: readonly LayerCache[],
  hidden: DeviceBuffer,
): void {
  const d = config.nEmbd;
  kernels.frame(() => {
    const batch = packBatch(
      kernels,
      prompts.map((ids) => ({ ids, start: ids.length })),
      { scores: true },
      config,
    );
    const slots = kernels.upload(Int32Array.from(prompts.flatMap((ids, row) => ids.map(() => row))));
    const { x } = forward(kernels, config, tensors, packed, batch, false, (layer, qkv) =>
      kernels.cacheWrite(qkv, slots, batch.positions, caches[layer]!, batch.tokens, d),
    );
    kernels.gatherRows(x, batch.heads, hidden, prompts.length, d);
  });
}

/** Final layer norm, logits and one Gumbel-max draw for each of the n rows of `hidden`, into tokens[n]. */
export function sample(
  kernels: Kernels,
  config: GptConfig,
  tensors: ModelTensors,
  packed: PackedWeights,
  hidden: DeviceBuffer,
  penalty: DeviceBuffer,
  noise: { rows: DeviceBuffer; steps: DeviceBuffer },
  tokens: DeviceBuffer,
  n: number,
  { temperature, noiseKey }: GenerateOptions,
): void {
  const v = config.vocabSize;
  const logits = kernels.temporary(n * roundUp4(v));
  layerNormLinear(kernels, hidden, tensors.lnF, packed.head, null, false, logits, n);
  kernels.gumbelSample(logits, penalty, noise.rows, noise.steps, tokens, n, v, temperature, noiseKey);
}

/** Feeds one token per row (ids[n] at positions[n] of cache rows slots[n]) and leaves the new states in `hidden`. */
export function decode(
  kernels: Kernels,
  config: GptConfig,
  tensors: ModelTensors,
  packed: PackedWeights,
  fed: { ids: DeviceBuffer; slots: DeviceBuffer; positions: DeviceBuffer },
  caches: readonly LayerCache[],
  hidden: DeviceBuffer,
  n: number,
): void {
  const d = config.nEmbd;
  const shape = attentionShape(config);
  const { ids, slots, positions } = fed;
  const x = kernels.temporary(n * d);
  const wide = kernels.temporary(n * 4 * d);
  const attended = kernels.temporary(n * d);
  const middle = kernels.temporary(n * d);
  kernels.embedding(tensors.wte, tensors.wpe, ids, positions, x, n, d);
  tensors.layers.forEach((layer, i) => {
    const w = packed.layers[i]!;
    const cache = caches[i]!;
    const out = i === config.nLayer - 1 ? hidden : x;
    layerNormLinear(kernels, x, layer.ln1, w.qkv, layer.qkv.bias, false, wide, n);
    if (kernels.cacheWriteAndAttend)
      kernels.cacheWriteAndAttend(wide, slots, positions, cache, attended, n, shape);
    else {
      kernels.cacheWrite(wide, slots, positions, cache, n, d);
      kernels.decodeAttention(wide, slots, positions, cache, attended, n, shape);
    }
    kernels.linear(attended, w.projection, layer.projection.bias, x, middle, n);
    layerNormLinear(kernels, middle, layer.ln2, w.up, layer.up.bias, true, wide, n);
    kernels.linear(wide, w.down, layer.down.bias, middle, out, n);
  });
}

/** out[m, n] = layerNorm(x[m, k]) · w (+ bias), or gelu of that. */
function layerNormLinear(
  kernels: Kernels,
  x: DeviceBuffer,
  norm: Affine,
  w: PackedMatrix,
  bias: DeviceBuffer | null,
  gelu: boolean,
  out: DeviceBuffer,
  m: number,
): void {
  if (kernels.layerNormLinear) {
    kernels.layerNormLinear(x, norm.weight, norm.bias, w, bias, gelu, out, m);
    return;
  }
  kernels.frame(() => {
    const normal = kernels.temporary(m * w.k);
    kernels.layerNorm(x, norm.weight, norm.bias, normal, kernels.temporary(m * 2), m, w.k);
    kernels.linear(normal, w, bias, null, out, m);
    if (gelu) kernels.gelu(out, out, m * w.n);
  });
}
