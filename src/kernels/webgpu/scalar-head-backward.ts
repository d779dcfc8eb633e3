import type { On } from './args';
import type { Context } from './context';
import type { Program } from './programs';
import { reduce } from './reduce';

/** Partial sums of the parameters' gradients at most. */
const BLOCKS = 64;

const program: Program = {
  name: 'scalarHeadBackward',
  uniforms: { rows: 'u32', width: 'u32', block: 'u32' },
  reads: { dOut: 'f32', x: 'vec4f', weight: 'vec4f' },
  writes: { dx: 'vec4f', partWeight: 'vec4f', partBias: 'f32' },
  code: /* wgsl */ `
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) c: u32) {
  if (c >= u.width) { return; }
  var dWeight = vec4f(0.0);
  var dBias = 0.0;
  for (var row = group.x * u.block; row < min(u.rows, (group.x + 1u) * u.block); row++) {
    let g = dOut[row];
    dx[row * u.width + c] += g * weight[c];
    dWeight += g * x[row * u.width + c];
    dBias += g;
  }
  partWeight[group.x * u.width + c] = dWeight;
  if (c == 0u) { partBias[group.x] = dBias; }
}
`,
};

/** dx[R, d] += dOut[R] ⊗ weight; dWeight[d] +=; dBias[1] +=. */
export function scalarHeadBackward(
  context: Context,
  { dOut, x, weight, dx, dWeight, dBias, rows, width: d }: On<'scalarHeadBackward'>,
): void {
  if (rows === 0) return;
  const block = Math.max(8, Math.ceil(rows / BLOCKS));
  const blocks = Math.ceil(rows / block);
  const [partWeight, partBias] = [context.temporary(blocks * d), context.temporary(blocks)];
  context.run(program, [dOut, x, weight, dx, partWeight, partBias], [rows, d / 4, block], blocks);
  reduce(context, partWeight, partBias, dWeight, dBias, blocks, d, 1);
}
