import type { On } from './args';
import type { Context } from './context';
import { memoised } from './context';
import { groupReduce } from './group-reduce';
import type { Program } from './programs';

/** Longest cache that fits workgroup memory. */
const CAPACITY = 1024;

const programs = memoised((subgroups: boolean) =>
  memoised((vectors: number): Program => ({
    name: 'decodeAttention',
    subgroups,
    uniforms: { width: 'u32', capacity: 'u32', scale: 'f32', fresh: 'u32' },
    reads: { qkv: 'vec4f', slots: 'i32', positions: 'i32' },
    writes: { keys: 'vec4f', values: 'vec4f', out: 'vec4f' },
    code: /* wgsl */ `
const VECTORS = ${vectors}u; // per head
const TEAMS = ${Math.floor(64 / vectors)}u; // groups of threads that share the sum over keys
var<workgroup> weights: array<f32, ${CAPACITY}>;
var<workgroup> sums: array<vec4f, 64>;
${groupReduce(subgroups)}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) id: u32) {
  let row = group.x;
  let head = group.y * VECTORS;
  let count = u32(positions[row]) + 1u;
  let base = u32(slots[row]) * u.capacity * u.width + head;
  if (u.fresh != 0u && id < VECTORS) {
    let place = base + (count - 1u) * u.width + id;
    keys[place] = qkv[(3u * row + 1u) * u.width + head + id];
    values[place] = qkv[(3u * row + 2u) * u.width + head + id];
  }
  storageBarrier();
  var largest = -3.0e38;
  for (var j = id; j < count; j += 64u) {
    var score = 0.0;
    for (var c = 0u; c < VECTORS; c++) {
      score += dot(qkv[3u * row * u.width + head + c], keys[base + j * u.width + c]);
    }
    weights[j] = score * u.scale;
    largest = max(largest, weights[j]);
  }
  let top = groupMax(id, largest);
  var total = 0.0;
  for (var j = id; j < count; j += 64u) {
    weights[j] = exp(max(weights[j] - top, -87.0));
    total += weights[j];
  }
  total = groupSum(id, vec2f(total, 0.0)).x;
  let c = id % VECTORS;
  var sum = vec4f(0.0);
  if (id < TEAMS * VECTORS) {
    for (var j = id / VECTORS; j < count; j += TEAMS) { sum += weights[j] * values[base + j * u.width + c]; }
  }
  sums[id] = sum;
  workgroupBarrier();
  if (id >= VECTORS) { return; }
  for (var t = 1u; t < TEAMS; t++) { sum += sums[t * VECTORS + id]; }
  out[row * u.width + head + id] = sum / total;
}
`,
  })),
);

/**
 * One new token per row attends to positions 0 … positions[i]: out[N, d]. Its own key and value are in the
 * cache already, or, if `fresh`, are written there first.
 */
export function decodeAttention(
  context: Context,
  { qkv, slots, positions, cache, out, tokens, shape }: On<'decodeAttention'>,
  fresh: boolean,
): void {
  const { heads, headDim } = shape;
  if (cache.capacity > CAPACITY) throw new RangeError(`contexts on WebGPU end at ${CAPACITY} tokens`);
  context.run(
    programs(context.subgroups)(headDim / 4),
    [qkv, slots, positions, cache.keys, cache.values, out],
    [(heads * headDim) / 4, cache.capacity, 1 / Math.sqrt(headDim), fresh ? 1 : 0],
    tokens,
    heads,
  );
}
