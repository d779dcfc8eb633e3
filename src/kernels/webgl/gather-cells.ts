import type { On } from './args';
import type { Device } from './device';
import { texels } from './memory';
import type { ProgramSpec } from './programs';

export const GATHER_CELLS: ProgramSpec = {
  name: 'gatherCells',
  inputs: ['x', 'index'],
  body: `
void run(int t) {
  vec4 from = index(t);
  vec4 found = vec4(0.0);
  for (int q = 0; q < 4; q++) {
    int i = int(from[q]);
    if (i >= 0) found[q] = x(i >> 2)[i & 3];
  }
  out0 = found;
}`,
};

/** out[i] = x[index[i]], 0 where the index is negative. */
export function gatherCells(device: Device, { x, index, out, cells }: On<'gatherCells'>): void {
  device.draw(GATHER_CELLS, [x, index], [], [out], texels(cells));
}
