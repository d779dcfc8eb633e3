import { BLOCK, blocksOf, VISIBLE } from './attention';
import type { On } from './args';
import type { Context } from './context';
import { memoised } from './context';
import type { Program } from './programs';

const program = memoised((vectors: number): Program => ({
  name: 'attentionBackward',
  uniforms: { heads: 'u32', scale: 'f32', blocks: 'u32' },
  reads: {
    qkv: 'vec4f',
    dOut: 'vec4f',
    attended: 'vec4f',
    kept: 'f32',
    offsets: 'i32',
    prefixes: 'i32',
  },
  writes: { dqkv: 'vec4f' },
  code: /* wgsl */ `
const BLOCK = ${BLOCK}u;
const VECTORS = ${vectors}u; // per head
var<workgroup> left: array<vec4f, BLOCK * VECTORS>; // keys, or queries
var<workgroup> right: array<vec4f, BLOCK * VECTORS>; // values, or dOut
var<workgroup> facts: array<vec2f, BLOCK>; // of queries: log Σ exp, Σ p · dp
${VISIBLE}
@compute @workgroup_size(${BLOCK})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) id: u32) {
  let start = u32(offsets[group.x]);
  let length = u32(offsets[group.x + 1u]) - start;
  let prefix = u32(prefixes[group.x]);
  let head = group.y * VECTORS;
  let width = u.heads * VECTORS;
  let first = (group.z % u.blocks) * BLOCK;
  if (first >= length) { return; }
  let mine = first + id;
  let here = start + mine;
  if (group.z < u.blocks) {
    // one query per thread: dq
    let seen = select(0u, min(length, visible(mine, prefix)), mine < length);
    let longest = min(length, max(first + BLOCK, visible(first, prefix)));
    var q: array<vec4f, VECTORS>;
    var dy: array<vec4f, VECTORS>;
    var dq: array<vec4f, VECTORS>;
    var logSum = 0.0;
    var mean = 0.0; // Σ p · dp = out · dOut
    if (mine < length) {
      logSum = kept[here * u.heads + group.y];
      for (var c = 0u; c < VECTORS; c++) {
        q[c] = qkv[here * 3u * width + head + c] * u.scale;
        dy[c] = dOut[here * width + head + c];
        mean += dot(dy[c], attended[here * width + head + c]);
      }
    }
    for (var base = 0u; base < longest; base += BLOCK) {
      workgroupBarrier();
      for (var e = id; e < BLOCK * VECTORS; e += BLOCK) {
        let key = base + e / VECTORS;
        if (key < length) {
          let at = (start + key) * 3u * width + width + head + e % VECTORS;
          left[e] = qkv[at];
          right[e] = qkv[at + width];
        }
      }
      workgroupBarrier();
      let count = min(BLOCK, max(seen, base) - base);
      for (var j = 0u; j < count; j++) {
        var score = 0.0;
        var dp = 0.0;
        for (var c = 0u; c < VECTORS; c++) {
          score += dot(q[c], left[j * VECTORS + c]);
          dp += dot(dy[c], right[j * VECTORS + c]);
        }
        let ds = exp(clamp(score - logSum, -87.0, 0.0)) * (dp - mean);
        for (var c = 0u; c < VECTORS; c++) { dq[c] += ds * left[j * VECTORS + c]; }
      }
    }
    if (mine < length) {
      for (var c = 0u; c < VECTORS; c++) { dqkv[here * 3u * width + head + c] = u.scale * dq[c]; }
    }
  } else {
    // one key per thread: dk and dv
    var k: array<vec4f, VECTORS>;
    var v: array<vec4f, VECTORS>;
    var dk: array<vec4f, VECTORS>;
    var dv: array<vec4f, VECTORS>;
    let at = here * 3u * width + width + head;
    if (mine < length) {
      for (var c = 0u; c < VECTORS; c++) {
        k[c] = qkv[at + c];
        v[c] = qkv[at + width + c];
      }
    }
    // from the first query on that sees any of these keys
    for (var base = select(first, 0u, first < prefix); base < length; base += BLOCK) {
      workgroupBarrier();
      for (var e = id; e < BLOCK * VECTORS; e += BLOCK) {
        let i = start + base + e / VECTORS;
        if (base + e / VECTORS < length) {
          left[e] = qkv[i * 3u * width + head + e % VECTORS] * u.scale;
          right[e] = dOut[i * width + head + e % VECTORS];
        }
      }
      if (base + id < length) {
        let i = start + base + id;
        var mean = 0.0;
        for (var c = 0u; c < VECTORS; c++) {
          mean += dot(dOut[i * width + head + c], attended[i * width + head + c]);
        }
        facts[id] = vec2f(kept[i * u.heads + group.y], mean);
      }
      workgroupBarrier();
      for (var e = 0u; e < min(BLOCK, length - base); e++) {
        if (mine >= visible(base + e, prefix)) { continue; }
        var score = 0.0;
        var dp = 0.0;
        for (var c = 0u; c < VECTORS; c++) {
          score += dot(k[c], left[e * VECTORS + c]);
          dp += dot(v[c], right[e * VECTORS + c]);
        }
        let p = exp(clamp(score - facts[e].x, -87.0, 0.0));
        let ds = p * (dp - facts[e].y);
        for (var c = 0u; c < VECTORS; c++) {
          dv[c] += p * right[e * VECTORS + c];
          dk[c] += ds * left[e * VECTORS + c];
        }
      }
    }
    if (mine < length) {
      for (var c = 0u; c < VECTORS; c++) {
        dqkv[at + c] = dk[c];
        dqkv[at + width + c] = dv[c];
      }
    }
  }
}
`,
}));

/**
 * dOut[N, d] → dqkv[N, 3d]; probabilities are found again from `kept`, and Σ p · dp from the output
 * `attended` [N, d] (Dao et al. 2022, FlashAttention). Half of the workgroups do queries, half do keys.
 */
export function attentionBackward(
  context: Context,
  { qkv, rows, shape, probabilities, out, dOut, dQkv }: On<'attentionBackward'>,
): void {
  const { heads, headDim } = shape;
  const blocks = blocksOf(rows);
  context.run(
    program(headDim / 4),
    [qkv, dOut, out, probabilities, rows.offsets, rows.prefixes, dQkv],
    [heads, 1 / Math.sqrt(headDim), blocks],
    rows.count,
    heads,
    2 * blocks,
  );
}
