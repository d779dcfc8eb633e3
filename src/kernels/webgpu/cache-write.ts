import type { On } from './args';
import type { Context } from './context';
import { groupsFor } from './context';
import type { Program } from './programs';

const program: Program = {
  name: 'cacheWrite',
  uniforms: { n: 'u32', width: 'u32', capacity: 'u32' },
  reads: { qkv: 'vec4f', slots: 'i32', positions: 'i32' },
  writes: { keys: 'vec4f', values: 'vec4f' },
  code: /* wgsl */ `
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) at: vec3u, @builtin(num_workgroups) groups: vec3u) {
  for (var i = at.x; i < u.n * u.width; i += 64u * groups.x) {
    let token = i / u.width;
    let c = i % u.width;
    let to = (u32(slots[token]) * u.capacity + u32(positions[token])) * u.width + c;
    let source = (3u * token + 1u) * u.width + c;
    keys[to] = qkv[source];
    values[to] = qkv[source + u.width];
  }
}
`,
};

/** Writes keys and values of qkv[N, 3d] to (slots[N], positions[N]). */
export function cacheWrite(
  context: Context,
  { qkv, slots, positions, cache, tokens, width }: On<'cacheWrite'>,
): void {
  context.run(
    program,
    [qkv, slots, positions, cache.keys, cache.values],
    [tokens, width / 4, cache.capacity],
    groupsFor((tokens * width) / 4),
  );
}
