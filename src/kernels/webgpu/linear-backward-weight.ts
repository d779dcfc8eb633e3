import type { On } from './args';
import type { Context } from './context';
import { TILE } from './matmul';
import type { Program } from './programs';
import { reduce } from './reduce';

/** Tokens of one step, and the fewest that a slice of the sum is worth. */
const DEPTH = 16;
const SLICE = 128;
/** Workgroups that keep a GPU busy. */
const BUSY = 96;

const program: Program = {
  name: 'linearBackwardWeight',
  uniforms: {
    m: 'u32',
    k: 'u32',
    n: 'u32',
    xStride: 'u32',
    slice: 'u32',
    accumulate: 'u32',
    bias: 'u32',
  },
  reads: { x: 'vec4f', dy: 'vec4f' },
  writes: { dw: 'vec4f', db: 'vec4f' },
  code: /* wgsl */ `
const TILE = ${TILE}u;
const QUADS = ${TILE / 4}u;
const DEPTH = ${DEPTH}u;
var<workgroup> xs: array<vec4f, DEPTH * QUADS>; // [token][row of dw / 4]
var<workgroup> ys: array<vec4f, DEPTH * QUADS>; // [token][column / 4]

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) id: u32) {
  let row0 = group.y * TILE;
  let column0 = group.x * QUADS;
  let ty = id / QUADS;
  let tx = id % QUADS;
  let end = min(u.m, (group.z + 1u) * u.slice);
  var sum0 = vec4f(0.0);
  var sum1 = vec4f(0.0);
  var sum2 = vec4f(0.0);
  var sum3 = vec4f(0.0);
  var total = vec4f(0.0);
  for (var start = group.z * u.slice; start < end; start += DEPTH) {
    for (var i = id; i < DEPTH * QUADS; i += 64u) {
      let token = start + i / QUADS;
      let row = row0 / 4u + i % QUADS;
      let column = column0 + i % QUADS;
      xs[i] = vec4f(0.0);
      ys[i] = vec4f(0.0);
      if (token < end && row < u.xStride) { xs[i] = x[token * u.xStride + row]; }
      if (token < end && column < u.n / 4u) { ys[i] = dy[token * (u.n / 4u) + column]; }
    }
    workgroupBarrier();
    for (var t = 0u; t < DEPTH; t++) {
      let a = xs[t * QUADS + ty];
      let b = ys[t * QUADS + tx];
      sum0 += a.x * b;
      sum1 += a.y * b;
      sum2 += a.z * b;
      sum3 += a.w * b;
      total += b;
    }
    workgroupBarrier();
  }
  let column = column0 + tx;
  if (column >= u.n / 4u) { return; }
  store(group.z, row0 + 4u * ty, column, sum0);
  store(group.z, row0 + 4u * ty + 1u, column, sum1);
  store(group.z, row0 + 4u * ty + 2u, column, sum2);
  store(group.z, row0 + 4u * ty + 3u, column, sum3);
  if (u.bias != 0u && row0 == 0u && ty == 0u) {
    let at = group.z * (u.n / 4u) + column;
    if (u.accumulate != 0u) { total += db[at]; }
    db[at] = total;
  }
}

fn store(slice: u32, row: u32, column: u32, sum: vec4f) {
  if (row >= u.k) { return; }
  let at = (slice * u.k + row) * (u.n / 4u) + column;
  var value = sum;
  if (u.accumulate != 0u) { value += dw[at]; }
  dw[at] = value;
}
`,
};

/**
 * dW[k, n] += x[m, k]ᵀ · dy[m, n]; db[n] += column sums of dy. The sum over tokens is long and dW small, so
 * slices of the sum go to several workgroups and are added up afterwards, in fixed order.
 */
export function linearBackwardWeight(
  context: Context,
  { x, dy, dWeight, dBias, m, k, n, xStride = k }: On<'linearBackwardWeight'>,
): void {
  if (xStride % 4 !== 0 || n % 4 !== 0)
    throw new RangeError('rows of matrices on WebGPU are multiples of 4 wide');
  const [columns, rows] = [Math.ceil(n / TILE), Math.ceil(k / TILE)];
  const wanted = Math.max(1, Math.min(Math.floor(m / SLICE), Math.ceil(BUSY / (columns * rows))));
  const slice = Math.ceil(m / wanted / DEPTH) * DEPTH;
  const slices = Math.ceil(m / slice);
  const bias = dBias ? 1 : 0;
  if (slices <= 1) {
    const uniforms = [m, k, n, xStride / 4, slice, 1, bias];
    context.run(program, [x, dy, dWeight, dBias ?? context.nothing], uniforms, columns, rows);
    return;
  }
  const [partW, partB] = [context.temporary(slices * k * n), context.temporary(slices * n)];
  context.run(program, [x, dy, partW, partB], [m, k, n, xStride / 4, slice, 0, bias], columns, rows, slices);
  reduce(context, partW, partB, dWeight, dBias ?? context.nothing, slices, k * n, dBias ? n : 0);
}
