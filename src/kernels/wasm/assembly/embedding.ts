/** out[n, d] = wte[ids[n]] + wpe[positions[n]]. */
export function embedding(
  wte: usize,
  wpe: usize,
  ids: usize,
  positions: usize,
  out: usize,
  n: i32,
  d: i32,
): void {
  const row = (<usize>d) << 2;
  for (let i = 0; i < n; i++) {
    const token = wte + <usize>load<i32>(ids + ((<usize>i) << 2)) * row;
    const position = wpe + <usize>load<i32>(positions + ((<usize>i) << 2)) * row;
    for (let c: usize = 0; c < row; c += 16)
      v128.store(out + c, f32x4.add(v128.load(token + c), v128.load(position + c)));
    out += row;
  }
}
