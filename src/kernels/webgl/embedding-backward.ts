import type { Device } from './device';
import type { GlBuffer } from './memory';
import type { ProgramSpec } from './programs';

export const EMBEDDING_BACKWARD: ProgramSpec = {
  name: 'embeddingBackward',
  inputs: ['dx', 'ids', 'positions'],
  ints: ['D4', 'N'],
  segments: true,
  body: `
vec4 sumRows(int row, int c, ivec4 at, int i) {
  vec4 s = vec4(0.0);
  for (int q = 0; q < 4; q++)
    if (at[q] == row && i + q < N) s += dx((i + q) * D4 + c);
  return s;
}
void run(int t, int segment) {
  int row = t / D4;
  int c = t - row * D4;
  vec4 s = vec4(0.0);
  for (int i = 0; i < N; i += 4) {
    ivec4 at = ivec4(segment == 0 ? ids(i >> 2) : positions(i >> 2));
    if (any(equal(at, ivec4(row)))) s += sumRows(row, c, at, i);
  }
  out0 = s;
}`,
};

/**
 * dwte[ids[n]] += dx[n], dwpe[positions[n]] += dx[n]. Every row of the tables looks for its tokens in
 * ascending order, so the sums do not depend on how the GPU schedules.
 */
export function embeddingBackward(
  device: Device,
  dx: GlBuffer,
  ids: GlBuffer,
  positions: GlBuffer,
  dwte: GlBuffer,
  dwpe: GlBuffer,
  n: number,
  d: number,
): void {
  device.accumulateSegments(EMBEDDING_BACKWARD, [dx, ids, positions], [d / 4, n], dwte, dwpe);
}
