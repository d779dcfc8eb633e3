import { sumLanes } from './lanes';

/** out[r] = x[r, d] · weight[d] + bias[1]. */
export function scalarHead(x: usize, weight: usize, bias: usize, out: usize, rows: i32, d: i32): void {
  const row = (<usize>d) << 2;
  for (let r = 0; r < rows; r++) {
    let sum = f32x4.splat(0);
    for (let c: usize = 0; c < row; c += 16)
      sum = f32x4.add(sum, f32x4.mul(v128.load(x + c), v128.load(weight + c)));
    store<f32>(out + ((<usize>r) << 2), sumLanes(sum) + load<f32>(bias));
    x += row;
  }
}
