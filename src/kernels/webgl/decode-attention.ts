import { MASKED } from './attention';
import { cacheStride } from './cache-write';
import type { On } from './args';
import type { Device } from './device';
import type { ProgramSpec } from './programs';

const INTS = ['HEADS', 'HEAD4', 'D4', 'STRIDE', 'CAPACITY', 'KEYS4'];

export const DECODE_SCORES: ProgramSpec = {
  name: 'decodeScores',
  inputs: ['qkv', 'slots', 'positions', 'keys'],
  ints: INTS,
  body: `
void run(int t) {
  int query = t / KEYS4;
  int j = 4 * (t - query * KEYS4);
  int row = query / HEADS;
  int h = (query - row * HEADS) * HEAD4;
  int last = int(positions(row >> 2)[row & 3]);
  if (j > last) { out0 = vec4(${MASKED}); return; }
  int base = (int(slots(row >> 2)[row & 3]) * CAPACITY + j) * STRIDE + h;
  ivec4 at = base + min(ivec4(0, 1, 2, 3), last - j) * STRIDE;
  int q = row * 3 * D4 + h;
  vec4 s = vec4(0.0);
  for (int c = 0; c < HEAD4; c++) {
    vec4 a = qkv(q + c);
    s += vec4(dot(a, keys(at.x + c)), dot(a, keys(at.y + c)),
              dot(a, keys(at.z + c)), dot(a, keys(at.w + c)));
  }
  bvec4 seen = lessThanEqual(j + ivec4(0, 1, 2, 3), ivec4(last));
  out0 = mix(vec4(${MASKED}), s * inversesqrt(float(4 * HEAD4)), seen);
}`,
};

export const DECODE_ATTENTION: ProgramSpec = {
  name: 'decodeAttention',
  inputs: ['slots', 'positions', 'values', 'scores'],
  ints: INTS,
  body: `
void run(int t) {
  int row = t / D4;
  int c = t - row * D4;
  int last = int(positions(row >> 2)[row & 3]);
  int base = int(slots(row >> 2)[row & 3]) * CAPACITY * STRIDE + c;
  int end = base + last * STRIDE;
  int first = (row * HEADS + c / HEAD4) * KEYS4;
  vec4 largest = vec4(${MASKED});
  for (int j = 0; 4 * j <= last; j++) largest = max(largest, scores(first + j));
  float top = max(max(largest.x, largest.y), max(largest.z, largest.w));
  vec4 total = vec4(0.0);
  vec4 s = vec4(0.0);
  for (int j = 0; 4 * j <= last; j++) {
    vec4 p = exp(scores(first + j) - top);
    total += p;
    s += p.x * values(base) + p.y * values(min(base + STRIDE, end))
      + p.z * values(min(base + 2 * STRIDE, end)) + p.w * values(min(base + 3 * STRIDE, end));
    base += 4 * STRIDE;
  }
  out0 = s / ((total.x + total.y) + (total.z + total.w));
}`,
};

/**
 * One new token per row, already in the cache, attends to positions 0 … positions[i]: out[n, d], in two draws
 * as `attention`.
 */
export function decodeAttention(
  device: Device,
  { qkv, slots, positions, cache, out, tokens, shape }: On<'decodeAttention'>,
): void {
  const { heads, headDim } = shape;
  const d = heads * headDim;
  const { keys, values } = cache;
  const keys4 = Math.ceil(cache.capacity / 4);
  const ints = [heads, headDim / 4, d / 4, cacheStride(d), cache.capacity, keys4];
  const count = tokens * heads * keys4;
  device.memory.frame(() => {
    const scores = device.memory.temporary(4 * count);
    device.draw(DECODE_SCORES, [qkv, slots, positions, keys], ints, [scores], count);
    device.draw(DECODE_ATTENTION, [slots, positions, values, scores], ints, [out], (tokens * d) / 4);
  });
}
