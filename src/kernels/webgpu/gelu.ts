import type { On } from './args';
import type { Context } from './context';
import { groupsFor } from './context';
import { GELU } from './matmul';
import type { Program } from './programs';

const loop = (body: string) => /* wgsl */ `
${GELU}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) at: vec3u, @builtin(num_workgroups) groups: vec3u) {
  for (var i = at.x; i < u.vectors; i += 64u * groups.x) { ${body} }
}
`;
const uniforms = { vectors: 'u32' } as const;

const forward: Program = {
  name: 'gelu',
  uniforms,
  reads: { x: 'vec4f' },
  writes: { out: 'vec4f' },
  code: loop('out[i] = gelu(x[i]);'),
};
const forwardInPlace: Program = {
  name: 'gelu in place',
  uniforms,
  reads: {},
  writes: { out: 'vec4f' },
  code: loop('out[i] = gelu(out[i]);'),
};
const backwardInPlace: Program = {
  name: 'geluBackward in place',
  uniforms,
  reads: { x: 'vec4f' },
  writes: { dy: 'vec4f' },
  code: loop('dy[i] *= geluSlope(x[i]);'),
};

/** out = gelu(x), tanh form (Hendrycks & Gimpel 2016); out may be x. */
export function gelu(context: Context, { x, out, length }: On<'gelu'>): void {
  const vectors = Math.ceil(length / 4);
  if (x.key === out.key) context.run(forwardInPlace, [out], [vectors], groupsFor(vectors));
  else context.run(forward, [x, out], [vectors], groupsFor(vectors));
}

/** dx *= gelu′(x): dx holds dy already. */
export function geluBackward(
  context: Context,
  { x, dx, length }: Pick<On<'geluBackward'>, 'x' | 'dx' | 'length'>,
): void {
  const vectors = Math.ceil(length / 4);
  context.run(backwardInPlace, [x, dx], [vectors], groupsFor(vectors));
}
