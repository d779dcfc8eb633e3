import type { On } from './args';
import type { Context } from './context';
import { memoised } from './context';
import { groupReduce } from './group-reduce';
import type { Program } from './programs';

const squares = memoised((subgroups: boolean): Program => ({
  name: 'globalNorm parts',
  subgroups,
  uniforms: { vectors: 'u32' },
  reads: { x: 'vec4f' },
  writes: { parts: 'f32' },
  code: /* wgsl */ `
${groupReduce(subgroups)}
@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) id: u32,
) {
  var sum = 0.0;
  for (var i = group.x * 64u + id; i < u.vectors; i += 64u * groups.x) { sum += dot(x[i], x[i]); }
  let total = groupSum(id, vec2f(sum, 0.0)).x;
  if (id == 0u) { parts[group.x] = total; }
}
`,
}));

const root = memoised((subgroups: boolean): Program => ({
  name: 'globalNorm',
  subgroups,
  uniforms: { count: 'u32' },
  reads: { parts: 'f32' },
  writes: { norm: 'f32' },
  code: /* wgsl */ `
${groupReduce(subgroups)}
@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) id: u32) {
  var sum = 0.0;
  for (var i = id; i < u.count; i += 64u) { sum += parts[i]; }
  let total = groupSum(id, vec2f(sum, 0.0)).x;
  if (id == 0u) { norm[0] = sqrt(total); }
}
`,
}));

/** norm[0] = √Σ x², in two stages of fixed order. The length is a multiple of 4. */
export function globalNorm(context: Context, { gradients, norm }: On<'globalNorm'>): void {
  const vectors = gradients.length / 4;
  const groups = Math.min(256, Math.ceil(vectors / 64));
  const parts = context.temporary(groups);
  context.run(squares(context.subgroups), [gradients, parts], [vectors], groups);
  context.run(root(context.subgroups), [parts, norm], [groups], 1);
}
