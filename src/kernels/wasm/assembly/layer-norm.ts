import { sumLanes } from './lanes';

const EPSILON: f32 = 1e-5;

/** out[n, d] = (x − mean) · rstd · weight + bias; stats[n, 2] = (mean, rstd). Ba et al. 2016. */
export function layerNorm(
  x: usize,
  weight: usize,
  bias: usize,
  out: usize,
  stats: usize,
  n: i32,
  d: i32,
): void {
  const row = (<usize>d) << 2;
  const scale: f32 = <f32>1 / <f32>d;
  for (let i = 0; i < n; i++) {
    let sum = f32x4.splat(0);
    for (let c: usize = 0; c < row; c += 16) sum = f32x4.add(sum, v128.load(x + c));
    const mean = sumLanes(sum) * scale;
    const means = f32x4.splat(mean);
    let squares = f32x4.splat(0);
    for (let c: usize = 0; c < row; c += 16) {
      const centred = f32x4.sub(v128.load(x + c), means);
      squares = f32x4.add(squares, f32x4.mul(centred, centred));
    }
    const rstd = <f32>1 / sqrt<f32>(sumLanes(squares) * scale + EPSILON);
    const rstds = f32x4.splat(rstd);
    for (let c: usize = 0; c < row; c += 16) {
      const normal = f32x4.mul(f32x4.sub(v128.load(x + c), means), rstds);
      v128.store(out + c, f32x4.add(f32x4.mul(normal, v128.load(weight + c)), v128.load(bias + c)));
    }
    store<f32>(stats, mean);
    store<f32>(stats, rstd, 4);
    x += row;
    out += row;
    stats += 8;
  }
}
