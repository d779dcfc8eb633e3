import type { Device } from './device';
import type { GlBuffer } from './memory';
import type { ProgramSpec } from './programs';

/** Tiles [split, k / 4, n / 4] of 4×4 sums, one row per output; the last k of a split holds the bias. */
export const LINEAR_BACKWARD_WEIGHT: ProgramSpec = {
  name: 'linearBackwardWeight',
  inputs: ['x', 'dy'],
  ints: ['N4', 'K4', 'X4', 'ROWS', 'BLOCK', 'TILES'],
  outputs: 4,
  body: `
void run(int t) {
  int split = t / TILES;
  int tile = t - split * TILES;
  int k = tile / N4;
  int col = tile - k * N4;
  int end = min((split + 1) * BLOCK, ROWS);
  out0 = vec4(0.0); out1 = vec4(0.0); out2 = vec4(0.0); out3 = vec4(0.0);
  if (k == K4) {
    for (int row = split * BLOCK; row < end; row++) out0 += dy(row * N4 + col);
    return;
  }
  for (int row = split * BLOCK; row < end; row++) {
    vec4 a = x(row * X4 + k);
    vec4 g = dy(row * N4 + col);
    out0 += a.x * g;
    out1 += a.y * g;
    out2 += a.z * g;
    out3 += a.w * g;
  }
}`,
};

export const SUM_TILES: ProgramSpec = {
  name: 'sumTiles',
  inputs: ['row0', 'row1', 'row2', 'row3'],
  ints: ['N4', 'K4', 'TILES', 'SPLITS'],
  segments: true,
  body: `
void run(int t, int segment) {
  int row = t / N4;
  int q = row & 3;
  int at = (row >> 2) * N4 + t - row * N4;
  if (segment == 1) { q = 0; at = K4 * N4 + t; }
  vec4 s = vec4(0.0);
  for (int i = 0; i < SPLITS; i++) {
    s += q == 0 ? row0(at) : q == 1 ? row1(at) : q == 2 ? row2(at) : row3(at);
    at += TILES;
  }
  out0 = s;
}`,
};

/** Fragments of the first stage that keep a GPU busy. */
const BUSY = 32768;

/**
 * dW[k, n] += x[m, k]ᵀ · dy[m, n]; db[n] += column sums of dy. The rows are cut into blocks whose sums are
 * added in a second draw. x's rows are `xStride` apart and zero beyond k.
 */
export function linearBackwardWeight(
  device: Device,
  x: GlBuffer,
  dy: GlBuffer,
  dw: GlBuffer,
  db: GlBuffer | null,
  m: number,
  k: number,
  n: number,
  xStride = k,
): void {
  if (m === 0) return;
  if (n % 4 !== 0 || xStride % 4 !== 0) throw new RangeError('widths must be multiples of 4');
  const { memory } = device;
  const [n4, k4] = [n / 4, Math.ceil(k / 4)];
  const tiles = (k4 + (db ? 1 : 0)) * n4;
  const wanted = Math.max(1, Math.min(Math.ceil(m / 32), Math.round(BUSY / tiles)));
  const block = Math.ceil(m / wanted);
  const splits = Math.ceil(m / block);
  memory.frame(() => {
    const rows = [0, 1, 2, 3].map(() => memory.temporary(4 * tiles * splits));
    const ints = [n4, k4, xStride / 4, m, block, tiles];
    device.draw(LINEAR_BACKWARD_WEIGHT, [x, dy], ints, rows, tiles * splits);
    device.accumulateSegments(SUM_TILES, rows, [n4, k4, tiles, splits], dw, db);
  });
}
