import type { ProgramSpec } from './programs';

/** GLSL of a row-wise result as `value(row, column)`; the int D4 is the width of its rows in texels. */
export interface RowSource {
  name: string;
  inputs: readonly string[];
  ints: readonly string[];
  body: string;
}

/** The program that writes the rows down. */
export const rowProgram = ({ name, inputs, ints, body }: RowSource): ProgramSpec => ({
  name,
  inputs,
  ints: ['D4', ...ints],
  body: `${body}
void run(int t) {
  int row = t / D4;
  out0 = value(row, t - row * D4);
}`,
});

/** Reads a product of rows of D4 texels, given by texel, from its tiles: their rows are inputs row0 … row3. */
export const tiled = (name: string): string => `
vec4 ${name}(int i) {
  int row = i / D4;
  int at = (row >> 2) * D4 + i - row * D4;
  int q = row & 3;
  return q == 0 ? row0(at) : q == 1 ? row1(at) : q == 2 ? row2(at) : row3(at);
}`;

export const TILE_ROWS = ['row0', 'row1', 'row2', 'row3'];
