import { pack } from './pack';
import { tile1, tile4Transposed } from './tile';

/** Tokens per block: a panel of 8 columns (8 kB) stays in the first-level cache. */
const BLOCK = 256;

/** db[8] += column sums of a panel[rows, 8]; the upper half only if `wide`. */
// @ts-ignore: decorator
@inline
function addColumns(panel: usize, rows: i32, db: usize, wide: bool): void {
  let low = v128.load(db);
  let high = wide ? v128.load(db, 16) : f32x4.splat(0);
  for (let t = 0; t < rows; t++) {
    low = f32x4.add(low, v128.load(panel));
    high = f32x4.add(high, v128.load(panel, 16));
    panel += 32;
  }
  v128.store(db, low);
  if (wide) v128.store(db, high, 16);
}

/**
 * dW[k, n] += x[m, k]ᵀ · dy[m, n]; db[n] += column sums of dy (unless db is null).
 * x has row stride xRow, at least k rounded up to 4; dy and dW have yRow (0: n), so that n may be some of
 * their columns. scratch: BLOCK · (n rounded up to 8 + 4) floats.
 */
export function linearBackwardWeight(
  x: usize, xRow: i32, dy: usize, dw: usize, db: usize, m: i32, k: i32, n: i32, scratch: usize, yRow: i32,
): void {
  const xBytes = <usize>xRow << 2;
  const outBytes = <usize>(yRow ? yRow : n) << 2;
  const columns = scratch; // [block, 4] of x
  const panels = scratch + BLOCK * 16;
  for (let first = 0; first < m; first += BLOCK) {
    const block = min(BLOCK, m - first);
    const panelBytes = <usize>block << 5;
    const xBlock = x + <usize>first * xBytes;
    pack(dy + <usize>first * outBytes, outBytes, block, n, panels);
    if (db) {
      let panel = panels;
      for (let j = 0; j < n; j += 8) {
        addColumns(panel, block, db + (<usize>j << 2), j + 8 <= n);
        panel += panelBytes;
      }
    }
    for (let i = 0; i < k; i += 4) {
      let s = xBlock + (<usize>i << 2);
      for (let t = 0; t < block; t++) {
        v128.store(columns + (<usize>t << 4), v128.load(s));
        s += xBytes;
      }
      let panel = panels;
      let out = dw + <usize>i * outBytes;
      for (let j = 0; j < n; j += 8) {
        if (i + 4 <= k) tile4Transposed(columns, 16, panel, block, out, outBytes, out, outBytes, j + 8 <= n);
        else
          for (let r = 0; r < k - i; r++) {
            const at = out + <usize>r * outBytes;
            tile1(columns + (<usize>r << 2), 16, panel, block, at, 0, at, j + 8 <= n);
          }
        panel += panelBytes;
        out += 32;
      }
    }
  }
}
