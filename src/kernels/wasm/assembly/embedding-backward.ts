/** dwte[ids[n]] += dx[n], dwpe[positions[n]] += dx[n]. */
export function embeddingBackward(
  dx: usize,
  ids: usize,
  positions: usize,
  dwte: usize,
  dwpe: usize,
  n: i32,
  d: i32,
): void {
  const row = (<usize>d) << 2;
  for (let i = 0; i < n; i++) {
    const token = dwte + <usize>load<i32>(ids + ((<usize>i) << 2)) * row;
    const position = dwpe + <usize>load<i32>(positions + ((<usize>i) << 2)) * row;
    for (let c: usize = 0; c < row; c += 16) {
      const g = v128.load(dx + c);
      v128.store(token + c, f32x4.add(v128.load(token + c), g));
      v128.store(position + c, f32x4.add(v128.load(position + c), g));
    }
    dx += row;
  }
}
