import { roundUp4, type LayerCache } from '../kernels';
import type { On } from './args';
import { MASKED } from './attention';
import { cacheStride, layerCache } from './cache-write';
import type { Device } from './device';
import { GUMBEL } from './glsl';
import { layerNormLinear, linear, NORMED_HEAD, packMatrix } from './linear';
import { texels, type GlBuffer } from './memory';
import type { ProgramSpec } from './programs';

/** Four logits of one row, with noise and penalty: the best of them and its index. */
export const ROLLOUT_LOGITS: ProgramSpec = {
  name: 'rolloutLogits',
  inputs: [...NORMED_HEAD.inputs, 'penalty', 'noiseRows'],
  ints: [...NORMED_HEAD.ints, 'STEP', 'KEY', 'NOISY'],
  floats: ['INVERSE'],
  body: `${GUMBEL}${NORMED_HEAD.body}
void run(int t) {
  int row = t / N4;
  int col = t - row * N4;
  prepare(row);
  vec4 value = product(row, col) * INVERSE + penalty(col);
  if (NOISY == 1) value += gumbel(col, STEP, int(noiseRows(row >> 2)[row & 3]), KEY);
  float best = -3.4e38;
  int index = -1;
  for (int q = 0; q < 4; q++)
    if (value[q] > best) { best = value[q]; index = 4 * col + q; }
  out0 = vec4(best, float(index), 0.0, 0.0);
}`,
};

/** The drawn token's embedding, and the token itself once per texel of it. The lowest index wins a tie. */
export const ROLLOUT_EMBEDDING: ProgramSpec = {
  name: 'rolloutEmbedding',
  inputs: ['best', 'wte', 'wpe', 'lengths'],
  ints: ['D4', 'V4', 'STEP', 'PLACES'],
  outputs: 2,
  body: `
void run(int t) {
  int row = t / D4;
  int c = t - row * D4;
  vec4 winner = best(row * V4);
  for (int i = 1; i < V4; i++) {
    vec4 other = best(row * V4 + i);
    if (other.y >= 0.0 && (winner.y < 0.0 || other.x > winner.x)) winner = other;
  }
  // an index below 0 marks logits that were not numbers; rows beyond their limit stay on the last place
  int id = max(int(winner.y), 0);
  int place = min(int(lengths(row >> 2)[row & 3]) + STEP, PLACES - 1);
  out0 = wte(id * D4 + c) + wpe(place * D4 + c);
  out1 = vec4(winner.y, 0.0, 0.0, 0.0);
}`,
};

/**
 * Attention of each row's newest token to its prompt (in the caches) and to the tokens drawn since (in `fresh`,
 * [step][row][3d]), in one draw: a softmax that is rescaled when a larger score turns up (Milakov & Gimelshein 2018).
 */
export const ROLLOUT_ATTENTION: ProgramSpec = {
  name: 'rolloutAttention',
  inputs: ['fresh', 'lengths', 'keys', 'values'],
  ints: ['HEAD4', 'D4', 'STRIDE', 'CAPACITY', 'ROWS', 'STEP'],
  body: `
float top, total;
vec4 mixed;
void absorb(vec4 s, vec4 a, vec4 b, vec4 c, vec4 d) {
  float most = max(max(s.x, s.y), max(s.z, s.w));
  if (most > top) {
    float shrink = exp(top - most);
    total *= shrink;
    mixed *= shrink;
    top = most;
  }
  vec4 p = exp(s - top);
  total += (p.x + p.y) + (p.z + p.w);
  mixed += p.x * a + p.y * b + p.z * c + p.w * d;
}
void run(int t) {
  int row = t / D4;
  int c = t - row * D4;
  int h = c / HEAD4 * HEAD4;
  int token = ROWS * 3 * D4;
  int own = row * 3 * D4;
  int q = STEP * token + own + h;
  int last = int(lengths(row >> 2)[row & 3]) - 1;
  float scale = inversesqrt(float(4 * HEAD4));
  const ivec4 lanes = ivec4(0, 1, 2, 3);
  top = ${MASKED};
  total = 0.0;
  mixed = vec4(0.0);
  for (int j = 0; j <= last; j += 4) {
    ivec4 at = (row * CAPACITY + min(j + lanes, last)) * STRIDE;
    vec4 s = vec4(0.0);
    for (int i = 0; i < HEAD4; i++) {
      vec4 a = fresh(q + i);
      s += vec4(dot(a, keys(at.x + h + i)), dot(a, keys(at.y + h + i)),
                dot(a, keys(at.z + h + i)), dot(a, keys(at.w + h + i)));
    }
    s = mix(vec4(${MASKED}), s * scale, lessThanEqual(j + lanes, ivec4(last)));
    absorb(s, values(at.x + c), values(at.y + c), values(at.z + c), values(at.w + c));
  }
  for (int j = 0; j <= STEP; j += 4) {
    ivec4 at = min(j + lanes, STEP) * token + own + D4;
    vec4 s = vec4(0.0);
    for (int i = 0; i < HEAD4; i++) {
      vec4 a = fresh(q + i);
      s += vec4(dot(a, fresh(at.x + h + i)), dot(a, fresh(at.y + h + i)),
                dot(a, fresh(at.z + h + i)), dot(a, fresh(at.w + h + i)));
    }
    s = mix(vec4(${MASKED}), s * scale, lessThanEqual(j + lanes, ivec4(STEP)));
    at += D4 + c;
    absorb(s, fresh(at.x), fresh(at.y), fresh(at.z), fresh(at.w));
  }
  out0 = mixed / total;
}`,
};

