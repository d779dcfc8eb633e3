import { roundUp4 } from '../kernels';
import type { On } from './args';
import type { Device } from './device';
import { GELU, NORM_STATS } from './glsl';
import { layerNorm } from './layer-norm';
import { WEIGHT_TILES, weightTiles } from './linear-backward-weight';
import type { GlBuffer, GlMatrix } from './memory';
import { partialsOf } from './partials';
import { PRODUCT_ROWS } from './product-rows';
import type { ProgramSpec } from './programs';

export function packMatrix({ matrix: buffer, rows, cols, transposed }: On<'packMatrix'>): GlMatrix {
  if (cols % 4 !== 0) throw new RangeError(`a matrix of ${cols} columns; needed is a multiple of 4`);
  return transposed ? { k: cols, n: rows, buffer, transposed } : { k: rows, n: cols, buffer, transposed };
}

/** Texels per row of the output, sizes k and n, texels per row of x. */
const SIZES = ['N4', 'K', 'N', 'X4'];

/** Rows of w: the numbers in column texel `col` for k = 4i + q. */
const PLAIN = `
vec4 w4(int i, int q, int col) { return w((4 * i + q) * N4 + col); }`;

/** product(row, col): four neighbouring numbers of x · w, from x by way of operand(row, i). */
const PRODUCT = {
  plain: `${PLAIN}
vec4 product(int row, int col) {
  vec4 s = vec4(0.0);
  int k4 = K / 4;
  for (int i = 0; i < k4; i++) {
    vec4 a = operand(row, i);
    s += a.x * w4(i, 0, col) + a.y * w4(i, 1, col) + a.z * w4(i, 2, col) + a.w * w4(i, 3, col);
  }
  int rest = K - 4 * k4;
  if (rest > 0) {
    vec4 a = operand(row, k4);
    s += a.x * w4(k4, 0, col);
    if (rest > 1) s += a.y * w4(k4, 1, col);
    if (rest > 2) s += a.z * w4(k4, 2, col);
  }
  return s;
}`,
  transposed: `
vec4 product(int row, int col) {
  int k4 = K / 4;
  int j = 4 * col * k4;
  vec4 s = vec4(0.0);
  for (int i = 0; i < k4; i++) {
    vec4 a = operand(row, i);
    s += vec4(dot(a, w(j)), dot(a, w(j + k4)), dot(a, w(j + 2 * k4)), dot(a, w(j + 3 * k4)));
    j++;
  }
  if (4 * col + 4 > N) s *= vec4(1, 4 * col + 1 < N, 4 * col + 2 < N, 0);
  return s;
}`,
  /** What LINEAR_TILE has computed. */
  tiles: `
vec4 product(int row, int col) {
  int at = (row >> 2) * N4 + col;
  int q = row & 3;
  return q == 0 ? row0(at) : q == 1 ? row1(at) : q == 2 ? row2(at) : row3(at);
}`,
};

const OPERAND = {
  x: 'void prepare(int row) {}\nvec4 operand(int row, int i) { return x(row * X4 + i); }',
  /** Layer norm of x on the way. */
  norm: `${NORM_STATS}
float mean, rstd;
void prepare(int row) { normStats(row * X4, X4, mean, rstd); }
vec4 operand(int row, int i) {
  return (x(row * X4 + i) - mean) * rstd * normWeight(i) + normBias(i);
}`,
};

/** The product of a layer norm with a transposed matrix, for shaders that go on with it. */
export const NORMED_HEAD = {
  inputs: ['x', 'w', 'normWeight', 'normBias'],
  ints: SIZES,
  body: `${OPERAND.norm}${PRODUCT.transposed}`,
};

/** What becomes of the product s, at texel t in column col. */
const FINISH = {
  plain: {
    inputs: ['bias', 'residual'],
    ints: ['HAS_BIAS', 'RESIDUAL4', 'WITH_GELU'],
    outputs: 1,
    code: `
  if (HAS_BIAS == 1) s += bias(col);
  if (RESIDUAL4 > 0) s += residual(row * RESIDUAL4 + col);
  out0 = WITH_GELU == 1 ? s * geluGate(s) : s;`,
  },
  gelu: {
    inputs: ['bias'],
    ints: [],
    outputs: 2,
    code: `
  s += bias(col);
  out0 = s;
  out1 = s * geluGate(s);`,
  },
  geluBackward: {
    inputs: ['before'],
    ints: [],
    outputs: 1,
    code: `
  out0 = s * geluSlope(before(t));`,
  },
};

