import type { On } from './args';
import type { Device } from './device';
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
  vec4 s0 = vec4(0.0), s1 = vec4(0.0), s2 = vec4(0.0), s3 = vec4(0.0);
  int row = split * BLOCK;
  int at = row * X4 + k;
  int from = row * N4 + col;
  if (k == K4)
    for (; row < end; row++) {
      s0 += dy(from);
      from += N4;
    }
  else {
    for (; row + 1 < end; row += 2) {
      vec4 a = x(at), b = x(at + X4);
      vec4 g = dy(from), h = dy(from + N4);
      s0 += a.x * g + b.x * h;
      s1 += a.y * g + b.y * h;
      s2 += a.z * g + b.z * h;
      s3 += a.w * g + b.w * h;
      at += 2 * X4;
      from += 2 * N4;
    }
    if (row < end) {
      vec4 a = x(at);
      vec4 g = dy(from);
      s0 += a.x * g;
      s1 += a.y * g;
      s2 += a.z * g;
      s3 += a.w * g;
    }
  }
  out0 = s0; out1 = s1; out2 = s2; out3 = s3;
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
  { x, dy, dWeight, dBias, m, k, n, xStride = k }: On<'linearBackwardWeight'>,
): void {
  if (m === 0) return;
  if (n % 4 !== 0 || xStride % 4 !== 0) throw new RangeError('widths must be multiples of 4');
  const { memory } = device;
  const [n4, k4] = [n / 4, Math.ceil(k / 4)];
  const tiles = (k4 + (dBias ? 1 : 0)) * n4;
  const wanted = Math.max(1, Math.min(Math.ceil(m / 32), Math.round(BUSY / tiles)));
  const block = Math.ceil(m / wanted);
  const splits = Math.ceil(m / block);
  memory.frame(() => {
    const rows = [0, 1, 2, 3].map(() => memory.temporary(4 * tiles * splits));
    const ints = [n4, k4, xStride / 4, m, block, tiles];
    device.draw(LINEAR_BACKWARD_WEIGHT, [x, dy], ints, rows, tiles * splits);
    device.accumulateSegments(SUM_TILES, rows, [n4, k4, tiles, splits], dWeight, dBias ?? null);
  });
}
