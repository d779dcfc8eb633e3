import type { AttentionShape, LayerCache } from '../kernels';
import { cacheStride } from './cache-write';
import type { Device } from './device';
import type { GlBuffer } from './memory';
import type { ProgramSpec } from './programs';

export const DECODE_ATTENTION: ProgramSpec = {
  name: 'decodeAttention',
  inputs: ['qkv', 'slots', 'positions', 'keys', 'values'],
  ints: ['HEAD4', 'D4', 'STRIDE', 'CAPACITY'],
  body: `
void run(int t) {
  int row = t / D4;
  int c = t - row * D4;
  int h = c / HEAD4 * HEAD4;
  int last = int(positions(row >> 2)[row & 3]);
  int base = int(slots(row >> 2)[row & 3]) * CAPACITY * STRIDE;
  int q = row * 3 * D4 + h;
  float scale = inversesqrt(float(4 * HEAD4));
  float top = -1e30;
  float total = 0.0;
  vec4 s = vec4(0.0);
  for (int j = 0; j <= last; j++) {
    int at = base + j * STRIDE;
    vec4 products = vec4(0.0);
    for (int i = 0; i < HEAD4; i++) products += qkv(q + i) * keys(at + h + i);
    float score = ((products.x + products.y) + (products.z + products.w)) * scale;
    float larger = max(top, score);
    float shrink = exp(top - larger);
    float p = exp(score - larger);
    total = total * shrink + p;
    s = s * shrink + p * values(at + c);
    top = larger;
  }
  out0 = s / total;
}`,
};

/**
 * One new token per row, already in the cache, attends to positions 0 … positions[i]: out[n, d]. The softmax
 * is summed up in one pass over the keys (Milakov & Gimelshein 2018).
 */
export function decodeAttention(
  device: Device,
  qkv: GlBuffer,
  slots: GlBuffer,
  positions: GlBuffer,
  cache: LayerCache,
  out: GlBuffer,
  n: number,
  { heads, headDim }: AttentionShape,
): void {
  const d = heads * headDim;
  const inputs = [qkv, slots, positions, cache.keys as GlBuffer, cache.values as GlBuffer];
  const ints = [headDim / 4, d / 4, cacheStride(d), cache.capacity];
  device.draw(DECODE_ATTENTION, inputs, ints, [out], (n * d) / 4);
}