type Source = keyof typeof PRODUCT;
type Finish = keyof typeof FINISH;

function linearSpec(source: Source, finish: Finish, operand: keyof typeof OPERAND = 'x'): ProgramSpec {
  const { inputs, ints, outputs, code } = FINISH[finish];
  const own = source === 'tiles' ? ['row0', 'row1', 'row2', 'row3'] : ['x', 'w'];
  const norm = operand === 'norm' ? ['normWeight', 'normBias'] : [];
  return {
    name: `linear (${source}, ${operand}, ${finish})`,
    inputs: [...own, ...norm, ...inputs],
    ints: [...SIZES, ...ints],
    outputs,
    body: `${GELU}${source === 'tiles' ? 'void prepare(int row) {}' : OPERAND[operand]}${PRODUCT[source]}
void run(int t) {
  int row = t / N4;
  int col = t - row * N4;
  prepare(row);
  vec4 s = product(row, col);${code}
}`,
  };
}

const LINEAR = {
  plain: { plain: linearSpec('plain', 'plain'), transposed: linearSpec('transposed', 'plain') },
  gelu: { plain: linearSpec('plain', 'gelu'), transposed: linearSpec('transposed', 'gelu') },
  geluBackward: {
    plain: linearSpec('plain', 'geluBackward'),
    transposed: linearSpec('transposed', 'geluBackward'),
  },
};
const NORM_LINEAR = {
  plain: linearSpec('plain', 'plain', 'norm'),
  transposed: linearSpec('transposed', 'plain', 'norm'),
};
/** Brings the four rows of the tiles back into one buffer. */
const MERGE = {
  plain: linearSpec('tiles', 'plain'),
  gelu: linearSpec('tiles', 'gelu'),
  geluBackward: linearSpec('tiles', 'geluBackward'),
};

/** Four rows times four columns per fragment, one row per output: eight reads for 64 products. */
export const LINEAR_TILE: ProgramSpec = {
  name: 'linearTile',
  inputs: ['x', 'w'],
  ints: SIZES,
  outputs: 4,
  body: `${PLAIN}
void run(int t) {
  int tile = t / N4;
  int col = t - tile * N4;
  int at = 4 * tile * X4;
  vec4 s0 = vec4(0.0), s1 = vec4(0.0), s2 = vec4(0.0), s3 = vec4(0.0);
  int k4 = K / 4;
  for (int i = 0; i < k4; i++) {
    vec4 w0 = w4(i, 0, col), w1 = w4(i, 1, col), w2 = w4(i, 2, col), w3 = w4(i, 3, col);
    vec4 a = x(at + i), b = x(at + X4 + i), c = x(at + 2 * X4 + i), d = x(at + 3 * X4 + i);
    s0 += a.x * w0 + a.y * w1 + a.z * w2 + a.w * w3;
    s1 += b.x * w0 + b.y * w1 + b.z * w2 + b.w * w3;
    s2 += c.x * w0 + c.y * w1 + c.z * w2 + c.w * w3;
    s3 += d.x * w0 + d.y * w1 + d.z * w2 + d.w * w3;
  }
  int rest = K - 4 * k4;
  for (int q = 0; q < rest; q++) {
    vec4 v = w4(k4, q, col);
    s0 += x(at + k4)[q] * v;
    s1 += x(at + X4 + k4)[q] * v;
    s2 += x(at + 2 * X4 + k4)[q] * v;
    s3 += x(at + 3 * X4 + k4)[q] * v;
  }
  out0 = s0; out1 = s1; out2 = s2; out3 = s3;
}`,
};

