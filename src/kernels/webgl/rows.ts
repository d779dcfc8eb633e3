import type { On } from './args';
import type { Device } from './device';
import type { ProgramSpec } from './programs';
import { rowProgram, type RowSource } from './row-source';

export const GATHERED_ROWS: RowSource = {
  name: 'gatherRows',
  inputs: ['x', 'index'],
  ints: [],
  body: `
vec4 value(int row, int c) { return x(int(index(row >> 2)[row & 3]) * D4 + c); }`,
};

export const GATHER_ROWS = rowProgram(GATHERED_ROWS);

export const SCATTER_ROWS: ProgramSpec = {
  name: 'scatterRows',
  inputs: ['dy', 'sources'],
  ints: ['D4'],
  body: `
void run(int t) {
  int row = t / D4;
  int source = int(sources(row >> 2)[row & 3]);
  out0 = source < 0 ? vec4(0.0) : dy(source * D4 + t - row * D4);
}`,
};

/** out[rows, d] = x[index]. */
export function gatherRows(device: Device, { x, index, out, rows, width }: On<'gatherRows'>): void {
  const inputs = [x, index];
  const draw = () => device.draw(GATHER_ROWS, inputs, [width / 4], [out], (rows * width) / 4);
  device.putOff({ draw, rows: { source: GATHERED_ROWS, inputs, ints: [], out, width } });
}

/**
 * out[index] += dy[rows, d]; no index occurs twice. Every row of out looks up its source, which the host
 * finds from the index.
 */
export function scatterRows(device: Device, { dy, index, out, rows, width }: On<'scatterRows'>): void {
  const count = out.length / width;
  const table = new Int32Array(count).fill(-1);
  device.hostNumbers(index).forEach((row, i) => i < rows && (table[row] = i));
  device.memory.frame(() => {
    const sources = device.memory.temporary(count);
    device.write(sources, table);
    device.accumulate(SCATTER_ROWS, [dy, sources], [width / 4], out, (count * width) / 4);
  });
}
