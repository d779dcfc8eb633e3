/** dx[r] += dOut[r] · weight, dWeight += Σ dOut[r] · x[r], dBias += Σ dOut[r]. */
export function scalarHeadBackward(
  dOut: usize,
  x: usize,
  weight: usize,
  dx: usize,
  dWeight: usize,
  dBias: usize,
  rows: i32,
  d: i32,
): void {
  const row = (<usize>d) << 2;
  let sum: f32 = 0;
  for (let r = 0; r < rows; r++) {
    const value = load<f32>(dOut + ((<usize>r) << 2));
    const g = f32x4.splat(value);
    sum += value;
    for (let c: usize = 0; c < row; c += 16) {
      v128.store(dx + c, f32x4.add(v128.load(dx + c), f32x4.mul(g, v128.load(weight + c))));
      v128.store(dWeight + c, f32x4.add(v128.load(dWeight + c), f32x4.mul(g, v128.load(x + c))));
    }
    dx += row;
    x += row;
  }
  store<f32>(dBias, load<f32>(dBias) + sum);
}