const TRANSPOSED_TILES = `
vec4 times(vec4 a, vec4 w0, vec4 w1, vec4 w2, vec4 w3) {
  return vec4(dot(a, w0), dot(a, w1), dot(a, w2), dot(a, w3));
}
void productTiles(int t) {
  int tile = t / N4;
  int col = t - tile * N4;
  int k4 = K / 4;
  int at = 4 * tile * X4;
  int j = 4 * col * k4;
  vec4 s0 = vec4(0.0), s1 = vec4(0.0), s2 = vec4(0.0), s3 = vec4(0.0);
  for (int i = 0; i < k4; i++) {
    vec4 w0 = w(j + i), w1 = w(j + k4 + i), w2 = w(j + 2 * k4 + i), w3 = w(j + 3 * k4 + i);
    s0 += times(x(at + i), w0, w1, w2, w3);
    s1 += times(x(at + X4 + i), w0, w1, w2, w3);
    s2 += times(x(at + 2 * X4 + i), w0, w1, w2, w3);
    s3 += times(x(at + 3 * X4 + i), w0, w1, w2, w3);
  }
  if (4 * col + 4 > N) {
    vec4 inside = vec4(1, 4 * col + 1 < N, 4 * col + 2 < N, 0);
    s0 *= inside; s1 *= inside; s2 *= inside; s3 *= inside;
  }
  out0 = s0; out1 = s1; out2 = s2; out3 = s3;
}`;

export const LINEAR_TILE_TRANSPOSED: ProgramSpec = {
  name: 'linearTileTransposed',
  inputs: ['x', 'w'],
  ints: SIZES,
  outputs: 4,
  body: `${TRANSPOSED_TILES}
void run(int t) { productTiles(t); }`,
};

/** Both gradients of a linear map, PRODUCT tiles of that of its input and then the sums for that of its matrix. */
const LINEAR_BACKWARD: ProgramSpec = {
  name: 'linearBackward',
  inputs: ['x', 'w', 'a'],
  ints: [...SIZES, 'PRODUCT', ...WEIGHT_TILES.ints],
  outputs: 4,
  body: `${TRANSPOSED_TILES}
#define dy x
${WEIGHT_TILES.body}
void run(int t) {
  if (t < PRODUCT) productTiles(t);
  else weightTiles(t - PRODUCT);
}`,
};

/** The programs that the engine's calls lead to. */
export const LINEAR_PROGRAMS = [
  LINEAR_TILE,
  LINEAR_TILE_TRANSPOSED,
  LINEAR_BACKWARD,
  MERGE.plain,
  MERGE.gelu,
  MERGE.geluBackward,
  LINEAR.plain.plain,
  LINEAR.plain.transposed,
  LINEAR.gelu.plain,
  LINEAR.geluBackward.transposed,
  NORM_LINEAR.plain,
  NORM_LINEAR.transposed,
];

interface Run {
  x: GlBuffer;
  w: GlMatrix;
  /** Operands of the last step, of each finish its own. */
  more: (GlBuffer | null)[];
  flags: number[];
  outputs: GlBuffer[];
  m: number;
  xStride?: number | undefined;
}

function run(device: Device, finish: Finish, { x, w, more, flags, outputs, m, xStride = w.k }: Run): void {
  if (xStride % 4 !== 0) throw new RangeError(`rows ${xStride} apart; needed is a multiple of 4`);
  const kind = w.transposed ? 'transposed' : 'plain';
  const n4 = roundUp4(w.n) / 4;
  const sizes = [n4, w.k, w.n, xStride / 4];
  if (m < device.tileRows) {
    device.draw(LINEAR[finish][kind], [x, w.buffer, ...more], [...sizes, ...flags], outputs, m * n4);
    return;
  }
  const partner = device.takeOver(
    ({ weights: g }) => w.transposed && g?.m === m && g.n === xStride && w.k === xStride && same(g.dy, x),
  );
  if (partner?.weights)
    return withWeights(device, finish, { x, w, more, flags, outputs, m }, partner.weights);
  const count = Math.ceil(m / 4) * n4;
  const tiles = (rows: readonly GlBuffer[]) =>
    device.draw(w.transposed ? LINEAR_TILE_TRANSPOSED : LINEAR_TILE, [x, w.buffer], sizes, rows, count);
  const merge = (rows: readonly GlBuffer[]) =>
    device.draw(MERGE[finish], [...rows, ...more], [...sizes, ...flags], outputs, m * n4);
  const out = outputs[0]!;
  if (finish === 'plain' && more[1] && w.n % 4 === 0 && whole(out, m * w.n)) {
    // with a residual: a layer norm of the sum may follow
    const rows = [0, 1, 2, 3].map(() => device.memory.temporary(4 * count));
    tiles(rows);
    const ints = flags.slice(0, 2);
    const drawn = { source: PRODUCT_ROWS, inputs: [...rows, ...more], ints, out, width: w.n };
    device.putOff({ draw: () => merge(rows), scratch: rows, rows: drawn });
  } else
    device.memory.frame(() => {
      const rows = [0, 1, 2, 3].map(() => device.memory.temporary(4 * count));
      tiles(rows);
      merge(rows);
    });
}

