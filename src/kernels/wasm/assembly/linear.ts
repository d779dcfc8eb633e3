import { tile1, tile4 } from './tile';

/**
 * out[m, n] = x[m, k] · w[k, n] (+ bias[n]) (+ residual[m, n]); w packed in panels, n a multiple of 4.
 * Row strides of x and out in floats; residual has out's stride. bias is read in panels of 8.
 */
export function linear(
  x: usize,
  xRow: i32,
  panels: usize,
  bias: usize,
  residual: usize,
  out: usize,
  outRow: i32,
  m: i32,
  k: i32,
  n: i32,
): void {
  const xBytes = (<usize>xRow) << 2;
  const outBytes = (<usize>outRow) << 2;
  const panelBytes = (<usize>k) << 5;
  let i = 0;
  for (; i + 4 <= m; i += 4) {
    let panel = panels;
    for (let j = 0; j < n; j += 8) {
      const at = (<usize>j) << 2;
      tile4(
        x,
        xBytes,
        panel,
        k,
        out + at,
        outBytes,
        bias ? bias + at : 0,
        residual ? residual + at : 0,
        outBytes,
        j + 8 <= n,
      );
      panel += panelBytes;
    }
    x += xBytes << 2;
    out += outBytes << 2;
    if (residual) residual += outBytes << 2;
  }
  for (; i < m; i++) {
    let panel = panels;
    for (let j = 0; j < n; j += 8) {
      const at = (<usize>j) << 2;
      tile1(x, 4, panel, k, out + at, bias ? bias + at : 0, residual ? residual + at : 0, j + 8 <= n);
      panel += panelBytes;
    }
    x += xBytes;
    out += outBytes;
    if (residual) residual += outBytes;
  }
}
