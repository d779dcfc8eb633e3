import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { message, MessageError } from '../../messages';
import type { GptConfig } from '../../model/config';
import { gumbelRow } from '../../random/noise';
import { EOS, PAD } from '../../model/tokens';
import { checkIds } from '../shared/batch';
import { noiseRow, samplingTemperature } from '../shared/sampling';
import type { GenerateOptions, Rollout } from '../types';
import type { Backend } from './backend';
import { attentionMask, BLOCKED, pickMatrix } from './batch';
import { attention, embed, logitsOf, transform, type Attend, type Weights } from './forward';

/** Cached keys and values of one layer, each [B, H, S, d/H]. Slots 0..P−1 hold the prompt, P + s token s. */
type LayerCache = { k: Tensor4D; v: Tensor4D };

/** Sizes of a rollout: B rows, prompts padded to P, N new tokens, S cache slots. */
interface Plan {
  B: number;
  P: number;
  N: number;
  lengths: number[];
}

function planRollout(prompts: readonly (readonly number[])[], config: GptConfig, N: number): Plan {
  if (prompts.length === 0) throw new RangeError('no prompts');
  prompts.forEach((prompt, b) => {
    if (prompt.length === 0) throw new RangeError(`prompt ${b} is empty`);
    if (prompt.length + N > config.nPositions)
      throw new RangeError(
        `prompt ${b}: ${prompt.length} tokens + ${N} new ones exceed the model's ${config.nPositions} positions`,
      );
    checkIds(prompt, config.vocabSize, b);
  });
  const lengths = prompts.map((p) => p.length);
  return { B: prompts.length, P: Math.max(...lengths), N, lengths };
}

/**
 * Samples with a KV cache: the prompts in one pass, then one token per row and step; sampling is argmax of
 * logits / temperature + Gumbel noise (Gumbel 1954). Row r, step s, token j sees noise(key, firstRow + r, s, j).
 * Tokens stay on the device until one readback at the end; finished rows run on and are cut there.
 * On backends in host memory the cache grows by concatenation and the loop stops once all rows ended; on GPUs
 * all shapes are fixed, because each new shape may compile shaders.
 */
export async function generate(
  backend: Backend,
  weights: Weights,
  config: GptConfig,
  prompts: readonly (readonly number[])[],
  options: GenerateOptions,
): Promise<Rollout> {
  const plan = planRollout(prompts, config, options.maxNewTokens);
  const { B, N } = plan;
  if (N === 0)
    return { completions: prompts.map(() => []), finished: prompts.map(() => false), readbacks: 0 };
  const banned = bannedRow(config.vocabSize, options.banned ?? []);
  const ended = new Array<boolean>(B).fill(false);
  const tokens: Tensor1D[] = [];
  let state = tf.tidy(() => prefill(weights, config, prompts, plan, !backend.hostMemory));
  let sum = tf.scalar(0);
  for (let s = 0; s < N; s++) {
    const before = sum;
    sum = tf.tidy(() => tf.add(before, tf.sum(state.logits)));
    before.dispose();
    const token = sample(state.logits, banned, s, options);
    tokens.push(token);
    if (backend.hostMemory) {
      token.dataSync().forEach((id, b) => (ended[b] ||= id === EOS));
      if (ended.every(Boolean)) break;
    }
    if (s < N - 1) {
      const previous = state;
      state = tf.tidy(() => decode(weights, config, token, s, plan, previous.caches, !backend.hostMemory));
      tf.dispose(previous);
    }
  }
  const steps = tokens.length;
  // argmax makes a token of anything: a sum over all logits tells whether they were numbers
  const all = tf.tidy(() =>
    tf.concat([tf.reshape(tf.cast(tf.stack(tokens, 1), 'float32'), [-1]), tf.reshape(sum, [1])]),
  );
  tf.dispose([tokens, state, sum]);
  const ids = await backend.read(all).finally(() => all.dispose());
  if (Number.isNaN(ids[B * steps])) throw new MessageError(message('sampling.notFinite', {}));
  const completions = prompts.map((_, b) => {
    const row = Array.from(ids.subarray(b * steps, (b + 1) * steps));
    const end = row.indexOf(EOS);
    return end < 0 ? row : row.slice(0, end + 1);
  });
  return {
    completions,
    finished: completions.map((row) => row[row.length - 1] === EOS),
    readbacks: backend.hostMemory ? 0 : 1,
  };
}

type Decoded = { logits: Tensor2D; caches: LayerCache[] };