const same = (a: GlBuffer, b: GlBuffer): boolean => a.root === b.root && a.start === b.start;
const whole = ({ root, start }: GlBuffer, length: number): boolean => start === 0 && root.length === length;

/** Both gradients of a linear map in one draw. That of its input stays in tiles until it is read. */
function withWeights(
  device: Device,
  finish: Finish,
  { x, w, more, flags, outputs, m }: Run,
  weights: On<'linearBackwardWeight'>,
): void {
  const n4 = roundUp4(w.n) / 4;
  const sizes = [n4, w.k, w.n, w.k / 4];
  const product = Math.ceil(m / 4) * n4;
  const sums = weightTiles(weights);
  const partials = partialsOf(device);
  const { at, parts } = partials.takeTiles(product + sums.count);
  const inputs = [x, w.buffer, sums.inputs[0]!];
  device.draw(LINEAR_BACKWARD, inputs, [...sizes, product, ...sums.ints], parts, product + sums.count);
  sums.add(device, at + product);
  const rows = parts.map((part) => device.memory.slice(part, 0, 4 * product));
  const draw = () => device.draw(MERGE[finish], [...rows, ...more], [...sizes, ...flags], outputs, m * n4);
  const out = outputs[0]!;
  const plain = finish === 'plain' && flags.every((flag) => flag === 0) && w.n % 4 === 0;
  if (!plain || !whole(out, m * w.n) || out.root.lazy?.needed) return draw();
  out.root.lazy = { draw, needed: false, tiles: { rows, width: w.n } };
  partials.keep(out.root);
}

/**
 * out[m, n] = x[m, k] · w[k, n] (+ bias[n]) (+ residual[m, n]). Rows of out are n rounded up to 4 apart
 * (zeros between), those of x `xStride`, those of the residual `residualStride`. Every number is one sum in ascending k, in any batch.
 */
export function linear(
  device: Device,
  {
    x,
    w,
    bias,
    residual,
    residualStride = roundUp4(w.n),
    out,
    m,
    xStride,
  }: On<'linear'> & { residualStride?: number },
): void {
  const [more, flags] = [
    [bias ?? null, residual ?? null],
    [bias ? 1 : 0, residual ? residualStride / 4 : 0, 0],
  ];
  run(device, 'plain', { x, w, more, flags, outputs: [out], m, xStride });
}

/** active[m, n] = gelu(out), out[m, n] = x[m, k] · w + bias. */
export function linearGelu(device: Device, { x, w, bias, out, active, m }: On<'linearGelu'>): void {
  run(device, 'gelu', { x, w, more: [bias], flags: [], outputs: [out, active], m });
}

/** out[m, n] = (x[m, k] · w) ∘ gelu′(before[m, n]). */
export function linearGeluBackward(device: Device, { x, w, before, out, m }: On<'linearGeluBackward'>): void {
  run(device, 'geluBackward', { x, w, more: [before], flags: [], outputs: [out], m });
}

/** out[m, n] = layerNorm(x[m, k]) · w (+ bias), or gelu of that. Few rows take one draw. */
export function layerNormLinear(
  device: Device,
  { x, norm, w, bias, gelu, out, m }: On<'layerNormLinear'>,
): void {
  const flags = [bias ? 1 : 0, 0, gelu ? 1 : 0];
  if (m < device.tileRows) {
    const n4 = roundUp4(w.n) / 4;
    const spec = NORM_LINEAR[w.transposed ? 'transposed' : 'plain'];
    const inputs = [x, w.buffer, norm.weight, norm.bias, bias ?? null, null];
    device.draw(spec, inputs, [n4, w.k, w.n, w.k / 4, ...flags], [out], m * n4);
    return;
  }
  device.memory.frame(() => {
    const [normal, stats] = [device.memory.temporary(m * w.k), device.memory.temporary(m * 2)];
    layerNorm(device, { x, ...norm, out: normal, stats, rows: m, width: w.k });
    run(device, 'plain', { x: normal, w, more: [bias ?? null, null], flags, outputs: [out], m });
  });
}
