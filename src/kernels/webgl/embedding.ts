import type { On } from './args';
import type { Device } from './device';
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
  { wte, wpe, ids, positions, out, tokens, width }: On<'embedding'>,
): void {
  device.draw(EMBEDDING, [wte, wpe, ids, positions], [width / 4], [out], (tokens * width) / 4);
}
