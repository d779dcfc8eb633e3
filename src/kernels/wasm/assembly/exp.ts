import { multiplyAdd } from './multiply-add';

/**
 * Constants of exp4. They are loaded from memory: that is one cheap instruction, while engines build a
 * vector constant in registers from scratch in every round of a loop.
 */
const EXP: usize = memory.data<f32>([
  -87.0, 88.0,
  1.44269504088896341, // 1 / ln 2
  12582912.0, // 1.5 · 2²³: adding it rounds to an integer, kept in the low bits as two's complement
  -0.693359375, 2.12194440e-4, // −ln 2 in two parts
  1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
  1.0,
]);

/**
 * exp in four lanes, relative error below 2e-7 on [-87, 88]; arguments are clamped to that range.
 * Cephes expf (Moshier): x = n·ln 2 + r, polynomial of degree 5 in r.
 */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  // in this argument order pmin and pmax let NaN through
  x = f32x4.pmin(f32x4.pmax(x, v128.load32_splat(EXP)), v128.load32_splat(EXP, 4));
  const rounded = multiplyAdd(x, v128.load32_splat(EXP, 8), v128.load32_splat(EXP, 12));
  const n = f32x4.sub(rounded, v128.load32_splat(EXP, 12));
  let r = multiplyAdd(n, v128.load32_splat(EXP, 16), x);
  r = multiplyAdd(n, v128.load32_splat(EXP, 20), r);
  let p = multiplyAdd(v128.load32_splat(EXP, 24), r, v128.load32_splat(EXP, 28));
  p = multiplyAdd(p, r, v128.load32_splat(EXP, 32));
  p = multiplyAdd(p, r, v128.load32_splat(EXP, 36));
  p = multiplyAdd(p, r, v128.load32_splat(EXP, 40));
  p = multiplyAdd(p, r, v128.load32_splat(EXP, 44));
  p = f32x4.add(multiplyAdd(p, f32x4.mul(r, r), r), v128.load32_splat(EXP, 48));
  // n + 127 goes to the exponent bits; the rest of `rounded` is shifted out
  return f32x4.mul(p, i32x4.add(i32x4.shl(rounded, 23), v128.load32_splat(EXP, 48)));
}
