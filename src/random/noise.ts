/**
 * Counter-based noise: the value at (key, row, step, column) is a pure function of its coordinates, so
 * every backend draws the same noise without uploading any, and the same key gives two policies the
 * same noise (paired comparison).
 *
 * Hash: pcg4d, Jarzynski & Olano, "Hash Functions for GPU Rendering", JCGT 9(3), 2020. It needs only
 * 32-bit wrapping multiplication, which JS, WASM, GLSL and WGSL all have.
 */
export function pcg4d(x: number, y: number, z: number, w: number, out: Uint32Array): void {
  x = (Math.imul(x, 1664525) + 1013904223) | 0;
  y = (Math.imul(y, 1664525) + 1013904223) | 0;
  z = (Math.imul(z, 1664525) + 1013904223) | 0;
  w = (Math.imul(w, 1664525) + 1013904223) | 0;
  x = (x + Math.imul(y, w)) | 0;
  y = (y + Math.imul(z, x)) | 0;
  z = (z + Math.imul(x, y)) | 0;
  w = (w + Math.imul(y, z)) | 0;
  x ^= x >>> 16;
  y ^= y >>> 16;
  z ^= z >>> 16;
  w ^= w >>> 16;
  x = (x + Math.imul(y, w)) | 0;
  y = (y + Math.imul(z, x)) | 0;
  z = (z + Math.imul(x, y)) | 0;
  w = (w + Math.imul(y, z)) | 0;
  out[0] = x;
  out[1] = y;
  out[2] = z;
  out[3] = w;
}

/** 24 random bits to the open interval (0, 1): (bits + ½) / 2²⁴, exact in float32. */
export const toOpenUnit = (bits: number): number => ((bits >>> 8) + 0.5) / 16777216;

const lanes = new Uint32Array(4);

/**
 * Writes one row of Gumbel noise −log(−log u), length `out.length`.
 * Coordinates: x = ⌊column / 4⌋ (lane = column mod 4), y = step, z = row, w = key.
 */
export function gumbelRow(key: number, row: number, step: number, out: Float32Array): void {
  for (let j = 0; j < out.length; j++) {
    if ((j & 3) === 0) pcg4d(j >>> 2, step, row, key, lanes);
    out[j] = -Math.log(-Math.log(toOpenUnit(lanes[j & 3]!)));
  }
}
