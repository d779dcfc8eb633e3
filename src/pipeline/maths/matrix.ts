import type { Matrix } from '../../engine/types';

/** A rows × cols matrix of zeros. */
export const zeros = (rows: number, cols: number): Matrix => ({
  rows,
  cols,
  data: new Float32Array(rows * cols),
});

/** Element-wise combination of equally shaped matrices. Throws a RangeError when shapes differ. */
export function zipWith(
  f: (...values: number[]) => number,
  first: Matrix,
  ...rest: readonly Matrix[]
): Matrix {
  for (const m of rest)
    if (m.rows !== first.rows || m.cols !== first.cols)
      throw new RangeError(`shapes differ: ${first.rows}×${first.cols} and ${m.rows}×${m.cols}`);
  const out = zeros(first.rows, first.cols);
  for (let i = 0; i < out.data.length; i++) out.data[i] = f(first.data[i]!, ...rest.map((m) => m.data[i]!));
  return out;
}

/** Sum over each row, length `rows`. */
export function rowSums(m: Matrix): Float64Array {
  const sums = new Float64Array(m.rows);
  for (let r = 0; r < m.rows; r++) for (let c = 0; c < m.cols; c++) sums[r]! += m.data[r * m.cols + c]!;
  return sums;
}

/** Sum of all entries, accumulated in float64. */
export const total = (m: Matrix): number => m.data.reduce((a, b) => a + b, 0);

/** Mean over the entries where mask is 1; 0 when none is. */
export function maskedMean(m: Matrix, mask: Matrix): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < m.data.length; i++)
    if (mask.data[i]! > 0) {
      sum += m.data[i]!;
      count++;
    }
  return count ? sum / count : 0;
}

/** The rows with the given indices, in that order. */
export function selectRows(m: Matrix, rows: readonly number[], cols = m.cols): Matrix {
  const out = zeros(rows.length, cols);
  rows.forEach((r, i) => out.data.set(m.data.subarray(r * m.cols, r * m.cols + cols), i * cols));
  return out;
}
