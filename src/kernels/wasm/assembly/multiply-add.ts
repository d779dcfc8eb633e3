/** a·b + c in four lanes: one fused instruction in the relaxed build (RELAXED is set by the build script). */
// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  // @ts-ignore: RELAXED is an integer constant given to the compiler with --use
  if (RELAXED) return v128.relaxed_madd<f32>(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}
