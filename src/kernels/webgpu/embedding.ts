import type { On } from './args';
import type { Context } from './context';
import { groupsFor } from './context';
import type { Program } from './programs';

const program: Program = {
  name: 'embedding',
  uniforms: { n: 'u32', width: 'u32' },
  reads: { wte: 'vec4f', wpe: 'vec4f', ids: 'i32', positions: 'i32' },
  writes: { out: 'vec4f' },
  code: /* wgsl */ `
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) at: vec3u, @builtin(num_workgroups) groups: vec3u) {
  for (var i = at.x; i < u.n * u.width; i += 64u * groups.x) {
    let token = i / u.width;
    let c = i % u.width;
    // an id below 0 marks a draw from logits that were not numbers; the host reports it later
    let id = u32(max(ids[token], 0));
    out[i] = wte[id * u.width + c] + wpe[u32(positions[token]) * u.width + c];
  }
}
`,
};

/** out[n, d] = wte[ids] + wpe[positions]. */
export function embedding(
  context: Context,
  { wte, wpe, ids, positions, out, tokens, width }: On<'embedding'>,
): void {
  context.run(program, [wte, wpe, ids, positions, out], [tokens, width / 4], groupsFor((tokens * width) / 4));
}
