import { roundUp4, type PackedMatrix } from '../kernels';
import type { Device } from './device';
import type { GlBuffer } from './memory';
import type { ProgramSpec } from './programs';

/** The matrix itself, read as w[k, n] or, if `transposed`, as the rows of w[n, k]. Nothing is copied. */
export interface GlMatrix extends PackedMatrix {
  readonly buffer: GlBuffer;
  readonly transposed: boolean;
}

export function packMatrix(buffer: GlBuffer, rows: number, cols: number, transposed: boolean): GlMatrix {
  if (cols % 4 !== 0) throw new RangeError(`a matrix of ${cols} columns; needed is a multiple of 4`);
  return transposed ? { k: cols, n: rows, buffer, transposed } : { k: rows, n: cols, buffer, transposed };
}

/** Fewer output rows than this are computed one texel at a time: a decode step has too few tiles. */
const TILE_ROWS = 128;

const INTS = ['N4', 'K', 'N', 'X4'];

/** step(i): adds to the sums what k = 4i … 4i + 3 contribute. `a` holds x's four numbers there. */
const PLAIN = `
vec4 w4(int i, int q, int col) { return w((4 * i + q) * N4 + col); }
vec4 masked(vec4 a, int i) {
  int rest = K - 4 * i;
  return rest >= 4 ? a : a * vec4(1, rest > 1, rest > 2, 0);
}`;

export const LINEAR: ProgramSpec = {
  name: 'linear',
  inputs: ['x', 'w', 'bias', 'residual'],
  ints: [...INTS, 'HAS_BIAS', 'HAS_RESIDUAL'],
  body: `${PLAIN}
void run(int t) {
  int row = t / N4;
  int col = t - row * N4;
  vec4 s = vec4(0.0);
  for (int i = 0; 4 * i < K; i++) {
    vec4 a = masked(x(row * X4 + i), i);
    s += a.x * w4(i, 0, col) + a.y * w4(i, 1, col) + a.z * w4(i, 2, col) + a.w * w4(i, 3, col);
  }
  if (HAS_BIAS == 1) s += bias(col);
  if (HAS_RESIDUAL == 1) s += residual(t);
  out0 = s;
}`,
};

export const LINEAR_TRANSPOSED: ProgramSpec = {
  name: 'linearTransposed',
  inputs: ['x', 'w', 'bias', 'residual'],
  ints: [...INTS, 'HAS_BIAS', 'HAS_RESIDUAL'],
  body: `
void run(int t) {
  int row = t / N4;
  int col = t - row * N4;
  int k4 = K / 4;
  int w0 = 4 * col * k4;
  vec4 s = vec4(0.0);
  for (int i = 0; i < k4; i++) {
    vec4 a = x(row * X4 + i);
    int j = w0 + i;
    s += vec4(dot(a, w(j)), dot(a, w(j + k4)), dot(a, w(j + 2 * k4)), dot(a, w(j + 3 * k4)));
  }
  if (4 * col + 4 > N) s *= vec4(1, 4 * col + 1 < N, 4 * col + 2 < N, 0);
  if (HAS_BIAS == 1) s += bias(col);
  if (HAS_RESIDUAL == 1) s += residual(t);
  out0 = s;
}`,
};

/** Four rows times four columns per fragment, one row per output: eight reads for 64 products. */
export const LINEAR_TILE: ProgramSpec = {
  name: 'linearTile',
  inputs: ['x', 'w'],
  ints: INTS,
  outputs: 4,
  body: `${PLAIN}
void run(int t) {
  int tile = t / N4;
  int col = t - tile * N4;
  int at = 4 * tile * X4;
  out0 = vec4(0.0); out1 = vec4(0.0); out2 = vec4(0.0); out3 = vec4(0.0);
  for (int i = 0; 4 * i < K; i++) {
    vec4 w0 = w4(i, 0, col), w1 = w4(i, 1, col), w2 = w4(i, 2, col), w3 = w4(i, 3, col);
    vec4 a = masked(x(at + i), i);
    vec4 b = masked(x(at + X4 + i), i);
    vec4 c = masked(x(at + 2 * X4 + i), i);
    vec4 d = masked(x(at + 3 * X4 + i), i);
    out0 += a.x * w0 + a.y * w1 + a.z * w2 + a.w * w3;
    out1 += b.x * w0 + b.y * w1 + b.z * w2 + b.w * w3;
    out2 += c.x * w0 + c.y * w1 + c.z * w2 + c.w * w3;
    out3 += d.x * w0 + d.y * w1 + d.z * w2 + d.w * w3;
  }
}`,
};

