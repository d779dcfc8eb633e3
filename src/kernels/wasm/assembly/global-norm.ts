/** out[0] = √Σ x², summed in float64; length a multiple of 4. */
export function globalNorm(x: usize, out: usize, length: i32): void {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  const bytes = (<usize>length) << 2;
  for (let i: usize = 0; i < bytes; i += 16) {
    const v = v128.load(x + i);
    const a = f64x2.promote_low_f32x4(v);
    const b = f64x2.promote_low_f32x4(
      i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7),
    );
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
  }
  const sum = f64x2.add(low, high);
  store<f32>(out, <f32>sqrt<f64>(f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)));
}
