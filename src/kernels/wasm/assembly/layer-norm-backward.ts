import { sumLanes } from './lanes';

/**
 * dx[n, d] = rstd · (g − mean(g) − x̂ · mean(g ∘ x̂)) (+ residual), g = dy ∘ weight, x̂ = (x − mean) · rstd;
 * dWeight += Σ dy ∘ x̂, dBias += Σ dy, unless dWeight is null. dx may be residual.
 */
export function layerNormBackward(
  dy: usize,
  x: usize,
  stats: usize,
  weight: usize,
  residual: usize,
  dx: usize,
  dWeight: usize,
  dBias: usize,
  n: i32,
  d: i32,
): void {
  const row = (<usize>d) << 2;
  const scale: f32 = <f32>1 / <f32>d;
  for (let i = 0; i < n; i++) {
    const means = v128.load32_splat(stats);
    const rstds = v128.load32_splat(stats, 4);
    let sum = f32x4.splat(0);
    let dot = f32x4.splat(0);
    for (let c: usize = 0; c < row; c += 16) {
      const dyc = v128.load(dy + c);
      const normal = f32x4.mul(f32x4.sub(v128.load(x + c), means), rstds);
      const g = f32x4.mul(dyc, v128.load(weight + c));
      sum = f32x4.add(sum, g);
      dot = f32x4.add(dot, f32x4.mul(g, normal));
      if (dWeight) {
        v128.store(dBias + c, f32x4.add(v128.load(dBias + c), dyc));
        v128.store(dWeight + c, f32x4.add(v128.load(dWeight + c), f32x4.mul(dyc, normal)));
      }
    }
    const meanG = f32x4.splat(sumLanes(sum) * scale);
    const meanDot = f32x4.splat(sumLanes(dot) * scale);
    for (let c: usize = 0; c < row; c += 16) {
      const normal = f32x4.mul(f32x4.sub(v128.load(x + c), means), rstds);
      const g = f32x4.mul(v128.load(dy + c), v128.load(weight + c));
      let r = f32x4.mul(f32x4.sub(f32x4.sub(g, meanG), f32x4.mul(normal, meanDot)), rstds);
      if (residual) r = f32x4.add(r, v128.load(residual + c));
      v128.store(dx + c, r);
    }
    dy += row;
    x += row;
    dx += row;
    if (residual) residual += row;
    stats += 8;
  }
}

/**
 * The sums of `layerNormBackward` alone, for `columns` of the d columns of dy and x: dWeight[columns] +=,
 * dBias[columns] +=. All pointers but that of stats point at the first of these columns.
 */
export function layerNormBackwardWeight(
  dy: usize,
  x: usize,
  stats: usize,
  dWeight: usize,
  dBias: usize,
  n: i32,
  d: i32,
  columns: i32,
): void {
  const row = (<usize>d) << 2;
  const bytes = (<usize>columns) << 2;
  for (let i = 0; i < n; i++) {
    const means = v128.load32_splat(stats);
    const rstds = v128.load32_splat(stats, 4);
    for (let c: usize = 0; c < bytes; c += 16) {
      const dyc = v128.load(dy + c);
      const normal = f32x4.mul(f32x4.sub(v128.load(x + c), means), rstds);
      v128.store(dBias + c, f32x4.add(v128.load(dBias + c), dyc));
      v128.store(dWeight + c, f32x4.add(v128.load(dWeight + c), f32x4.mul(dyc, normal)));
    }
    dy += row;
    x += row;
    stats += 8;
  }
}