export const LINEAR_TILE_TRANSPOSED: ProgramSpec = {
  name: 'linearTileTransposed',
  inputs: ['x', 'w'],
  ints: INTS,
  outputs: 4,
  body: `
vec4 times(vec4 a, vec4 w0, vec4 w1, vec4 w2, vec4 w3) {
  return vec4(dot(a, w0), dot(a, w1), dot(a, w2), dot(a, w3));
}
void run(int t) {
  int tile = t / N4;
  int col = t - tile * N4;
  int k4 = K / 4;
  int at = 4 * tile * X4;
  int j = 4 * col * k4;
  out0 = vec4(0.0); out1 = vec4(0.0); out2 = vec4(0.0); out3 = vec4(0.0);
  for (int i = 0; i < k4; i++) {
    vec4 w0 = w(j + i), w1 = w(j + k4 + i), w2 = w(j + 2 * k4 + i), w3 = w(j + 3 * k4 + i);
    out0 += times(x(at + i), w0, w1, w2, w3);
    out1 += times(x(at + X4 + i), w0, w1, w2, w3);
    out2 += times(x(at + 2 * X4 + i), w0, w1, w2, w3);
    out3 += times(x(at + 3 * X4 + i), w0, w1, w2, w3);
  }
  if (4 * col + 4 > N) {
    vec4 inside = vec4(1, 4 * col + 1 < N, 4 * col + 2 < N, 0);
    out0 *= inside; out1 *= inside; out2 *= inside; out3 *= inside;
  }
}`,
};

/** Brings the four rows of the tiles back into one buffer. */
export const MERGE_TILES: ProgramSpec = {
  name: 'mergeTiles',
  inputs: ['row0', 'row1', 'row2', 'row3', 'bias', 'residual'],
  ints: ['N4', 'HAS_BIAS', 'HAS_RESIDUAL'],
  body: `
void run(int t) {
  int row = t / N4;
  int col = t - row * N4;
  int at = (row >> 2) * N4 + col;
  int q = row & 3;
  vec4 s = q == 0 ? row0(at) : q == 1 ? row1(at) : q == 2 ? row2(at) : row3(at);
  if (HAS_BIAS == 1) s += bias(col);
  if (HAS_RESIDUAL == 1) s += residual(t);
  out0 = s;
}`,
};

/**
 * out[m, n] = x[m, k] · w[k, n] (+ bias[n]) (+ residual[m, n]). Rows of out are n rounded up to 4 apart
 * (zeros between), those of x `xStride`. Every number is one sum in ascending k, in any batch.
 */
export function linear(
  device: Device,
  x: GlBuffer,
  w: GlMatrix,
  bias: GlBuffer | null,
  residual: GlBuffer | null,
  out: GlBuffer,
  m: number,
  xStride = w.k,
): void {
  if (xStride % 4 !== 0) throw new RangeError(`rows ${xStride} apart; needed is a multiple of 4`);
  const n4 = roundUp4(w.n) / 4;
  const ints = [n4, w.k, w.n, xStride / 4];
  const flags = [bias ? 1 : 0, residual ? 1 : 0];
  const { memory } = device;
  if (m < TILE_ROWS) {
    const spec = w.transposed ? LINEAR_TRANSPOSED : LINEAR;
    device.draw(spec, [x, w.buffer, bias, residual], [...ints, ...flags], [out], m * n4);
    return;
  }
  memory.frame(() => {
    const count = Math.ceil(m / 4) * n4;
    const rows = [0, 1, 2, 3].map(() => memory.temporary(4 * count));
    device.draw(w.transposed ? LINEAR_TILE_TRANSPOSED : LINEAR_TILE, [x, w.buffer], ints, rows, count);
    device.draw(MERGE_TILES, [...rows, bias, residual], [n4, ...flags], [out], m * n4);
  });
}
