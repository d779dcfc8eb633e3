import { LAYER_NORM_EPSILON } from '../kernels';
import { UNPACK_HALF } from './half';
import type { Program } from './programs';

/** Rows and columns of the output that one workgroup of 64 threads computes: 4 × 4 per thread. */
export const TILE = 32;
/** The same for wide matrices: 8 × 8 per thread. */
export const WIDE_TILE = 64;
/** Depth of one step. */
const DEPTH = 16;

/**
 * The tile of a product with w [k, n] over many rows. Per step of the depth a thread reads 2/r numbers of workgroup
 * memory for each multiplication if it computes r × r sums, and each operand is read from global memory n / tile or
 * m / tile times: the wide tile halves both. It has a quarter of the workgroups, which only matters where few are left:
 * so it is for widths of 256 and more, and not for `few` rows (one of each sequence). The number of rows itself does not
 * decide: a batch and its parts must run the same program, so that their sums are the same bits.
 */
export const tileFor = ({ k, n }: { k: number; n: number }, few: boolean): number =>
  !few && k >= 256 && n >= 256 ? WIDE_TILE : TILE;

/** What happens to a finished sum: nothing, GELU (keeping its argument or not), or GELU's derivative times it. */
export type Activation = 'none' | 'gelu' | 'gelu only' | 'geluBackward';

/** σ(2v) with v = √(2/π)(x + 0.044715x³); see geluGate. Also the derivative. Hendrycks & Gimpel 2016. */
export const GELU = /* wgsl */ `
fn gate(x: vec4f, square: vec4f) -> vec4f {
  // far out the exponential would overflow, and the gate is 0 or 1 anyway
  return 1.0 / (1.0 + exp(clamp(-1.5957691216057308 * x * (1.0 + square), vec4f(-87.0), vec4f(87.0))));
}
fn gelu(x: vec4f) -> vec4f {
  return x * gate(x, 0.044715 * x * x);
}
fn geluSlope(x: vec4f) -> vec4f {
  let square = 0.044715 * x * x;
  let s = gate(x, square);
  return s + s * (1.0 - s) * x * 1.5957691216057308 * (1.0 + 3.0 * square);
}
`;

const sizes = (tile: number) => /* wgsl */ `
const TILE = ${tile}u;
const QUADS = ${tile / 4}u; // vectors per row of a tile
const DEPTH = ${DEPTH}u;
const STEPS = ${DEPTH / 4}u; // vectors per row of a tile that runs along the depth
const ROWS = ${tile / 8}u; // of one thread
`;

/** Mean and 1 / standard deviation of the tile's rows: two threads per row, each summing half of it. */
const NORMS = /* wgsl */ `
var<workgroup> norms: array<vec2f, TILE>;
var<workgroup> halves: array<vec2f, 64>;
fn findNorms(row0: u32, id: u32) {
  let row = row0 + id / 2u;
  let width = u.k / 4u;
  var sum = 0.0;
  if (row < u.m) {
    for (var q = id % 2u; q < width; q += 2u) { sum += dot(x[row * u.xStride + q], vec4f(1.0)); }
  }
  halves[id].x = sum;
  workgroupBarrier();
  let mean = (halves[id & ~1u].x + halves[id | 1u].x) / f32(u.k);
  sum = 0.0;
  if (row < u.m) {
    for (var q = id % 2u; q < width; q += 2u) {
      let away = x[row * u.xStride + q] - mean;
      sum += dot(away, away);
    }
  }
  halves[id].y = sum;
  workgroupBarrier();
  if (id % 2u == 0u) {
    norms[id / 2u] = vec2f(mean, inverseSqrt((sum + halves[id + 1u].y) / f32(u.k) + ${LAYER_NORM_EPSILON}));
  }
  workgroupBarrier();
}
`;

export interface LinearVariant {
  transposed: boolean;
  /** x goes through a layer norm first (only with TILE). */
  normed: boolean;
  activation: Activation;
  /** w holds half floats (see half.ts), from vector wStart on. */
  half: boolean;
  tile: number;
}

const list = (count: number) => Array.from({ length: count }, (_, i) => i);
const join = <T>(items: readonly T[], line: (item: T) => string) => items.map(line).join('\n      ');

/** One step of the depth: `rows` × `columns` vectors of sums per thread, always in the same order. */
function step(transposed: boolean, rows: readonly number[], columns: readonly number[]): string {
  const quad = (c: number) => (c === 0 ? 'tx' : `(tx + ${8 * c}u)`);
  const w = (c: number, j: number) =>
    transposed ? `ws[(4u * ${quad(c)} + ${j}u) * STEPS + s]` : `ws[(4u * s + ${j}u) * QUADS + ${quad(c)}]`;
  const term = (r: number, c: number) =>
    transposed
      ? `vec4f(${list(4)
          .map((j) => `dot(x${r}, w${c}${j})`)
          .join(', ')})`
      : ['x', 'y', 'z', 'w'].map((part, j) => `x${r}.${part} * w${c}${j}`).join(' + ');
  return `${join(rows, (r) => `let x${r} = xs[(ROWS * ty + ${r}u) * STEPS + s];`)}
      ${join(columns, (c) => join(list(4), (j) => `let w${c}${j} = ${w(c, j)};`))}
      ${join(rows, (r) => join(columns, (c) => `sum${r}${c} += ${term(r, c)};`))}`;
}

