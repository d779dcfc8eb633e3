import { LAYER_NORM_EPSILON } from '../kernels';
import type { Program } from './programs';

/** Rows and columns of the output that one workgroup of 64 threads computes: 4 × 4 per thread. */
export const TILE = 32;
/** Depth of one step. */
const DEPTH = 16;

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

const COMMON = /* wgsl */ `
const TILE = ${TILE}u;
const QUADS = ${TILE / 4}u; // vectors per row of a tile
const DEPTH = ${DEPTH}u;
const STEPS = ${DEPTH / 4}u; // vectors per row of a tile that runs along the depth
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

/**
 * out[m, n] = x[m, k] · w (+ bias[n]) (+ residual[m, n]); w is [k, n], or [n, k] if `transposed`.
 * A tiled product (Volkov & Demmel 2008): tiles of x and w in workgroup memory, sums in registers. Rows of
 * x are 4·xStride numbers apart, those of out 4·outStride. k beyond a multiple of 4 meets zero rows of w.
 */
export function linearProgram(transposed: boolean, normed: boolean, activation: Activation): Program {
  const gated = activation !== 'none';
  return {
    name: `linear${transposed ? ' transposed' : ''}${normed ? ' normed' : ''} ${activation}`,
    uniforms: { m: 'u32', k: 'u32', n: 'u32', xStride: 'u32', outStride: 'u32', flags: 'u32' },
    reads: {
      x: 'vec4f',
      w: 'vec4f',
      bias: 'vec4f',
      residual: 'vec4f',
      ...(normed ? { gain: 'vec4f', shift: 'vec4f' } : {}),
      ...(activation === 'geluBackward' ? { before: 'vec4f' } : {}),
    },
    writes: { out: 'vec4f', ...(activation === 'gelu' ? { activated: 'vec4f' } : {}) },
    code: `
${gated ? GELU : ''}
${COMMON}
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
  return w[column * (u.k / 4u) + q];
}`
    : `
fn loadW(depth: u32, q: u32) -> vec4f {
  if (depth >= u.k || 4u * q >= u.n) { return vec4f(0.0); }
  return w[depth * (u.n / 4u) + q];
}`
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) id: u32) {
  let row0 = group.y * TILE;
  let column0 = group.x * TILE;
  let ty = id / QUADS;
  let tx = id % QUADS;
  ${normed ? 'findNorms(row0, id);' : ''}
  var sum0 = vec4f(0.0);
  var sum1 = vec4f(0.0);
  var sum2 = vec4f(0.0);
  var sum3 = vec4f(0.0);
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
      let x0 = xs[(4u * ty) * STEPS + s];
      let x1 = xs[(4u * ty + 1u) * STEPS + s];
      let x2 = xs[(4u * ty + 2u) * STEPS + s];
      let x3 = xs[(4u * ty + 3u) * STEPS + s];
      ${
        transposed
          ? `
      let w0 = ws[(4u * tx) * STEPS + s];
      let w1 = ws[(4u * tx + 1u) * STEPS + s];
      let w2 = ws[(4u * tx + 2u) * STEPS + s];
      let w3 = ws[(4u * tx + 3u) * STEPS + s];
      sum0 += vec4f(dot(x0, w0), dot(x0, w1), dot(x0, w2), dot(x0, w3));
      sum1 += vec4f(dot(x1, w0), dot(x1, w1), dot(x1, w2), dot(x1, w3));
      sum2 += vec4f(dot(x2, w0), dot(x2, w1), dot(x2, w2), dot(x2, w3));
      sum3 += vec4f(dot(x3, w0), dot(x3, w1), dot(x3, w2), dot(x3, w3));`
          : `
      let w0 = ws[(4u * s) * QUADS + tx];
      let w1 = ws[(4u * s + 1u) * QUADS + tx];
      let w2 = ws[(4u * s + 2u) * QUADS + tx];
      let w3 = ws[(4u * s + 3u) * QUADS + tx];
      sum0 += x0.x * w0 + x0.y * w1 + x0.z * w2 + x0.w * w3;
      sum1 += x1.x * w0 + x1.y * w1 + x1.z * w2 + x1.w * w3;
      sum2 += x2.x * w0 + x2.y * w1 + x2.z * w2 + x2.w * w3;
      sum3 += x3.x * w0 + x3.y * w1 + x3.z * w2 + x3.w * w3;`
      }
    }
    workgroupBarrier();
  }
  let column = column0 / 4u + tx;
  if (column >= u.outStride) { return; }
  store(row0 + 4u * ty, column, sum0);
  store(row0 + 4u * ty + 1u, column, sum1);
  store(row0 + 4u * ty + 2u, column, sum2);
  store(row0 + 4u * ty + 3u, column, sum3);
}

fn store(row: u32, column: u32, sum: vec4f) {
  if (row >= u.m) { return; }
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
