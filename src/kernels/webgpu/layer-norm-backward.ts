import type { On } from './args';
import type { Context } from './context';
import { memoised } from './context';
import { LANES, ROWS, ROW_SUM, vectorsPerThread } from './layer-norm';
import type { Program } from './programs';
import { reduce } from './reduce';

/** Partial sums of the parameters' gradients at most. */
const BLOCKS = 64;

const program = memoised((vectors: number): Program => ({
  name: 'layerNormBackward',
  uniforms: { n: 'u32', d: 'u32', block: 'u32', accumulate: 'u32' },
  reads: { dy: 'vec4f', x: 'vec4f', stats: 'f32', weight: 'vec4f' },
  writes: { dx: 'vec4f', partWeight: 'vec4f', partBias: 'vec4f' },
  code: /* wgsl */ `
const LANES = ${LANES}u;
const VECTORS = ${vectors}u;
${ROW_SUM}
var<workgroup> weights: array<vec4f, 64>;
var<workgroup> biases: array<vec4f, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) id: u32) {
  let lane = id % LANES;
  let width = u.d / 4u;
  let end = min(u.n, (group.x + 1u) * u.block);
  var dWeight: array<vec4f, VECTORS>;
  var dBias: array<vec4f, VECTORS>;
  for (var first = group.x * u.block; first < end; first += ${ROWS}u) {
    let row = first + id / LANES;
    var normal: array<vec4f, VECTORS>;
    var scaled: array<vec4f, VECTORS>; // dy · weight
    var sums = vec2f(0.0);
    var rstd = 0.0;
    if (row < end) {
      let mean = stats[2u * row];
      rstd = stats[2u * row + 1u];
      for (var i = 0u; i < VECTORS; i++) {
        let c = lane + LANES * i;
        if (c < width) {
          let g = dy[row * width + c];
          normal[i] = (x[row * width + c] - mean) * rstd;
          scaled[i] = g * weight[c];
          sums += vec2f(dot(scaled[i], vec4f(1.0)), dot(scaled[i], normal[i]));
          dWeight[i] += g * normal[i];
          dBias[i] += g;
        }
      }
    }
    let means = rowSum(id, sums) / f32(u.d);
    if (row < end) {
      for (var i = 0u; i < VECTORS; i++) {
        let c = lane + LANES * i;
        if (c < width) {
          var value = rstd * (scaled[i] - means.x - normal[i] * means.y);
          if (u.accumulate != 0u) { value += dx[row * width + c]; }
          dx[row * width + c] = value;
        }
      }
    }
  }
  for (var i = 0u; i < VECTORS; i++) {
    weights[id] = dWeight[i];
    biases[id] = dBias[i];
    workgroupBarrier();
    let c = lane + LANES * i;
    if (id < LANES && c < width) {
      var w = vec4f(0.0);
      var b = vec4f(0.0);
      for (var r = 0u; r < ${ROWS}u; r++) {
        w += weights[r * LANES + lane];
        b += biases[r * LANES + lane];
      }
      partWeight[group.x * width + c] = w;
      partBias[group.x * width + c] = b;
    }
    workgroupBarrier();
  }
}
`,
}));

/** dx = gradient of x, or dx += it where there is a residual, which dx then holds already; dWeight[d] +=, dBias[d] +=. */
export function layerNormBackward(
  context: Context,
  { dy, x, stats, weight, residual, dx, dWeight, dBias, rows: n, width: d }: On<'layerNormBackward'>,
): void {
  if (n === 0) return;
  const block = Math.ceil(n / BLOCKS / ROWS) * ROWS;
  const blocks = Math.ceil(n / block);
  const [partWeight, partBias] = [context.temporary(blocks * d), context.temporary(blocks * d)];
  context.run(
    program(vectorsPerThread(d)),
    [dy, x, stats, weight, dx, partWeight, partBias],
    [n, d, block, residual ? 1 : 0],
    blocks,
  );
  reduce(context, partWeight, partBias, dWeight, dBias, blocks, d, d);
}