/** Runs the padded prompts; logits after each prompt's last token and the filled caches. */
function prefill(
  weights: Weights,
  config: GptConfig,
  prompts: readonly (readonly number[])[],
  { B, P, N, lengths }: Plan,
  fixed: boolean,
): Decoded {
  const ids = new Int32Array(B * P).fill(PAD);
  prompts.forEach((prompt, b) => ids.set(prompt, b * P));
  const positions = Int32Array.from({ length: B * P }, (_, i) => i % P);
  const mask = tf.tensor4d(attentionMask(P, null), [1, 1, P, P]);
  const caches: LayerCache[] = [];
  const attend: Attend = (q, k, v) => {
    const room = (x: Tensor4D): Tensor4D => (fixed ? tf.pad4d(x, [[0, 0], [0, 0], [0, N], [0, 0]]) : x); // prettier-ignore
    caches.push({ k: room(k), v: room(v) });
    return attention(q, k, v, mask);
  };
  const x = embed(weights, tf.tensor1d(ids, 'int32'), tf.tensor1d(positions, 'int32'));
  const hidden = tf.reshape(transform(weights, config, x, B, P, attend), [B, P, config.nEmbd]);
  const last = lengths.map((n) => n - 1);
  const pick = tf.tensor3d(pickMatrix(last, last.map(() => 1), 1, P), [B, 1, P]); // prettier-ignore
  return { logits: logitsOf(weights, tf.reshape(tf.matMul(pick, hidden), [B, config.nEmbd])), caches };
}

/** Feeds generated token s of every row; logits for token s + 1 and the extended caches. */
function decode(
  weights: Weights,
  config: GptConfig,
  token: Tensor1D,
  s: number,
  { B, P, N, lengths }: Plan,
  caches: readonly LayerCache[],
  fixed: boolean,
): Decoded {
  const S = fixed ? P + N : P + s + 1;
  const mask = new Float32Array(B * S);
  const position = new Int32Array(B);
  lengths.forEach((length, b) => {
    position[b] = length + s;
    mask.fill(BLOCKED, b * S + length, b * S + P); // padding behind a short prompt
    mask.fill(BLOCKED, b * S + P + s + 1, (b + 1) * S); // slots not written yet
  });
  const slot = new Float32Array(S);
  slot[P + s] = 1;
  const write = fixed ? tf.tensor4d(slot, [1, 1, S, 1]) : null;
  const append = (cache: Tensor4D, x: Tensor4D): Tensor4D =>
    write ? tf.add(cache, tf.mul(write, x)) : tf.concat([cache, x], 2);
  const mask4 = tf.tensor4d(mask, [B, 1, 1, S]);
  const next: LayerCache[] = [];
  const attend: Attend = (q, k, v, layer) => {
    const grown = { k: append(caches[layer]!.k, k), v: append(caches[layer]!.v, v) };
    next.push(grown);
    return attendOne(q, grown, mask4);
  };
  const x = embed(weights, token, tf.tensor1d(position, 'int32'));
  const hidden = transform(weights, config, x, B, 1, attend);
  return { logits: logitsOf(weights, hidden), caches: next };
}

/** Attention of one query per row; k·q instead of q·kᵀ, so that the cache is never transposed. */
function attendOne(q: Tensor4D, { k, v }: LayerCache, mask: Tensor4D): Tensor4D {
  const [B, H, S, width] = k.shape;
  const column = tf.reshape(tf.mul(q, 1 / Math.sqrt(width)), [B, H, width, 1]);
  const scores = tf.reshape(tf.matMul<Tensor4D>(k, column), [B, H, 1, S]);
  return tf.matMul(tf.softmax(tf.add(scores, mask)), v) as Tensor4D;
}

/** [V] −1e30 on tokens never to be sampled, else 0. */
function bannedRow(V: number, banned: readonly number[]): Float32Array {
  const row = new Float32Array(V);
  for (const id of [PAD, ...banned]) row[id] = -1e30;
  return row;
}

/** Next token of every row, [B] int32. */
function sample(logits: Tensor2D, banned: Float32Array, step: number, options: GenerateOptions): Tensor1D {
  const [B, V] = logits.shape;
  const { noiseKey } = options;
  const temperature = samplingTemperature(options.temperature);
  return tf.tidy(() => {
    if (temperature === 0) return tf.argMax(tf.add(logits, tf.tensor1d(banned)), 1);
    const noise = new Float32Array(B * V);
    for (let b = 0; b < B; b++) {
      const row = noise.subarray(b * V, (b + 1) * V);
      gumbelRow(noiseKey, noiseRow(options, b), step, row);
      for (let j = 0; j < V; j++) row[j]! += banned[j]!;
    }
    return tf.argMax(tf.add(tf.mul(logits, 1 / temperature), tf.tensor2d(noise, [B, V])), 1);
  });
}
