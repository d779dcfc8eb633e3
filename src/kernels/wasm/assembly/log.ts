import { multiplyAdd } from './multiply-add';

/** Constants of log4, loaded from memory for the reason given in exp.ts. */
const LOG: usize = memory.data<f32>([
  7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
  -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
  -2.12194440e-4, 0.693359375, // ln 2 in two parts
  -0.5, 1.0,
  0.70710678118, // its bits separate mantissas below and above √½
]);

/** log(1 + f) + e·ln 2 for f in (√½ − 1, √2 − 1); Cephes logf (Moshier). */
// @ts-ignore: decorator
@inline
export function logReduced4(f: v128, e: v128): v128 {
  const z = f32x4.mul(f, f);
  let p = multiplyAdd(v128.load32_splat(LOG), f, v128.load32_splat(LOG, 4));
  p = multiplyAdd(p, f, v128.load32_splat(LOG, 8));
  p = multiplyAdd(p, f, v128.load32_splat(LOG, 12));
  p = multiplyAdd(p, f, v128.load32_splat(LOG, 16));
  p = multiplyAdd(p, f, v128.load32_splat(LOG, 20));
  p = multiplyAdd(p, f, v128.load32_splat(LOG, 24));
  p = multiplyAdd(p, f, v128.load32_splat(LOG, 28));
  p = multiplyAdd(p, f, v128.load32_splat(LOG, 32));
  let y = f32x4.mul(f32x4.mul(p, f), z);
  y = multiplyAdd(e, v128.load32_splat(LOG, 36), y);
  y = multiplyAdd(z, v128.load32_splat(LOG, 44), y);
  return multiplyAdd(e, v128.load32_splat(LOG, 40), f32x4.add(f, y));
}

/** Natural logarithm in four lanes of positive normal numbers; relative error below 3e-7. */
// @ts-ignore: decorator
@inline
export function log4(x: v128): v128 {
  // x = m·2^e with m in [√½, √2)
  const e = i32x4.shr_s(i32x4.sub(x, v128.load32_splat(LOG, 52)), 23);
  const m = i32x4.sub(x, i32x4.shl(e, 23));
  return logReduced4(f32x4.sub(m, v128.load32_splat(LOG, 48)), f32x4.convert_i32x4_s(e));
}
