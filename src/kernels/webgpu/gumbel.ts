/**
 * The noise field of src/random/noise.ts in WGSL (pcg4d, Jarzynski & Olano 2020). WGSL's own log is only
 * good to 2⁻²¹, so this is Cephes logf (Moshier), the same arithmetic as in the WASM kernels.
 */
export const GUMBEL = /* wgsl */ `
fn pcg4d(seed: vec4u) -> vec4u {
  var v = seed * 1664525u + 1013904223u;
  v.x += v.y * v.w;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v.w += v.y * v.z;
  v ^= v >> vec4u(16u);
  v.x += v.y * v.w;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v.w += v.y * v.z;
  return v;
}

// log(1 + f) + e · ln 2 for f in (√½ − 1, √2 − 1)
fn logReduced(f: vec4f, e: vec4f) -> vec4f {
  let z = f * f;
  var p = 7.0376836292e-2 * f - 1.1514610310e-1;
  p = p * f + 1.1676998740e-1;
  p = p * f - 1.2420140846e-1;
  p = p * f + 1.4249322787e-1;
  p = p * f - 1.6668057665e-1;
  p = p * f + 2.0000714765e-1;
  p = p * f - 2.4999993993e-1;
  p = p * f + 3.3333331174e-1;
  return 0.693359375 * e + (f + (-0.5 * z + (-2.12194440e-4 * e + p * f * z)));
}

// natural logarithm of positive normal numbers
fn logExact(x: vec4f) -> vec4f {
  let bits = bitcast<vec4i>(x);
  let e = (bits - vec4i(0x3f3504f3)) >> vec4u(23u); // x = m · 2^e with m in [√½, √2)
  return logReduced(bitcast<vec4f>(bits - (e << vec4u(23u))) - 1.0, vec4f(e));
}

// Gumbel noise of columns 4 · quad … 4 · quad + 3: −log(−log u), u = (bits + ½) / 2²⁴.
// bits + ½ needs 25 bits from ½ on, so the upper half works with 1 − u, which is exact in float32.
fn gumbel(quad: u32, step: u32, row: u32, key: u32) -> vec4f {
  let bits = pcg4d(vec4u(quad, step, row, key)) >> vec4u(8u);
  let low = logExact((vec4f(bits) + 0.5) * 5.9604644775390625e-8);
  let rest = (vec4f(vec4u(0xffffffu) - bits) + 0.5) * 5.9604644775390625e-8;
  // log u = log(1 − rest), or with u below √½: log(1 + (1 − 2 · rest)) − log 2
  let near = rest <= vec4f(0.2928932188);
  let high = logReduced(select(1.0 - (rest + rest), -rest, near), select(vec4f(-1.0), vec4f(0.0), near));
  return -logExact(-select(high, low, bits < vec4u(0x800000u)));
}
`;
