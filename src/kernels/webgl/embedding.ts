import type { Device } from './device';
import type { GlBuffer } from './memory';
import type { ProgramSpec } from './programs';

export const EMBEDDING: ProgramSpec = {
  name: 'embedding',
  inputs: ['wte', 'wpe', 'ids', 'positions'],
  ints: ['D4'],
  body: `
void run(int t) {
  int row = t / D4;
  int c = t - row * D4;
  int id = int(ids(row >> 2)[row & 3]);
  int position = int(positions(row >> 2)[row & 3]);
  out0 = wte(id * D4 + c) + wpe(position * D4 + c);
}`,
};

/** out[n, d] = wte[ids[n]] + wpe[positions[n]]. */
export function embedding(
  device: Device,
  wte: GlBuffer,
  wpe: GlBuffer,
  ids: GlBuffer,
  positions: GlBuffer,
  out: GlBuffer,
  n: number,
  d: number,
): void {
  device.draw(EMBEDDING, [wte, wpe, ids, positions], [d / 4], [out], (n * d) / 4);
}
