import type { On } from './args';
import type { Context } from './context';
import { groupsFor } from './context';
import type { Program } from './programs';

const loop = (body: string) => /* wgsl */ `
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) at: vec3u, @builtin(num_workgroups) groups: vec3u) {
  for (var i = at.x; i < u.rows * u.width; i += 64u * groups.x) {
    let other = u32(index[i / u.width]) * u.width + i % u.width;
    ${body}
  }
}
`;
const uniforms = { rows: 'u32', width: 'u32' } as const;

const gather: Program = {
  name: 'gatherRows',
  uniforms,
  reads: { x: 'vec4f', index: 'i32' },
  writes: { out: 'vec4f' },
  code: loop('out[i] = x[other];'),
};
const scatter: Program = { ...gather, name: 'scatterRows', code: loop('out[other] += x[i];') };

/** out[R, d] = x[index]. */
export function gatherRows(context: Context, { x, index, out, rows, width }: On<'gatherRows'>): void {
  context.run(gather, [x, index, out], [rows, width / 4], groupsFor((rows * width) / 4));
}

/** out[index] += dy[R, d]; no index may occur twice. */
export function scatterRows(context: Context, { dy, index, out, rows, width }: On<'scatterRows'>): void {
  context.run(scatter, [dy, index, out], [rows, width / 4], groupsFor((rows * width) / 4));
}
