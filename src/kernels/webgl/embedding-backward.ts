import type { On } from './args';
import type { Device } from './device';
import type { GlBuffer } from './memory';
import type { ProgramSpec } from './programs';

export const EMBEDDING_BACKWARD: ProgramSpec = {
  name: 'embeddingBackward',
  inputs: ['dx', 'tokens', 'positions'],
  ints: ['D4', 'TOKENS_LIST', 'POSITIONS_LIST'],
  segments: true,
  body: `
int token(int i) { return int(tokens(i >> 2)[i & 3]); }
int position(int i) { return int(positions(i >> 2)[i & 3]); }
void run(int t, int segment) {
  int row = t / D4;
  int c = t - row * D4;
  vec4 s = vec4(0.0);
  if (segment == 0) {
    int end = token(row + 1);
    for (int i = token(row); i < end; i++) s += dx(token(TOKENS_LIST + i) * D4 + c);
  } else {
    int end = position(row + 1);
    for (int i = position(row); i < end; i++) s += dx(position(POSITIONS_LIST + i) * D4 + c);
  }
  out0 = s;
}`,
};

/**
 * dwte[ids[n]] += dx[n], dwpe[positions[n]] += dx[n]. Every row of the tables adds up its tokens in ascending
 * order, so the sums do not depend on how the GPU schedules; the host lists the tokens of each row.
 */
export function embeddingBackward(
  device: Device,
  { dx, ids, positions, dWte, dWpe, tokens, width }: On<'embeddingBackward'>,
): void {
  const { memory } = device;
  memory.frame(() => {
    const list = (index: GlBuffer, rows: number) => {
      const table = placesOf(device.hostNumbers(index).subarray(0, tokens), rows);
      const buffer = memory.temporary(table.length);
      device.write(buffer, table);
      return buffer;
    };
    const [vocabulary, places] = [dWte.length / width, dWpe.length / width];
    const inputs = [dx, list(ids, vocabulary), list(positions, places)];
    const ints = [width / 4, vocabulary + 1, places + 1];
    device.accumulateSegments(EMBEDDING_BACKWARD, inputs, ints, dWte, dWpe);
  });
}

/** [rows + 1] where each row's part of the list that follows begins and ends; the list, ascending per row. */
function placesOf(index: Float32Array, rows: number): Int32Array {
  const table = new Int32Array(rows + 1 + index.length);
  for (const row of index) table[row + 1]!++;
  for (let row = 0; row < rows; row++) table[row + 1]! += table[row]!;
  const next = table.slice(0, rows);
  index.forEach((row, i) => (table[rows + 1 + next[row]!++] = i));
  return table;
}
