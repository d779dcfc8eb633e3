import { LAYER_NORM_EPSILON, roundUp4, type LayerCache } from '../kernels';
import type { On } from './args';
import { MASKED } from './attention';
import { cacheStride, layerCache } from './cache-write';
import type { Device } from './device';
import { GUMBEL, SUM } from './glsl';
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

/**
 * From the winning logit to the first layer's queries, keys and values: the drawn token (the lowest index wins a tie),
 * its embedding, the layer norm and the product, which every fragment does for itself. Beside them, row by row, the
 * embedding and then the token, D4 texels of it.
 */
export const ROLLOUT_FIRST: ProgramSpec = {
  name: 'rolloutFirst',
  inputs: ['best', 'wte', 'wpe', 'lengths', 'w', 'normWeight', 'normBias', 'bias'],
  ints: ['D4', 'V4', 'STEP', 'PLACES'],
  outputs: 2,
  body: `${SUM}
int word, place;
vec4 x(int i) { return wte(word + i) + wpe(place + i); }
void run(int t) {
  int n4 = 3 * D4;
  int row = t / n4;
  int col = t - row * n4;
  vec4 winner = best(row * V4);
  for (int i = 1; i < V4; i++) {
    vec4 other = best(row * V4 + i);
    if (other.y >= 0.0 && (winner.y < 0.0 || other.x > winner.x)) winner = other;
  }
  // an index below 0 marks logits that were not numbers; rows beyond their limit stay on the last place
  word = max(int(winner.y), 0) * D4;
  place = min(int(lengths(row >> 2)[row & 3]) + STEP, PLACES - 1) * D4;
  float total = 0.0;
  for (int i = 0; i < D4; i++) total += sum(x(i));
  float mean = total / float(4 * D4);
  float squares = 0.0;
  for (int i = 0; i < D4; i++) {
    vec4 v = x(i) - mean;
    squares += dot(v, v);
  }
  float rstd = 1.0 / sqrt(squares / float(4 * D4) + ${LAYER_NORM_EPSILON});
  vec4 s = vec4(0.0);
  for (int i = 0; i < D4; i++) {
    vec4 a = (x(i) - mean) * rstd * normWeight(i) + normBias(i);
    int at = 4 * i * n4 + col;
    s += a.x * w(at) + a.y * w(at + n4) + a.z * w(at + 2 * n4) + a.w * w(at + 3 * n4);
  }
  out0 = s + bias(col);
  out1 = col < D4 ? x(col) : vec4(winner.y, 0.0, 0.0, 0.0);
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
    if (row < ROWS) tokens[q] = drawn((step * ROWS + row) * 3 * D4 + D4).x;
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
 * Every step of a rollout, in one draw and five a layer: logits with noise, then the layers; keys and values stay where
 * the product left them.
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
    const drawn = memory.temporary(steps * m * 3 * d);
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
      const [x0, qkv0] = [of(drawn, 3 * d), of(fresh[0]!, 3 * d)];
      const { ln1, qkv } = layers[0]!;
      device.draw(
        ROLLOUT_FIRST,
        [best, wte, wpe, lengths, qkv.weight, ln1.weight, ln1.bias, qkv.bias],
        [d4, v4, step, wpe.length / d],
        [qkv0, x0],
        m * 3 * d4,
      );
      if (step + 1 === steps) break;
      let [x, residualStride] = [x0, 3 * d];
      layers.forEach(({ ln1, qkv, projection, ln2, up, down }, i) => {
        const { keys, values, capacity } = caches[i]!;
        const product = { norm: ln1, w: right(qkv.weight, d, 3 * d), bias: qkv.bias };
        if (i > 0) layerNormLinear(device, { x, ...product, gelu: false, out: of(fresh[i]!, 3 * d), m });
        const ints = [shape.headDim / 4, d4, cacheStride(d), capacity, m, step];
        device.draw(ROLLOUT_ATTENTION, [fresh[i]!, lengths, keys, values], ints, [attended], m * d4);
        const w = right(projection.weight, d, d);
        const sum = { bias: projection.bias, residual: x, residualStride };
        linear(device, { x: attended, w, ...sum, out: middle, m });
        const wider = { norm: ln2, w: right(up.weight, d, 4 * d), bias: up.bias };
        layerNormLinear(device, { x: middle, ...wider, gelu: true, out: wide, m });
        const next = i === layers.length - 1 ? hidden : between;
        const narrow = { w: right(down.weight, 4 * d, d), bias: down.bias };
        linear(device, { x: wide, ...narrow, residual: middle, out: next, m });
        [x, residualStride] = [next, d];
      });
    }
    device.draw(ROLLOUT_TOKENS, [drawn], [d4, m, stride / 4], [out], texels(steps * stride));
  });
}
