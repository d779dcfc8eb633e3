import type { AttentionShape } from '../kernels';
import type { GpuRows } from './attention';
import { VISIBLE } from './attention';
import type { Context } from './context';
import { memoised } from './context';
import type { GpuBuffer } from './memory';
import type { Program } from './programs';

/** Queries (then keys) of one workgroup at a time, one per thread, and partners that it holds at a time. */
const BLOCK = 64;
const CHUNK = 32;

const program = memoised((vectors: number): Program => ({
  name: 'attentionBackward',
  uniforms: { heads: 'u32', scale: 'f32' },
  reads: { qkv: 'vec4f', dOut: 'vec4f', offsets: 'i32', prefixes: 'i32' },
  writes: { kept: 'f32', dqkv: 'vec4f' },
  code: /* wgsl */ `
const BLOCK = ${BLOCK}u;
const CHUNK = ${CHUNK}u;
const VECTORS = ${vectors}u; // per head
var<workgroup> left: array<vec4f, CHUNK * VECTORS>; // keys, then queries
var<workgroup> right: array<vec4f, CHUNK * VECTORS>; // values, then dOut
var<workgroup> facts: array<vec2f, CHUNK>; // of queries: log Σ exp, Σ p · dp
${VISIBLE}
@compute @workgroup_size(${BLOCK})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) id: u32) {
  let start = u32(offsets[group.x]);
  let length = u32(offsets[group.x + 1u]) - start;
  let prefix = u32(prefixes[group.x]);
  let head = group.y * VECTORS;
  let width = u.heads * VECTORS;

  // one query per thread: dq, and the row's Σ p · dp
  for (var first = 0u; first < length; first += BLOCK) {
    let i = first + id;
    let mine = select(0u, min(length, visible(i, prefix)), i < length);
    let longest = min(length, max(first + BLOCK, visible(first, prefix)));
    var q: array<vec4f, VECTORS>;
    var dy: array<vec4f, VECTORS>;
    var pdk: array<vec4f, VECTORS>; // Σ p · dp · k
    var pk: array<vec4f, VECTORS>; // Σ p · k
    var logSum = 0.0;
    var pd = 0.0;
    if (i < length) {
      logSum = kept[2u * ((start + i) * u.heads + group.y)];
      for (var c = 0u; c < VECTORS; c++) {
        q[c] = qkv[(start + i) * 3u * width + head + c] * u.scale;
        dy[c] = dOut[(start + i) * width + head + c];
      }
    }
    for (var base = 0u; base < longest; base += CHUNK) {
      workgroupBarrier();
      for (var e = id; e < CHUNK * VECTORS; e += BLOCK) {
        let key = base + e / VECTORS;
        if (key < length) {
          let at = (start + key) * 3u * width + width + head + e % VECTORS;
          left[e] = qkv[at];
          right[e] = qkv[at + width];
        }
      }
      workgroupBarrier();
      let count = min(CHUNK, max(mine, base) - base);
      for (var j = 0u; j < count; j++) {
        var score = 0.0;
        var dp = 0.0;
        for (var c = 0u; c < VECTORS; c++) {
          score += dot(q[c], left[j * VECTORS + c]);
          dp += dot(dy[c], right[j * VECTORS + c]);
        }
        let p = exp(clamp(score - logSum, -87.0, 0.0));
        pd += p * dp;
        for (var c = 0u; c < VECTORS; c++) {
          pdk[c] += p * dp * left[j * VECTORS + c];
          pk[c] += p * left[j * VECTORS + c];
        }
      }
    }
    if (i < length) {
      kept[2u * ((start + i) * u.heads + group.y) + 1u] = pd;
      for (var c = 0u; c < VECTORS; c++) {
        dqkv[(start + i) * 3u * width + head + c] = u.scale * (pdk[c] - pd * pk[c]);
      }
    }
  }
  storageBarrier();
  workgroupBarrier();

  // one key per thread: dk and dv
  for (var first = 0u; first < length; first += BLOCK) {
    let j = first + id;
    var k: array<vec4f, VECTORS>;
    var v: array<vec4f, VECTORS>;
    var dk: array<vec4f, VECTORS>;
    var dv: array<vec4f, VECTORS>;
    if (j < length) {
      for (var c = 0u; c < VECTORS; c++) {
        let at = (start + j) * 3u * width + width + head + c;
        k[c] = qkv[at];
        v[c] = qkv[at + width];
      }
    }
    // the first query that sees any of these keys
    for (var base = select(first, 0u, first < prefix); base < length; base += CHUNK) {
      workgroupBarrier();
      for (var e = id; e < CHUNK * VECTORS; e += BLOCK) {
        let i = base + e / VECTORS;
        if (i < length) {
          left[e] = qkv[(start + i) * 3u * width + head + e % VECTORS] * u.scale;
          right[e] = dOut[(start + i) * width + head + e % VECTORS];
        }
      }
      if (id < CHUNK && base + id < length) {
        let at = 2u * ((start + base + id) * u.heads + group.y);
        facts[id] = vec2f(kept[at], kept[at + 1u]);
      }
      workgroupBarrier();
      for (var e = 0u; e < min(CHUNK, length - base); e++) {
        if (j >= visible(base + e, prefix)) { continue; }
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
    if (j < length) {
      for (var c = 0u; c < VECTORS; c++) {
        let at = (start + j) * 3u * width + width + head + c;
        dqkv[at] = dk[c];
        dqkv[at + width] = dv[c];
      }
    }
  }
}
`,
}));

/** dOut[N, d] → dqkv[N, 3d]; probabilities are found again from `kept` (see attention.ts), Dao et al. 2022. */
export function attentionBackward(
  context: Context,
  qkv: GpuBuffer,
  dOut: GpuBuffer,
  rows: GpuRows,
  { heads, headDim }: AttentionShape,
  kept: GpuBuffer,
  dqkv: GpuBuffer,
): void {
  context.run(
    program(headDim / 4),
    [qkv, dOut, rows.offsets, rows.prefixes, kept, dqkv],
    [heads, 1 / Math.sqrt(headDim)],
    rows.count,
    heads,
  );
}
