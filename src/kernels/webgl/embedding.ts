import type { On } from './args';
import type { Device } from './device';
import { rowProgram, type RowSource } from './row-source';

export const EMBEDDED_ROWS: RowSource = {
  name: 'embedding',
  inputs: ['wte', 'wpe', 'ids', 'positions'],
  ints: [],
  body: `
vec4 value(int row, int c) {
  int id = int(ids(row >> 2)[row & 3]);
  int position = int(positions(row >> 2)[row & 3]);
  return wte(id * D4 + c) + wpe(position * D4 + c);
}`,
};

export const EMBEDDING = rowProgram(EMBEDDED_ROWS);

/** out[n, d] = wte[ids[n]] + wpe[positions[n]]. */
export function embedding(
  device: Device,
  { wte, wpe, ids, positions, out, tokens, width }: On<'embedding'>,
): void {
  const inputs = [wte, wpe, ids, positions];
  const draw = () => device.draw(EMBEDDING, inputs, [width / 4], [out], (tokens * width) / 4);
  device.putOff({ draw, rows: { source: EMBEDDED_ROWS, inputs, ints: [], out, width } });
}
