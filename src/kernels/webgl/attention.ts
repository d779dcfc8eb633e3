import type { AttentionShape, Rows as RowsOf } from '../kernels';
import type { On } from './args';
import type { Device } from './device';
import type { GlBuffer, Root } from './memory';
import type { ProgramSpec } from './programs';

/** What every attention shader knows: heads, texels per head and per token, texels of scores per query. */
export const ATTENTION_INTS = ['HEADS', 'HEAD4', 'D4', 'KEYS4'];

/** Scores of masked keys: finite, and far below any real one. */
export const MASKED = '-1e30';

export const ATTENTION_SCORES: ProgramSpec = {
  name: 'attentionScores',
  inputs: ['qkv', 'spans'],
  ints: ATTENTION_INTS,
  body: `
void run(int t) {
  int query = t / KEYS4;
  int j = 4 * (t - query * KEYS4);
  int token = query / HEADS;
  int h = query - token * HEADS;
  ivec4 span = ivec4(spans(token));
  int keys = span.z - span.x;
  if (j >= keys) { out0 = vec4(${MASKED}); return; }
  int q = token * 3 * D4 + h * HEAD4;
  int k = (span.x + j) * 3 * D4 + D4 + h * HEAD4;
  ivec4 steps = min(ivec4(0, 1, 2, 3), keys - 1 - j) * 3 * D4 + k;
  vec4 s = vec4(0.0);
  for (int c = 0; c < HEAD4; c++) {
    vec4 a = qkv(q + c);
    s += vec4(dot(a, qkv(steps.x + c)), dot(a, qkv(steps.y + c)),
              dot(a, qkv(steps.z + c)), dot(a, qkv(steps.w + c)));
  }
  s *= inversesqrt(float(4 * HEAD4));
  bvec4 seen = lessThan(j + ivec4(0, 1, 2, 3), ivec4(keys));
  out0 = mix(vec4(${MASKED}), s, seen);
}`,
};

const mix = (kept: boolean): ProgramSpec => ({
  name: kept ? 'attentionKept' : 'attention',
  inputs: ['qkv', 'spans', 'scores'],
  ints: ATTENTION_INTS,
  outputs: kept ? 2 : 1,
  body: `
void run(int t) {
  int token = t / D4;
  int c = t - token * D4;
  ivec4 span = ivec4(spans(token));
  int keys = span.z - span.x;
  int row = (token * HEADS + c / HEAD4) * KEYS4;
  vec4 largest = vec4(${MASKED});
  for (int j = 0; 4 * j < keys; j++) largest = max(largest, scores(row + j));
  float top = max(max(largest.x, largest.y), max(largest.z, largest.w));
  int stride = 3 * D4;
  int v = span.x * stride + 2 * D4 + c;
  int last = (span.z - 1) * stride + 2 * D4 + c;
  vec4 total = vec4(0.0);
  vec4 s = vec4(0.0);
  for (int j = 0; 4 * j < keys; j++) {
    vec4 p = exp(scores(row + j) - top);
    total += p;
    s += p.x * qkv(v) + p.y * qkv(min(v + stride, last))
      + p.z * qkv(min(v + 2 * stride, last)) + p.w * qkv(min(v + 3 * stride, last));
    v += 4 * stride;
  }
  float inverse = 1.0 / ((total.x + total.y) + (total.z + total.w));
  out0 = s * inverse;
  ${kept ? 'out1 = vec4(top, inverse, 0.0, 0.0);' : ''}
}`,
});

export const ATTENTION = mix(false);
export const ATTENTION_KEPT = mix(true);

/** Per token and head, largest score and 1 / Σ exp: kept beside the scores in a `probabilities` buffer. */
const softmaxes = new WeakMap<Root, GlBuffer>();

export function softmaxOf({ root }: GlBuffer): GlBuffer {
  const found = softmaxes.get(root);
  if (!found) throw new TypeError('attention has kept nothing for its backward pass in this buffer');
  return found;
}

type Rows = RowsOf<GlBuffer>;

const spansOf = new WeakMap<Rows, GlBuffer>();

/**
 * Per token: first token of its row, one after its last, one after the last key that it sees, and the first
 * query that sees it. One upload per batch.
 */
export function spans(device: Device, rows: Rows): GlBuffer {
  const known = spansOf.get(rows);
  if (known?.root.alive) return known;
  const prefixes = device.hostNumbers(rows.prefixes);
  const table = new Float32Array(4 * rows.lengths.reduce((a, b) => a + b, 0));
  let first = 0;
  rows.lengths.forEach((length, r) => {
    const prefix = Math.min(length, prefixes[r]!);
    for (let i = 0; i < length; i++) {
      const inside = i < prefix;
      table.set(
        [first, first + length, first + (inside ? prefix : i + 1), inside ? first : first + i],
        4 * (first + i),
      );
    }
    first += length;
  });
  const buffer = device.memory.temporary(table.length);
  device.write(buffer, table);
  spansOf.set(rows, buffer);
  return buffer;
}

export function attentionInts(rows: Rows, { heads, headDim }: AttentionShape): number[] {
  return [heads, headDim / 4, (heads * headDim) / 4, Math.ceil(Math.max(1, ...rows.lengths) / 4)];
}

/**
 * Multi-head attention (Vaswani et al. 2017) inside each row, causal but for the two-way prefix:
 * qkv[N, 3d] → out[N, d], in two draws: scores of all pairs, then softmax and mixture. The first are kept in
 * `probabilities`.
 */
export function attention(device: Device, { qkv, rows, shape, probabilities, out }: On<'attention'>): void {
  const { memory } = device;
  const tokens = rows.lengths.reduce((a, b) => a + b, 0);
  if (tokens === 0) return;
  const ints = attentionInts(rows, shape);
  const [heads, , d4, keys4] = ints as [number, number, number, number];
  const span = spans(device, rows);
  const count = tokens * heads * keys4;
  if (probabilities) {
    const softmax = memory.temporary(4 * tokens * d4);
    device.reserve(probabilities, count);
    device.draw(ATTENTION_SCORES, [qkv, span], ints, [probabilities], count);
    device.draw(ATTENTION_KEPT, [qkv, span, probabilities], ints, [out, softmax], tokens * d4);
    softmaxes.set(probabilities.root, softmax);
  } else
    memory.frame(() => {
      const scores = memory.temporary(4 * count);
      device.draw(ATTENTION_SCORES, [qkv, span], ints, [scores], count);
      device.draw(ATTENTION, [qkv, span, scores], ints, [out], tokens * d4);
    });
}
