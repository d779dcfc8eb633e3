import type { On } from './args';
import type { Context } from './context';
import { groupsFor } from './context';
import type { Program } from './programs';

const program: Program = {
  name: 'adamw',
  uniforms: {
    vectors: 'u32',
    beta1: 'f32',
    rest1: 'f32',
    beta2: 'f32',
    rest2: 'f32',
    epsilon: 'f32',
    maxNorm: 'f32',
    shrink: 'f32',
    rate: 'f32',
    root: 'f32',
  },
  reads: { gradients: 'vec4f', decay: 'vec4f', norm: 'f32' },
  writes: { parameters: 'vec4f', first: 'vec4f', second: 'vec4f' },
  code: /* wgsl */ `
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) at: vec3u, @builtin(num_workgroups) groups: vec3u) {
  var clip = 1.0;
  if (norm[0] > u.maxNorm) { clip = u.maxNorm / (norm[0] + 1e-6); }
  for (var i = at.x; i < u.vectors; i += 64u * groups.x) {
    let g = gradients[i] * clip;
    let m = u.beta1 * first[i] + u.rest1 * g;
    let v = u.beta2 * second[i] + u.rest2 * g * g;
    var p = parameters[i];
    p -= p * u.shrink * decay[i];
    p -= u.rate * (m / (sqrt(v) * u.root + u.epsilon));
    first[i] = m;
    second[i] = v;
    parameters[i] = p;
  }
}
`,
};

/** Larger than any norm: no clipping. (WGSL knows no infinity.) */
const UNBOUNDED = 3e38;

/** One AdamW step in place (Loshchilov & Hutter 2019); the clip factor is found on the device from norm[0]. */
export function adamw(
  context: Context,
  { parameters, gradients, firstMoment, secondMoment, decay, norm, step: s }: On<'adamw'>,
): void {
  const vectors = parameters.length / 4;
  const uniforms = [
    vectors,
    s.beta1,
    1 - s.beta1,
    s.beta2,
    1 - s.beta2,
    s.epsilon,
    Math.min(s.maxNorm, UNBOUNDED),
    s.learningRate * s.weightDecay,
    s.learningRate / s.correction1,
    1 / Math.sqrt(s.correction2),
  ];
  context.run(
    program,
    [gradients, decay, norm, parameters, firstMoment, secondMoment],
    uniforms,
    groupsFor(vectors),
  );
}
