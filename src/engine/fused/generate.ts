import { roundUp4, type DeviceBuffer, type Kernels, type LayerCache } from '../../kernels/kernels';
import type { GptConfig } from '../../model/config';
import type { GenerateOptions, Rollout } from '../types';
import { checkBatch, packBatch } from './batch';
import { attentionShape, forward } from './forward';
import { packWeights, type ModelTensors, type PackedWeights } from './tensors';

const EOS_ID = 2;

interface ActiveRow {
  /** Row of the batch, and slot in the cache. */
  row: number;
  /** Tokens so far, prompt included. */
  length: number;
}

/** Samples completions: one ragged pass over the prompts, then one token per unfinished row and step. */
export function generate(
  kernels: Kernels,
  config: GptConfig,
  tensors: ModelTensors,
  prompts: readonly (readonly number[])[],
  options: GenerateOptions,
): Rollout {
  const { nEmbd: d, vocabSize: v, nPositions } = config;
  const completions: number[][] = prompts.map(() => []);
  const finished = prompts.map(() => false);
  const batch = prompts.map((ids) => ({ ids, start: ids.length }));
  checkBatch(batch, config);
  const limits = prompts.map((p) => Math.min(options.maxNewTokens, nPositions - p.length));
  const steps = Math.max(...limits);
  if (steps <= 0) return { completions, finished, readbacks: 0 };

  const packed = packWeights(kernels, config, tensors, false);
  const capacity = Math.max(...prompts.map((p, i) => p.length + limits[i]!));
  const caches = tensors.layers.map(() => kernels.layerCache(prompts.length, capacity, d));
  const penalty = kernels.upload(penalties(v, options.banned ?? []));
  const hidden = kernels.temporary(prompts.length * d);
  prefill(kernels, config, tensors, packed, prompts, caches, hidden);
  let active: ActiveRow[] = prompts.map((p, row) => ({ row, length: p.length }));

  for (let step = 0; step < steps; step++) {
    kernels.frame(() => {
      const rows = active.map(({ row }) => row);
      const tokens = sample(kernels, config, tensors, packed, hidden, rows, step, penalty, options);
      const fed: number[] = [];
      const survivors: ActiveRow[] = [];
      active.forEach(({ row, length }, i) => {
        if (limits[row]! <= 0) return; // the prompt already fills the context
        const token = tokens[i]!;
        if (token < 0) throw new Error('sampling met logits that are not numbers: the model has diverged');
        completions[row]!.push(token);
        if (token === EOS_ID) finished[row] = true;
        else if (step + 1 < limits[row]!) {
          survivors.push({ row, length: length + 1 });
          fed.push(token);
        }
      });
      active = survivors;
      if (active.length > 0) decode(kernels, config, tensors, packed, active, fed, caches, hidden);
    });
    if (active.length === 0) break;
  }
  return { completions, finished, readbacks: 0 };
}

/** 0, or −∞ for ids that are never sampled: pad, banned ids, and the columns beyond the vocabulary. */
function penalties(v: number, banned: readonly number[]): Float32Array {
  const out = new Float32Array(roundUp4(v));
  out.fill(-Infinity, v);
  for (const id of [0, ...banned]) if (id < out.length) out[id] = -Infinity;
  return out;
}

/** Runs the prompts, fills the caches, and leaves the last token's state of every row in `hidden` [B, d]. */
function prefill(
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

/** Final layer norm, logits and one Gumbel-max draw for each row of `hidden`. */
function sample(
  kernels: Kernels,
  config: GptConfig,
  tensors: ModelTensors,
  packed: PackedWeights,
  hidden: DeviceBuffer,
  rows: readonly number[],
  step: number,
  penalty: DeviceBuffer,
  { temperature, noiseKey, firstRow = 0 }: GenerateOptions,
): Int32Array {
  const { nEmbd: d, vocabSize: v } = config;
  const n = rows.length;
  const normal = kernels.temporary(n * d);
  const logits = kernels.temporary(n * roundUp4(v));
  const tokens = kernels.temporary(n);
  kernels.layerNorm(hidden, tensors.lnF.weight, tensors.lnF.bias, normal, kernels.temporary(n * 2), n, d);
  kernels.linear(normal, packed.head, null, null, logits, n);
  const noiseRows = kernels.upload(Int32Array.from(rows, (row) => firstRow + row));
  const noiseSteps = kernels.upload(new Int32Array(n).fill(step));
  kernels.gumbelSample(logits, penalty, noiseRows, noiseSteps, tokens, n, v, temperature, noiseKey);
  return kernels.readInts(tokens);
}

/** Feeds one token per active row and leaves the rows' new states in `hidden`. */
function decode(
  kernels: Kernels,
  config: GptConfig,
  tensors: ModelTensors,
  packed: PackedWeights,
  active: readonly ActiveRow[],
  fed: readonly number[],
  caches: readonly LayerCache[],
  hidden: DeviceBuffer,
): void {
  const d = config.nEmbd;
  const n = active.length;
  const shape = attentionShape(config);
  const ids = kernels.upload(Int32Array.from(fed));
  const slots = kernels.upload(Int32Array.from(active, ({ row }) => row));
  const positions = kernels.upload(Int32Array.from(active, ({ length }) => length - 1));
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
