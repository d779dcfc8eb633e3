/**
 * Right operands of matrix products are stored in panels of 8 columns: panel p holds b[k, 8p .. 8p+8)
 * row by row, missing columns as zeros. Strides are in bytes.
 */

/** Packs b[k, n] (n a multiple of 4). */
export function pack(source: usize, row: usize, k: i32, n: i32, panels: usize): void {
  for (let j = 0; j < n; j += 8) {
    const wide = j + 8 <= n;
    let s = source + ((<usize>j) << 2);
    for (let i = 0; i < k; i++) {
      v128.store(panels, v128.load(s));
      v128.store(panels, wide ? v128.load(s, 16) : f32x4.splat(0), 16);
      s += row;
      panels += 32;
    }
  }
}

/** Packs the transpose of source[n, k] as b[k, n]. */
export function packTransposed(source: usize, row: usize, k: i32, n: i32, panels: usize): void {
  for (let j = 0; j < n; j += 8) {
    const columns = min(8, n - j);
    if (columns < 8) memory.fill(panels, 0, (<usize>k) << 5);
    for (let c = 0; c < columns; c++) {
      const s = source + <usize>(j + c) * row;
      const p = panels + ((<usize>c) << 2);
      for (let i = 0; i < k; i++) f32.store(p + ((<usize>i) << 5), f32.load(s + ((<usize>i) << 2)));
    }
    panels += (<usize>k) << 5;
  }
}
