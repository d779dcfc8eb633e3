import { LAYER_NORM_EPSILON } from '../kernels';
import type { On } from './args';
import type { Context } from './context';
import { memoised } from './context';
import type { Program } from './programs';

/** Rows of one workgroup at a time, and threads per row; each thread holds vectors LANES apart. */
export const ROWS = 8;
export const LANES = 8;
/** Vectors that each thread holds of a row of d numbers. */
export const vectorsPerThread = (d: number): number => Math.ceil(d / 4 / LANES);

/** Sum of `value` over the threads of a row, in fixed order. Call from all threads. */
export const ROW_SUM = /* wgsl */ `
var<workgroup> shelf: array<vec2f, 64>;
fn rowSum(id: u32, value: vec2f) -> vec2f {
  shelf[id] = value;
  workgroupBarrier();
  var sum = vec2f(0.0);
  for (var i = 0u; i < ${LANES}u; i++) { sum += shelf[(id / ${LANES}u) * ${LANES}u + i]; }
  workgroupBarrier();
  return sum;
}
`;

const program = memoised((vectors: number): Program => ({
  name: 'layerNorm',
  uniforms: { n: 'u32', d: 'u32' },
  reads: { x: 'vec4f', weight: 'vec4f', bias: 'vec4f' },
  writes: { out: 'vec4f', stats: 'f32' },
  code: /* wgsl */ `
const LANES = ${LANES}u;
const VECTORS = ${vectors}u;
${ROW_SUM}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) id: u32) {
  let row = group.x * ${ROWS}u + id / LANES;
  let lane = id % LANES;
  let width = u.d / 4u;
  var v: array<vec4f, VECTORS>;
  var sum = 0.0;
  for (var i = 0u; i < VECTORS; i++) {
    let c = lane + LANES * i;
    if (row < u.n && c < width) {
      v[i] = x[row * width + c];
      sum += dot(v[i], vec4f(1.0));
    }
  }
  let mean = rowSum(id, vec2f(sum, 0.0)).x / f32(u.d);
  sum = 0.0;
  for (var i = 0u; i < VECTORS; i++) {
    if (lane + LANES * i < width) {
      v[i] -= mean;
      sum += dot(v[i], v[i]);
    }
  }
  let rstd = inverseSqrt(rowSum(id, vec2f(sum, 0.0)).x / f32(u.d) + ${LAYER_NORM_EPSILON});
  if (row >= u.n) { return; }
  for (var i = 0u; i < VECTORS; i++) {
    let c = lane + LANES * i;
    if (c < width) { out[row * width + c] = v[i] * rstd * weight[c] + bias[c]; }
  }
  if (lane == 0u) {
    stats[2u * row] = mean;
    stats[2u * row + 1u] = rstd;
  }
}
`,
}));

/** out[n, d] = (x − mean) · rstd · weight + bias; stats[n, 2] = (mean, rstd). Ba et al. 2016. */
export function layerNorm(
  context: Context,
  { x, weight, bias, out, stats, rows, width }: On<'layerNorm'>,
): void {
  context.run(
    program(vectorsPerThread(width)),
    [x, weight, bias, out, stats],
    [rows, width],
    Math.ceil(rows / ROWS),
  );
}
