import type { Context } from './context';
import type { GpuBuffer } from './memory';
import type { Program } from './programs';

const program: Program = {
  name: 'reduce',
  uniforms: { blocks: 'u32', widthA: 'u32', widthB: 'u32' },
  reads: { partialA: 'f32', partialB: 'f32' },
  writes: { a: 'f32', b: 'f32' },
  code: /* wgsl */ `
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) at: vec3u, @builtin(num_workgroups) groups: vec3u) {
  for (var i = at.x; i < u.widthA + u.widthB; i += 64u * groups.x) {
    var sum = 0.0;
    if (i < u.widthA) {
      for (var block = 0u; block < u.blocks; block++) { sum += partialA[block * u.widthA + i]; }
      a[i] += sum;
    } else {
      let j = i - u.widthA;
      for (var block = 0u; block < u.blocks; block++) { sum += partialB[block * u.widthB + j]; }
      b[j] += sum;
    }
  }
}
`,
};

/** a[w] += Σ over blocks of partialA[blocks, w], in fixed order; b likewise. */
export function reduce(
  context: Context,
  partialA: GpuBuffer,
  partialB: GpuBuffer,
  a: GpuBuffer,
  b: GpuBuffer,
  blocks: number,
  widthA: number,
  widthB: number,
): void {
  const groups = Math.ceil((widthA + widthB) / 64);
  context.run(program, [partialA, partialB, a, b], [blocks, widthA, widthB], Math.min(groups, 32768));
}
