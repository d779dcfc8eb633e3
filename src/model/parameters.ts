import type { Rng } from '../random/rng';
import type { GptConfig } from './config';

/** One named tensor inside the flat parameter buffer. Sizes and offsets count float32 elements. */
export interface ParameterSpec {
  name: string;
  shape: readonly number[];
  offset: number;
  size: number;
  /** Standard deviation of the initial normal; 0 means zeros, 'ones' means ones. */
  init: number | 'ones';
  /** AdamW's decoupled weight decay applies (matrices only, as in GPT-2's training code). */
  decay: boolean;
}

/**
 * All parameters in storage order. Names, shapes and the (in, out) layout of matrices are those of
 * published GPT-2 checkpoints (Radford et al. 2019); the output embedding is tied to `wte`.
 * The last two are the scalar head (reward or value): value = hidden · score.weight + score.bias.
 * Initialisation: design notes of the toy world (0.7/√fan_in, residual outputs 0.5/√(L·fan_in)).
 */
export function parameterLayout(config: GptConfig): ParameterSpec[] {
  const { vocabSize: V, nPositions: P, nEmbd: d, nLayer: L } = config;
  const specs: ParameterSpec[] = [];
  let offset = 0;
  const add = (name: string, shape: number[], init: number | 'ones') => {
    const size = shape.reduce((a, b) => a * b, 1);
    specs.push({ name, shape, offset, size, init, decay: shape.length > 1 });
    // every tensor starts at a multiple of 64 floats (256 bytes): SIMD loads and GPU bind offsets stay aligned
    offset += Math.ceil(size / 64) * 64;
  };
  const inner = 0.7 / Math.sqrt(d);
  const residual = (fanIn: number) => 0.5 / Math.sqrt(L * fanIn);
  add('transformer.wte.weight', [V, d], 0.05);
  add('transformer.wpe.weight', [P, d], 0.02);
  for (let i = 0; i < L; i++) {
    const h = `transformer.h.${i}`;
    add(`${h}.ln_1.weight`, [d], 'ones');
    add(`${h}.ln_1.bias`, [d], 0);
    add(`${h}.attn.c_attn.weight`, [d, 3 * d], inner);
    add(`${h}.attn.c_attn.bias`, [3 * d], 0);
    add(`${h}.attn.c_proj.weight`, [d, d], residual(d));
    add(`${h}.attn.c_proj.bias`, [d], 0);
    add(`${h}.ln_2.weight`, [d], 'ones');
    add(`${h}.ln_2.bias`, [d], 0);
    add(`${h}.mlp.c_fc.weight`, [d, 4 * d], inner);
    add(`${h}.mlp.c_fc.bias`, [4 * d], 0);
    add(`${h}.mlp.c_proj.weight`, [4 * d, d], residual(4 * d));
    add(`${h}.mlp.c_proj.bias`, [d], 0);
  }
  add('transformer.ln_f.weight', [d], 'ones');
  add('transformer.ln_f.bias', [d], 0);
  add('score.weight', [1, d], 0);
  add('score.bias', [1], 0);
  return specs;
}

/** Length of the flat buffer in floats, padding included. */
export function flatLength(layout: readonly ParameterSpec[]): number {
  const last = layout[layout.length - 1]!;
  return Math.ceil((last.offset + last.size) / 64) * 64;
}

/** Number of trainable numbers, padding excluded. */
export function parameterCount(config: GptConfig): number {
  return parameterLayout(config).reduce((sum, p) => sum + p.size, 0);
}

/** Fresh random weights as one flat buffer. */
export function initialWeights(config: GptConfig, rng: Rng): Float32Array {
  const layout = parameterLayout(config);
  const flat = new Float32Array(flatLength(layout));
  for (const p of layout) {
    const stream = rng.split(p.name);
    for (let i = 0; i < p.size; i++)
      flat[p.offset + i] = p.init === 'ones' ? 1 : p.init === 0 ? 0 : p.init * stream.normal();
  }
  return flat;
}

/** A copy with the scalar head set to zero (how a reward or value model starts from a language model). */
export function withFreshHead(config: GptConfig, weights: Float32Array): Float32Array {
  const copy = weights.slice();
  for (const p of parameterLayout(config))
    if (p.name.startsWith('score.')) copy.fill(0, p.offset, p.offset + p.size);
  return copy;
}
