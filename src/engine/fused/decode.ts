import { roundUp4, type DeviceBuffer, type Kernels, type LayerCache } from '../../kernels/kernels';
import type { GptConfig } from '../../model/config';
import type { GenerateOptions } from '../types';
import { packBatch } from './batch';
import { attentionShape, forward } from './forward';
import type { ModelTensors, PackedWeights } from './tensors';

export const EOS_ID = 2;

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
  const { nEmbd: d, vocabSize: v } = config;
  const normal = kernels.temporary(n * d);
  const logits = kernels.temporary(n * roundUp4(v));
  kernels.layerNorm(hidden, tensors.lnF.weight, tensors.lnF.bias, normal, kernels.temporary(n * 2), n, d);
  kernels.linear(normal, packed.head, null, null, logits, n);
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
  const normal = kernels.temporary(n * d);
  const stats = kernels.temporary(n * 2);
  const wide = kernels.temporary(n * 4 * d);
  const attended = kernels.temporary(n * d);
  const middle = kernels.temporary(n * d);
  kernels.embedding(tensors.wte, tensors.wpe, ids, positions, x, n, d);
  tensors.layers.forEach((layer, i) => {
    const w = packed.layers[i]!;
    const cache = caches[i]!;
    const out = i === config.nLayer - 1 ? hidden : x;
    kernels.layerNorm(x, layer.ln1.weight, layer.ln1.bias, normal, stats, n, d);
    kernels.linear(normal, w.qkv, layer.qkv.bias, null, wide, n);
    kernels.cacheWrite(wide, slots, positions, cache, n, d);
    kernels.decodeAttention(wide, slots, positions, cache, attended, n, shape);
    kernels.linear(attended, w.projection, layer.projection.bias, x, middle, n);
    kernels.layerNorm(middle, layer.ln2.weight, layer.ln2.bias, normal, stats, n, d);
    kernels.linear(normal, w.up, layer.up.bias, null, wide, n);
    kernels.gelu(wide, wide, n * 4 * d);
    kernels.linear(wide, w.down, layer.down.bias, middle, out, n);
  });
}