/** Tokens of all steps and rows, four to a texel. */
export const ROLLOUT_TOKENS: ProgramSpec = {
  name: 'rolloutTokens',
  inputs: ['drawn'],
  ints: ['D4', 'ROWS', 'STRIDE4'],
  body: `
void run(int t) {
  int step = t / STRIDE4;
  vec4 tokens = vec4(0.0);
  for (int q = 0; q < 4; q++) {
    int row = 4 * (t - step * STRIDE4) + q;
    if (row < ROWS) tokens[q] = drawn((step * ROWS + row) * D4).x;
  }
  out0 = tokens;
}`,
};

/** The prompts' caches; what is drawn later is not moved into them. */
export const rolloutCaches = (
  device: Device,
  { layers, slots, prompt, width }: On<'rolloutCaches'>,
): LayerCache<GlBuffer>[] =>
  Array.from({ length: layers }, () => layerCache(device, { slots, capacity: prompt, width }));

/**
 * Every step of a rollout, in two draws and five a layer: logits with noise, the embedding of what was drawn; keys
 * and values stay where the product left them.
 */
export function decodeRollout(
  device: Device,
  { weights, caches, hidden, penalty, lengths, noiseRows, out, ...rest }: On<'decodeRollout'>,
): void {
  const { rows: m, steps, stride, vocabulary, shape, temperature, key } = rest;
  const d = shape.heads * shape.headDim;
  const d4 = d / 4;
  const v4 = roundUp4(vocabulary) / 4;
  const { wte, wpe, lnF, layers } = weights;
  const { memory } = device;
  const noisy = temperature > 0;
  const right = (matrix: GlBuffer, rows: number, cols: number) =>
    packMatrix({ matrix, rows, cols, transposed: false });
  memory.frame(() => {
    const best = memory.temporary(4 * m * v4);
    const [states, drawn] = [memory.temporary(steps * m * d), memory.temporary(steps * m * d)];
    const fresh = layers.map(() => memory.temporary(steps * m * 3 * d));
    const [attended, middle, between] = [0, 1, 2].map(() => memory.temporary(m * d)) as [
      GlBuffer,
      GlBuffer,
      GlBuffer,
    ];
    const wide = memory.temporary(m * 4 * d);
    for (let step = 0; step < steps; step++) {
      const of = (buffer: GlBuffer, width: number) => memory.slice(buffer, step * m * width, m * width);
      device.draw(
        ROLLOUT_LOGITS,
        [hidden, wte, lnF.weight, lnF.bias, penalty, noiseRows],
        [v4, d, vocabulary, d4, step, key | 0, noisy ? 1 : 0],
        [best],
        m * v4,
        [noisy ? 1 / temperature : 1],
      );
      const places = wpe.length / d;
      const outputs = [of(states, d), of(drawn, d)];
      device.draw(ROLLOUT_EMBEDDING, [best, wte, wpe, lengths], [d4, v4, step, places], outputs, m * d4);
      if (step + 1 === steps) break;
      let x = outputs[0]!;
      layers.forEach(({ ln1, qkv, projection, ln2, up, down }, i) => {
        const { keys, values, capacity } = caches[i]!;
        const product = { norm: ln1, w: right(qkv.weight, d, 3 * d), bias: qkv.bias };
        layerNormLinear(device, { x, ...product, gelu: false, out: of(fresh[i]!, 3 * d), m });
        const ints = [shape.headDim / 4, d4, cacheStride(d), capacity, m, step];
        device.draw(ROLLOUT_ATTENTION, [fresh[i]!, lengths, keys, values], ints, [attended], m * d4);
        const w = right(projection.weight, d, d);
        linear(device, { x: attended, w, bias: projection.bias, residual: x, out: middle, m });
        const wider = { norm: ln2, w: right(up.weight, d, 4 * d), bias: up.bias };
        layerNormLinear(device, { x: middle, ...wider, gelu: true, out: wide, m });
        const next = i === layers.length - 1 ? hidden : between;
        const narrow = { w: right(down.weight, 4 * d, d), bias: down.bias };
        linear(device, { x: wide, ...narrow, residual: middle, out: next, m });
        x = next;
      });
    }
    device.draw(ROLLOUT_TOKENS, [drawn], [d4, m, stride / 4], [out], texels(steps * stride));
  });
}
