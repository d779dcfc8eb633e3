import type { On } from './args';
import type { Context } from './context';
import { GUMBEL } from './gumbel';
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
  { logits, penalty, noiseRows, noiseSteps, out, rows, vocabulary, temperature, key }: On<'gumbelSample'>,
): void {
  const noisy = temperature > 0;
  const uniforms = [Math.ceil(vocabulary / 4), noisy ? 1 : 0, noisy ? 1 / temperature : 1, key];
  context.run(program, [logits, penalty, noiseRows, noiseSteps, out], uniforms, rows);
}
