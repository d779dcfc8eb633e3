import { pack } from './pack';
import { tile1, tile4Transposed } from './tile';

/** Tokens per block: a panel of 8 columns (8 kB) stays in the first-level cache. */
const BLOCK = 256;

/**
 * dW[k, n] += x[m, k]ᵀ · dy[m, n]. x has row stride xRow (a multiple of 4, at least k rounded up to 4).
 * scratch: BLOCK · (n rounded up to 8 + 4) floats.
 */
export function linearBackwardWeight(
  x: usize,
  xRow: i32,
  dy: usize,
  dyRow: i32,
  dw: usize,
  m: i32,
  k: i32,
  n: i32,
  scratch: usize,
): void {
  const xBytes = (<usize>xRow) << 2;
  const outBytes = (<usize>n) << 2;
  const columns = scratch; // [block, 4] of x
  const panels = scratch + BLOCK * 16;
  for (let first = 0; first < m; first += BLOCK) {
    const block = min(BLOCK, m - first);
    const xBlock = x + <usize>first * xBytes;
    pack(dy + ((<usize>first * <usize>dyRow) << 2), (<usize>dyRow) << 2, block, n, panels);
    for (let i = 0; i < k; i += 4) {
      let s = xBlock + ((<usize>i) << 2);
      for (let t = 0; t < block; t++) {
        v128.store(columns + ((<usize>t) << 4), v128.load(s));
        s += xBytes;
      }
      let panel = panels;
      let out = dw + <usize>i * outBytes;
      for (let j = 0; j < n; j += 8) {
        if (i + 4 <= k) tile4Transposed(columns, 16, panel, block, out, outBytes, out, outBytes, j + 8 <= n);
        else
          for (let r = 0; r < k - i; r++) {
            const at = out + <usize>r * outBytes;
            tile1(columns + ((<usize>r) << 2), 16, panel, block, at, 0, at, j + 8 <= n);
          }
        panel += (<usize>block) << 5;
        out += 32;
      }
    }
  }
}