/**
 * out[m, n] = x[m, k] · w (+ bias[n]) (+ residual[m, n]); w is [k, n], or [n, k] if `transposed`.
 * A tiled product (Volkov & Demmel 2008): tiles of x and w in workgroup memory, 32-bit sums in registers. Rows of
 * x are 4·xStride numbers apart, those of out 4·outStride. k beyond a multiple of 4 meets zero rows of w.
 */
export function linearProgram({ transposed, normed, activation, half, tile }: LinearVariant): Program {
  const gated = activation !== 'none';
  const [rows, columns] = [list(tile / 8), list(tile / 32)];
  const w = (at: string) => (half ? `fromHalf(w[u.wStart + ${at}])` : `w[${at}]`);
  return {
    name: `linear${transposed ? ' transposed' : ''}${normed ? ' normed' : ''} ${activation}${half ? ' half' : ''} ${tile}`,
    uniforms: {
      ...{ m: 'u32', k: 'u32', n: 'u32', xStride: 'u32', outStride: 'u32', flags: 'u32' },
      ...(half ? { wStart: 'u32' } : {}),
    },
    reads: {
      x: 'vec4f',
      w: half ? 'vec2u' : 'vec4f',
      bias: 'vec4f',
      residual: 'vec4f',
      ...(normed ? { gain: 'vec4f', shift: 'vec4f' } : {}),
      ...(activation === 'geluBackward' ? { before: 'vec4f' } : {}),
    },
    writes: { out: 'vec4f', ...(activation === 'gelu' ? { activated: 'vec4f' } : {}) },
    code: `
${gated ? GELU : ''}
${half ? UNPACK_HALF : ''}
${sizes(tile)}
const HAS_BIAS = 1u;
const HAS_RESIDUAL = 2u;
var<workgroup> xs: array<vec4f, TILE * STEPS>; // [row][depth / 4]
var<workgroup> ws: array<vec4f, TILE * STEPS>; // ${transposed ? '[column][depth / 4]' : '[depth][column / 4]'}

${normed ? NORMS : ''}
fn loadX(row: u32, q: u32) -> vec4f {
  if (row >= u.m || 4u * q >= u.k) { return vec4f(0.0); }
  ${
    normed
      ? `let fact = norms[row % TILE];
  return (x[row * u.xStride + q] - fact.x) * fact.y * gain[q] + shift[q];`
      : 'return x[row * u.xStride + q];'
  }
}
${
  transposed
    ? `
fn loadW(column: u32, q: u32) -> vec4f {
  if (column >= u.n || 4u * q >= u.k) { return vec4f(0.0); }
  return ${w('column * (u.k / 4u) + q')};
}`
    : `
fn loadW(depth: u32, q: u32) -> vec4f {
  if (depth >= u.k || 4u * q >= u.n) { return vec4f(0.0); }
  return ${w('depth * (u.n / 4u) + q')};
}`
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) id: u32) {
  let row0 = group.y * TILE;
  let column0 = group.x * TILE;
  let ty = id / 8u;
  let tx = id % 8u;
  ${normed ? 'findNorms(row0, id);' : ''}
  ${join(rows, (r) => join(columns, (c) => `var sum${r}${c} = vec4f(0.0);`))}
  for (var start = 0u; start < u.k; start += DEPTH) {
    for (var i = id; i < TILE * STEPS; i += 64u) {
      xs[i] = loadX(row0 + i / STEPS, start / 4u + i % STEPS);
      ${
        transposed
          ? 'ws[i] = loadW(column0 + i / STEPS, start / 4u + i % STEPS);'
          : 'ws[i] = loadW(start + i / QUADS, column0 / 4u + i % QUADS);'
      }
    }
    workgroupBarrier();
    for (var s = 0u; s < STEPS; s++) {
      ${step(transposed, rows, columns)}
    }
    workgroupBarrier();
  }
  ${join(columns, (c) => join(rows, (r) => `store(row0 + ROWS * ty + ${r}u, column0 / 4u + tx + ${8 * c}u, sum${r}${c});`))}
}

fn store(row: u32, column: u32, sum: vec4f) {
  if (row >= u.m || column >= u.outStride) { return; }
  let at = row * u.outStride + column;
  var value = sum;
  if ((u.flags & HAS_BIAS) != 0u) { value += bias[column]; }
  if ((u.flags & HAS_RESIDUAL) != 0u) { value += residual[at]; }
  ${
    activation === 'gelu'
      ? 'out[at] = value;\n  activated[at] = gelu(value);'
      : activation === 'geluBackward'
        ? 'out[at] = value * geluSlope(before[at]);'
        : activation === 'gelu only'
          ? 'out[at] = gelu(value);'
          : 'out[at] = value;'
  }
}
`,
  };
}
