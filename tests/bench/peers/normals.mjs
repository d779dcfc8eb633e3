import { rngFrom } from '../../../src/random/rng';

/** `size` normal numbers with the given deviation, always the same for one label. */
export function normals(size, label, deviation) {
  const rng = rngFrom(1, 'peer', String(label));
  return Float32Array.from({ length: size }, () => deviation * rng.normal());
}
