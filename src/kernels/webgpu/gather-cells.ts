import type { On } from './args';
import { groupsFor, type Context } from './context';
import type { Program } from './programs';

const program: Program = {
  name: 'gatherCells',
  uniforms: { cells: 'u32' },
  reads: { x: 'f32', index: 'i32' },
  writes: { out: 'f32' },
  code: /* wgsl */ `
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) at: vec3u, @builtin(num_workgroups) groups: vec3u) {
  for (var i = at.x; i < u.cells; i += 64u * groups.x) {
    let source = index[i];
    if (source < 0) {
      out[i] = 0.0;
    } else {
      out[i] = x[source];
    }
  }
}
`,
};

/** out[i] = x[index[i]], 0 where the index is negative. */
export function gatherCells(context: Context, { x, index, out, cells }: On<'gatherCells'>): void {
  context.run(program, [x, index, out], [cells], groupsFor(cells));
}
