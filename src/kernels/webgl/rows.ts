import type { Device } from './device';
import type { GlBuffer } from './memory';
import type { ProgramSpec } from './programs';

export const GATHER_ROWS: ProgramSpec = {
  name: 'gatherRows',
  inputs: ['x', 'index'],
  ints: ['D4'],
  body: `
void run(int t) {
  int row = t / D4;
  out0 = x(int(index(row >> 2)[row & 3]) * D4 + t - row * D4);
}`,
};

export const SCATTER_ROWS: ProgramSpec = {
  name: 'scatterRows',
  inputs: ['dy', 'sources'],
  ints: ['D4', 'ROWS'],
  body: `
int source(int i) { return int(sources(i >> 2)[i & 3]); }
void run(int t) {
  int row = t / D4;
  int c = t - row * D4;
  int end = source(row + 1);
  vec4 s = vec4(0.0);
  for (int i = source(row); i < end; i++) s += dy(source(ROWS + 1 + i) * D4 + c);
  out0 = s;
}`,
};

/** out[rows, d] = x[index]. */
export function gatherRows(
  device: Device,
  x: GlBuffer,
  index: GlBuffer,
  out: GlBuffer,
  rows: number,
  d: number,
): void {
  device.draw(GATHER_ROWS, [x, index], [d / 4], [out], (rows * d) / 4);
}

/** out[index] += dy[rows, d]. Every row of out looks up its sources, which the host lists from the index. */
export function scatterRows(
  device: Device,
  dy: GlBuffer,
  index: GlBuffer,
  out: GlBuffer,
  rows: number,
  d: number,
): void {
  const count = out.length / d;
  const table = sourcesByRow(device.hostNumbers(index).subarray(0, rows), count);
  device.memory.frame(() => {
    const sources = device.memory.temporary(table.length);
    device.write(sources, table);
    device.accumulate(SCATTER_ROWS, [dy, sources], [d / 4, count], out, (count * d) / 4);
  });
}

/** [count + 1] first places in the list that follows, then the list of sources, ascending per row. */
function sourcesByRow(index: Float32Array, count: number): Int32Array {
  const table = new Int32Array(count + 1 + index.length);
  for (const row of index) table[row + 1]!++;
  for (let row = 0; row < count; row++) table[row + 1]! += table[row]!;
  const next = table.slice(0, count);
  index.forEach((row, i) => (table[count + 1 + next[row]!++] = i));
  return table;
}
