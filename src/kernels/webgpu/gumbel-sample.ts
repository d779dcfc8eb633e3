import type { Context } from './context';
import { GUMBEL } from './gumbel';
import type { GpuBuffer } from './memory';
import type { Program } from './programs';

const program: Program = {
  name: 'gumbelSample',
  uniforms: { quads: 'u32', noisy: 'u32', inverse: 'f32', key: 'u32' },
  reads: { logits: 'vec4f', penalty: 'vec4f', rows: 'i32', steps: 'i32' },
  writes: { out: 'i32' },
  code: /* wgsl */ `
${GUMBEL}
var<workgroup> tops: array<f32, 64>;
var<workgroup> places: array<i32, 64>;

// by its bits, since compilers may assume that there is no infinity and no NaN
fn isFinite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) id: u32) {
  let row = group.x;
  var top = -3.4e38;
  var place = -1;
  for (var quad = id; quad < u.quads; quad += 64u) {
    let logit = logits[row * u.quads + quad];
    var value = logit * u.inverse;
    if (u.noisy != 0u) { value += gumbel(quad, u32(steps[row]), u32(rows[row]), u.key); }
    let ban = penalty[quad];
    for (var lane = 0u; lane < 4u; lane++) {
      if (isFinite(logit[lane]) && isFinite(ban[lane]) && value[lane] + ban[lane] > top) {
        top = value[lane] + ban[lane];
        place = i32(4u * quad + lane);
      }
    }
  }
  tops[id] = top;
  places[id] = place;
  workgroupBarrier();
  if (id != 0u) { return; }
  // the lowest index wins a tie, as argmax does
  for (var i = 1u; i < 64u; i++) {
    if (places[i] >= 0 && (place < 0 || tops[i] > top || (tops[i] == top && places[i] < place))) {
      top = tops[i];
      place = places[i];
    }
  }
  out[row] = place;
}
`,
};

/** out[R] = argmax_j logits[R, V4] / temperature + noise + penalty[V4]; −1 where no logit is a finite number. */
export function gumbelSample(
  context: Context,
  logits: GpuBuffer,
  penalty: GpuBuffer,
  rows: GpuBuffer,
  steps: GpuBuffer,
  out: GpuBuffer,
  count: number,
  v: number,
  temperature: number,
  key: number,
): void {
  const noisy = temperature > 0;
  const uniforms = [Math.ceil(v / 4), noisy ? 1 : 0, noisy ? 1 / temperature : 1, key];
  context.run(program, [logits, penalty, rows, steps, out], uniforms, count);
}

const field: Program = {
  name: 'gumbelRow',
  uniforms: { quads: 'u32', key: 'u32', row: 'u32', step: 'u32' },
  reads: {},
  writes: { out: 'vec4f' },
  code: /* wgsl */ `
${GUMBEL}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) at: vec3u) {
  if (at.x < u.quads) { out[at.x] = gumbel(at.x, u.step, u.row, u.key); }
}
`,
};

/** For tests: one row of the noise field, out[length] (a multiple of 4). */
export function gumbelRow(context: Context, key: number, row: number, step: number, out: GpuBuffer): void {
  const quads = out.length / 4;
  context.run(field, [out], [quads, key, row, step], Math.ceil(quads / 64));
}
