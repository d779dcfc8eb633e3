import { LAYER_NORM_EPSILON } from '../kernels';

/** Pieces of GLSL that several operations share. */

/** Sum of the four lanes. */
export const SUM = `
float sum(vec4 v) { return (v.x + v.y) + (v.z + v.w); }
`;

/**
 * GELU in its tanh form is x·σ(2u), u = √(2/π)(x + 0.044715x³); the gate σ is saturated where it is 0 or 1 in
 * float32. Its slope with s = σ(2u): s + x · s(1 − s) · 2u′.
 */
export const GELU = `
vec4 geluGate(vec4 x) {
  vec4 u = 1.5957691216057308 * x * (1.0 + 0.044715 * x * x);
  return 1.0 / (1.0 + exp(-clamp(u, -80.0, 80.0)));
}
vec4 geluSlope(vec4 x) {
  vec4 s = geluGate(x);
  return s + s * (1.0 - s) * x * 1.5957691216057308 * (1.0 + 0.134145 * x * x);
}
`;

/** Mean and 1/√(variance + ε) of the row of `width` texels of x from `first` on (Ba et al. 2016). */
export const NORM_STATS = `${SUM}
void normStats(int first, int width, out float mean, out float rstd) {
  float total = 0.0;
  for (int i = 0; i < width; i++) total += sum(x(first + i));
  mean = total / float(4 * width);
  float squares = 0.0;
  for (int i = 0; i < width; i++) {
    vec4 v = x(first + i) - mean;
    squares += dot(v, v);
  }
  rstd = 1.0 / sqrt(squares / float(4 * width) + ${LAYER_NORM_EPSILON});
}
`;

/**
 * log to float32 accuracy (Cephes logf, Moshier), as in the WASM kernels: GLSL promises too little near 1.
 * logReduced: log(1 + f) + e·ln 2 for f in (√½ − 1, √2 − 1).
 */
export const LOG = `
vec4 logReduced(vec4 f, vec4 e) {
  vec4 z = f * f;
  vec4 p = 7.0376836292e-2 * f - 1.1514610310e-1;
  p = p * f + 1.1676998740e-1;
  p = p * f - 1.2420140846e-1;
  p = p * f + 1.4249322787e-1;
  p = p * f - 1.6668057665e-1;
  p = p * f + 2.0000714765e-1;
  p = p * f - 2.4999993993e-1;
  p = p * f + 3.3333331174e-1;
  vec4 y = p * f * z - 2.12194440e-4 * e - 0.5 * z;
  return (f + y) + 0.693359375 * e;
}
vec4 exactLog(vec4 x) {
  ivec4 bits = floatBitsToInt(x);
  ivec4 e = (bits - 0x3f3504f3) >> 23;
  return logReduced(intBitsToFloat(bits - (e << 23)) - 1.0, vec4(e));
}
`;

/**
 * Four columns of the noise field of src/random/noise.ts (pcg4d, Jarzynski & Olano 2020): −log(−log u),
 * u = (bits + ½) / 2²⁴. The upper half works with 1 − u, which is exact in float32.
 */
export const GUMBEL = `${LOG}
uvec4 pcg4d(uvec4 v) {
  v = v * 1664525u + 1013904223u;
  v.x += v.y * v.w; v.y += v.z * v.x; v.z += v.x * v.y; v.w += v.y * v.z;
  v ^= v >> 16u;
  v.x += v.y * v.w; v.y += v.z * v.x; v.z += v.x * v.y; v.w += v.y * v.z;
  return v;
}
vec4 gumbel(int group, int noiseStep, int noiseRow, int key) {
  ivec4 bits = ivec4(pcg4d(uvec4(uint(group), uint(noiseStep), uint(noiseRow), uint(key))) >> 8u);
  const float unit = 5.9604644775390625e-8;
  vec4 low = exactLog((vec4(bits) + 0.5) * unit);
  vec4 rest = (vec4(0xffffff - bits) + 0.5) * unit;
  bvec4 near = lessThanEqual(rest, vec4(0.2928932188));
  vec4 f = mix(1.0 - (rest + rest), -rest, near);
  vec4 high = logReduced(f, mix(vec4(-1.0), vec4(0.0), near));
  vec4 logU = mix(high, low, lessThan(bits, ivec4(0x800000)));
  return -exactLog(-logU);
}
`;
