import type { On } from './args';
import type { Context } from './context';
import type { Program } from './programs';

/** Tokens looked at together. */
const CHUNK = 256;

const program: Program = {
  name: 'embeddingBackward',
  uniforms: { n: 'u32', width: 'u32', vocabulary: 'u32' },
  reads: { dx: 'vec4f', ids: 'i32', positions: 'i32' },
  writes: { dwte: 'vec4f', dwpe: 'vec4f' },
  code: /* wgsl */ `
var<workgroup> hits: array<atomic<u32>, ${CHUNK / 32}>; // bit per token; OR gives the same bits in any order

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) id: u32) {
  let isToken = group.x < u.vocabulary;
  let row = select(group.x - u.vocabulary, group.x, isToken);
  var sum = vec4f(0.0);
  for (var first = 0u; first < u.n; first += ${CHUNK}u) {
    if (id < ${CHUNK / 32}u) { atomicStore(&hits[id], 0u); }
    workgroupBarrier();
    for (var i = id; i < ${CHUNK}u; i += 64u) {
      let token = first + i;
      if (token < u.n) {
        var found = positions[token];
        if (isToken) { found = ids[token]; }
        if (u32(found) == row) { atomicOr(&hits[i / 32u], 1u << (i % 32u)); }
      }
    }
    workgroupBarrier();
    if (id < u.width) {
      for (var w = 0u; w < ${CHUNK / 32}u; w++) {
        var bits = atomicLoad(&hits[w]);
        while (bits != 0u) {
          sum += dx[(first + 32u * w + firstTrailingBit(bits)) * u.width + id];
          bits &= bits - 1u;
        }
      }
    }
    workgroupBarrier();
  }
  if (id >= u.width) { return; }
  if (isToken) { dwte[row * u.width + id] += sum; } else { dwpe[row * u.width + id] += sum; }
}
`,
};

/**
 * dwte[ids] += dx, dwpe[positions] += dx. One workgroup per row of either table looks for its tokens and
 * adds them in their order: no atomic addition, whose order would differ from run to run.
 */
export function embeddingBackward(
  context: Context,
  { dx, ids, positions, dWte, dWpe, tokens, width }: On<'embeddingBackward'>,
): void {
  const [vocabulary, places] = [Math.floor(dWte.length / width), Math.floor(dWpe.length / width)];
  const uniforms = [tokens, width / 4, vocabulary];
  context.run(program, [dx, ids, positions, dWte, dWpe], uniforms, vocabulary + places);
}
