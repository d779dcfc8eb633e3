/** out[r] = x[index[r]] for rows of d floats. */
export function gatherRows(x: usize, index: usize, out: usize, rows: i32, d: i32): void {
  const bytes = (<usize>d) << 2;
  for (let r = 0; r < rows; r++)
    memory.copy(out + <usize>r * bytes, x + <usize>load<i32>(index + ((<usize>r) << 2)) * bytes, bytes);
}

/** out[index[r]] += dy[r] for rows of d floats. */
export function scatterRows(dy: usize, index: usize, out: usize, rows: i32, d: i32): void {
  const bytes = (<usize>d) << 2;
  for (let r = 0; r < rows; r++) {
    const o = out + <usize>load<i32>(index + ((<usize>r) << 2)) * bytes;
    for (let c: usize = 0; c < bytes; c += 16)
      v128.store(o + c, f32x4.add(v128.load(o + c), v128.load(dy + c)));
    dy += bytes;
  }
}
