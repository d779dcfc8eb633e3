import type { Rows } from '../kernels';
import type { On } from './args';
import type { Context } from './context';
import { memoised } from './context';
import type { GpuBuffer } from './memory';
import type { Program } from './programs';

/** Queries of one workgroup (one per thread), and keys that it holds at a time. */
export const BLOCK = 32;

/** Number of keys that query i sees: causal, but tokens of the prefix see the whole prefix. */
export const VISIBLE = /* wgsl */ `
fn visible(i: u32, prefix: u32) -> u32 { return select(i + 1u, max(i + 1u, prefix), i < prefix); }
`;

const program = memoised((vectors: number): Program => ({
  name: 'attention',
  uniforms: { heads: 'u32', scale: 'f32' },
  reads: { qkv: 'vec4f', offsets: 'i32', prefixes: 'i32' },
  writes: { out: 'vec4f', kept: 'f32' },
  code: /* wgsl */ `
const BLOCK = ${BLOCK}u;
const VECTORS = ${vectors}u; // per head
var<workgroup> keys: array<vec4f, BLOCK * VECTORS>;
var<workgroup> values: array<vec4f, BLOCK * VECTORS>;
${VISIBLE}
@compute @workgroup_size(${BLOCK})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) id: u32) {
  let start = u32(offsets[group.x]);
  let length = u32(offsets[group.x + 1u]) - start;
  let prefix = u32(prefixes[group.x]);
  let first = group.z * BLOCK;
  if (first >= length) { return; }
  let head = group.y * VECTORS;
  let width = u.heads * VECTORS;
  let i = first + id;
  let mine = select(0u, min(length, visible(i, prefix)), i < length);
  let longest = min(length, max(first + BLOCK, visible(first, prefix)));
  var q: array<vec4f, VECTORS>;
  var sum: array<vec4f, VECTORS>;
  for (var c = 0u; c < VECTORS; c++) {
    if (i < length) { q[c] = qkv[(start + i) * 3u * width + head + c] * u.scale; }
  }
  // softmax in one pass, rescaled whenever a larger score turns up (Milakov & Gimelshein 2018)
  var top = -3.0e38;
  var total = 0.0;
  for (var base = 0u; base < longest; base += BLOCK) {
    workgroupBarrier();
    for (var e = id; e < BLOCK * VECTORS; e += BLOCK) {
      let key = base + e / VECTORS;
      if (key < length) {
        let at = (start + key) * 3u * width + width + head + e % VECTORS;
        keys[e] = qkv[at];
        values[e] = qkv[at + width];
      }
    }
    workgroupBarrier();
    let count = min(BLOCK, max(mine, base) - base);
    for (var j = 0u; j < count; j++) {
      var score = 0.0;
      for (var c = 0u; c < VECTORS; c++) { score += dot(q[c], keys[j * VECTORS + c]); }
      if (score > top) {
        let shrink = exp(max(top - score, -87.0));
        total *= shrink;
        for (var c = 0u; c < VECTORS; c++) { sum[c] *= shrink; }
        top = score;
      }
      let p = exp(max(score - top, -87.0));
      total += p;
      for (var c = 0u; c < VECTORS; c++) { sum[c] += p * values[j * VECTORS + c]; }
    }
  }
  if (i >= length) { return; }
  for (var c = 0u; c < VECTORS; c++) { out[(start + i) * width + head + c] = sum[c] / total; }
  kept[(start + i) * u.heads + group.y] = top + log(total);
}
`,
}));

/**
 * Multi-head attention inside each row: qkv[N, 3d] → out[N, d]. `probabilities` [N, heads] gets log Σ exp(scores) of
 * every query, from which the backward pass finds the probabilities again (Dao et al. 2022).
 */
export function attention(
  context: Context,
  { qkv, rows, shape, probabilities, out }: On<'attention'> & { probabilities: GpuBuffer },
): void {
  const { heads, headDim } = shape;
  context.run(
    program(headDim / 4),
    [qkv, rows.offsets, rows.prefixes, out, probabilities],
    [heads, 1 / Math.sqrt(headDim)],
    rows.count,
    heads,
    blocksOf(rows),
  );
}

/** Blocks of the longest row. */
export const blocksOf = ({ lengths }: Rows<unknown>): number => Math.ceil(Math.max(0, ...lengths) / BLOCK);
