/** db[n] += column sums of dy[m, n]; n a multiple of 4. */
export function linearBackwardBias(dy: usize, dyRow: i32, db: usize, m: i32, n: i32): void {
  const row = (<usize>dyRow) << 2;
  for (let j = 0; j < n; j += 4) {
    let s = dy + ((<usize>j) << 2);
    let sum = f32x4.splat(0);
    for (let i = 0; i < m; i++) {
      sum = f32x4.add(sum, v128.load(s));
      s += row;
    }
    const at = db + ((<usize>j) << 2);
    v128.store(at, f32x4.add(v128.load(at), sum));
  }
}
