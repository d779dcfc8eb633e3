import { TILE_ROWS, type RowSource } from './row-source';

/** A matrix product that is still in tiles, with bias and residual. */
export const PRODUCT_ROWS: RowSource = {
  name: 'product',
  inputs: [...TILE_ROWS, 'bias', 'residual'],
  ints: ['HAS_BIAS', 'RESIDUAL4'],
  body: `
vec4 value(int row, int col) {
  int at = (row >> 2) * D4 + col;
  int q = row & 3;
  vec4 s = q == 0 ? row0(at) : q == 1 ? row1(at) : q == 2 ? row2(at) : row3(at);
  if (HAS_BIAS == 1) s += bias(col);
  if (RESIDUAL4 > 0) s += residual(row * RESIDUAL4 + col);
  return s;
}`,
};
