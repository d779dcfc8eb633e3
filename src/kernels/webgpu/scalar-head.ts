import type { On } from './args';
import type { Context } from './context';
import { groupsFor } from './context';
import type { Program } from './programs';

const program: Program = {
  name: 'scalarHead',
  uniforms: { rows: 'u32', width: 'u32' },
  reads: { x: 'vec4f', weight: 'vec4f', bias: 'f32' },
  writes: { out: 'f32' },
  code: /* wgsl */ `
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) at: vec3u, @builtin(num_workgroups) groups: vec3u) {
  for (var row = at.x; row < u.rows; row += 64u * groups.x) {
    var sum = 0.0;
    for (var c = 0u; c < u.width; c++) { sum += dot(x[row * u.width + c], weight[c]); }
    out[row] = sum + bias[0];
  }
}
`,
};

/** out[R] = x[R, d] · weight[d] + bias[1]. */
export function scalarHead(context: Context, { x, weight, bias, out, rows, width }: On<'scalarHead'>): void {
  context.run(program, [x, weight, bias, out], [rows, width / 4], groupsFor(rows));
}
