import type { LayerCache } from '../kernels';
import type { On } from './args';
import type { Device } from './device';
import type { GlBuffer } from './memory';
import type { ProgramSpec } from './programs';
import { WIDTH, WIDTH_BITS } from './textures';

/** Texels from one position to the next: a power of two, so that no position straddles texture rows. */
export const cacheStride = (d: number): number => 2 ** Math.ceil(Math.log2(d / 4));

/** One instance per token draws its d / 4 texels; FIRST holds the height of the cache's textures. */
export const CACHE_WRITE: ProgramSpec = {
  name: 'cacheWrite',
  inputs: ['qkv', 'slots', 'positions'],
  ints: ['D4', 'STRIDE', 'CAPACITY'],
  outputs: 2,
  vertex: `
flat out ivec2 place;
void main() {
  int token = gl_InstanceID;
  int slot = int(slots(token >> 2)[token & 3]);
  int position = int(positions(token >> 2)[token & 3]);
  int at = (slot * CAPACITY + position) * STRIDE;
  int x = at & ${WIDTH - 1};
  place = ivec2(token, x);
  vec2 corner = vec2(x + (gl_VertexID & 1) * D4, (at >> ${WIDTH_BITS}) + (gl_VertexID >> 1));
  gl_Position = vec4(corner / vec2(${WIDTH}, FIRST) * 2.0 - 1.0, 0.0, 1.0);
}`,
  body: `
flat in ivec2 place;
void main() {
  int at = place.x * 3 * D4 + int(gl_FragCoord.x) - place.y;
  out0 = qkv(at + D4);
  out1 = qkv(at + 2 * D4);
}`,
};

/** Cache of one layer: keys and values as [slot][position][d], positions `cacheStride` texels apart. */
export function layerCache(
  { memory }: Device,
  { slots, capacity, width }: On<'layerCache'>,
): LayerCache<GlBuffer> {
  const size = slots * capacity * cacheStride(width) * 4;
  return { keys: memory.temporary(size), values: memory.temporary(size), capacity };
}

/** Writes keys and values of qkv[n, 3d] to (slots[n], positions[n]). */
export function cacheWrite(
  device: Device,
  { qkv, slots, positions, cache, tokens, width }: On<'cacheWrite'>,
): void {
  const ints = [width / 4, cacheStride(width), cache.capacity];
  device.scatter(CACHE_WRITE, [qkv, slots, positions], ints, [cache.keys, cache.values], tokens);
}
