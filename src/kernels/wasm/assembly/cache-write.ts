/**
 * Copies keys and values of qkv[n, 3d] into the cache of one layer: token i goes to slot slots[i] at
 * position positions[i]. Keys are stored transposed, [slot][d][capacity], so that a decode step runs over
 * positions in SIMD lanes; values as [slot][capacity][d]. capacity is a multiple of 8.
 */
export function cacheWrite(
  qkv: usize,
  slots: usize,
  positions: usize,
  keys: usize,
  values: usize,
  n: i32,
  d: i32,
  capacity: i32,
): void {
  const bytes = (<usize>d) << 2;
  const slotBytes = bytes * <usize>capacity;
  for (let i = 0; i < n; i++) {
    const slot = <usize>load<i32>(slots + ((<usize>i) << 2)) * slotBytes;
    const position = <usize>load<i32>(positions + ((<usize>i) << 2));
    memory.copy(values + slot + position * bytes, qkv + 2 * bytes, bytes);
    let k = keys + slot + (position << 2);
    const source = qkv + bytes;
    for (let c: usize = 0; c < bytes; c += 4) {
      store<f32>(k, load<f32>(source + c));
      k += (<usize>capacity) << 2;
    }
    qkv += 3 * bytes;
  }
}
