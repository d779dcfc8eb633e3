import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { GptConfig } from '../../model/config';
import type { ParameterSpec } from '../../model/parameters';
import { gelu, layerNorm, linear } from './ops';

/** Parameters by name. */
export type Weights = ReadonlyMap<string, Tensor>;

/** Named tensors out of the flat buffer; owned by the caller. */
export function sliceWeights(flat: Tensor1D, layout: readonly ParameterSpec[]): Map<string, Tensor> {
  return new Map(
    layout.map((p) => [p.name, tf.tidy(() => tf.reshape(tf.slice(flat, p.offset, p.size), [...p.shape]))]),
  );
}

/** A weight by name, typed by its rank. */
export function get<T extends Tensor>(weights: Weights, name: string): T {
  return weights.get(name) as T;
}

/** Splits fused projections [B·T, 3d] into per-head queries, keys and values, each [B, H, T, d/H]. */
function splitHeads(qkv: Tensor2D, B: number, T: number, H: number): Tensor4D[] {
  const width = qkv.shape[1] / 3 / H;
  return tf
    .split(qkv, 3, 1)
    .map((x) => tf.transpose(tf.reshape(x, [B, T, H, width]), [0, 2, 1, 3]) as Tensor4D);
}

/** Attention for T new positions of every row: queries, keys and values [B, H, T, d/H] → [B, H, T, d/H]. */
export type Attend = (q: Tensor4D, k: Tensor4D, v: Tensor4D, layer: number) => Tensor4D;

/** softmax(q·kᵀ/√width + mask)·v for q [B, H, T, w], k and v [B, H, S, w], mask broadcastable to [B, H, T, S]. */
export function attention(q: Tensor4D, k: Tensor4D, v: Tensor4D, mask: Tensor): Tensor4D {
  const scale = 1 / Math.sqrt(q.shape[3]);
  const scores = tf.matMul<Tensor>(tf.mul(q, scale), tf.transpose(k, [0, 1, 3, 2]));
  return tf.matMul<Tensor>(tf.softmax(tf.add(scores, mask)), v) as Tensor4D;
}

/** Token plus position embedding, [N, d]. */
export function embed(weights: Weights, ids: Tensor1D, positions: Tensor1D): Tensor2D {
  return tf.add(
    tf.gather(get<Tensor2D>(weights, 'transformer.wte.weight'), ids),
    tf.gather(get<Tensor2D>(weights, 'transformer.wpe.weight'), positions),
  );
}

/**
 * The transformer stack of GPT-2 (Radford et al. 2019): pre-norm blocks, then the final norm.
 * x [B·T, d] → hidden [B·T, d].
 */
export function transform(
  weights: Weights,
  config: GptConfig,
  x: Tensor2D,
  B: number,
  T: number,
  attend: Attend,
): Tensor2D {
  const { nEmbd: d, nHead: H, nLayer } = config;
  const w = <R extends Tensor>(name: string) => get<R>(weights, `transformer.${name}`);
  const dense = (x: Tensor2D, name: string) => linear(x, w(`${name}.weight`), w(`${name}.bias`));
  const norm = (x: Tensor2D, name: string) => layerNorm(x, w(`${name}.weight`), w(`${name}.bias`));
  for (let i = 0; i < nLayer; i++) {
    const qkv = dense(norm(x, `h.${i}.ln_1`), `h.${i}.attn.c_attn`);
    const [q, k, v] = splitHeads(qkv, B, T, H) as [Tensor4D, Tensor4D, Tensor4D];
    const heads = tf.transpose(attend(q, k, v, i), [0, 2, 1, 3]);
    x = tf.add(x, dense(tf.reshape(heads, [B * T, d]), `h.${i}.attn.c_proj`));
    const inner = gelu(dense(norm(x, `h.${i}.ln_2`), `h.${i}.mlp.c_fc`));
    x = tf.add(x, dense(inner, `h.${i}.mlp.c_proj`));
  }
  return norm(x, 'ln_f');
}

/** Final hidden states [B, T, d] of padded sequences; `mask` is the additive attention mask [1 or B, T, T]. */
export function hiddenStates(
  weights: Weights,
  config: GptConfig,
  ids: Int32Array,
  B: number,
  T: number,
  mask: Tensor3D,
): Tensor3D {
  const positions = Int32Array.from({ length: B * T }, (_, i) => i % T);
  const x = embed(weights, tf.tensor1d(ids, 'int32'), tf.tensor1d(positions, 'int32'));
  const mask4 = tf.expandDims(mask, 1);
  const hidden = transform(weights, config, x, B, T, (q, k, v) => attention(q, k, v, mask4));
  return tf.reshape(hidden, [B, T, config.nEmbd]);
}

/** Next-token logits [N, V] of hidden [N, d]: the output embedding is tied to the input embedding. */
export function logitsOf(weights: Weights, hidden: Tensor2D): Tensor2D {
  return tf.matMul(hidden, tf.transpose(get<Tensor2D>(weights, 'transformer.wte.weight')));
}

/** The scalar head, [N] of hidden [N, d]. */
export function headOf(weights: Weights, hidden: Tensor2D): Tensor1D {
  const weight = tf.transpose(get<Tensor2D>(weights, 'score.weight'));
  return tf.reshape(linear(hidden, weight, get(weights, 'score.bias')), [hidden.shape[0]]);
}
