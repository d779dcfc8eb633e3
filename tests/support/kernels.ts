import { openWasm } from '../../src/engine/devices/wasm';
import { roundUp4 } from '../../src/kernels/kernels';
import { WasmKernels } from '../../src/kernels/wasm/kernels';
import { GUMBEL } from '../../src/kernels/webgpu/gumbel';
import type { WebGpuKernels } from '../../src/kernels/webgpu/kernels';
import type { Program } from '../../src/kernels/webgpu/programs';

/** WASM kernels with the exports that only tests call. */
export class ProbedWasmKernels extends WasmKernels {
  /** One row of the noise field, [v]. */
  gumbelRow(key: number, row: number, step: number, v: number): Float32Array {
    return this.frame(() => {
      const out = this.temporary((v + 15) & ~15);
      this.call.gumbelRow!(key | 0, row, step, out.ptr, v);
      return this.readFloats(out).slice(0, v);
    });
  }

  /** exp or log of each element. */
  elementwise(name: 'exp' | 'log', x: Float32Array): Float32Array {
    return this.frame(() => {
      const input = this.upload(x);
      const out = this.temporary(roundUp4(x.length));
      this.call[`${name}All`]!(input.ptr, out.ptr, roundUp4(x.length));
      return this.readFloats(out).slice(0, x.length);
    });
  }
}

/** WASM kernels on one thread; `relaxed` undefined takes the best build that this runtime has. */
export const openWasmKernels = async (relaxed?: boolean): Promise<ProbedWasmKernels> =>
  new ProbedWasmKernels((await openWasm(1, relaxed)).loaded);

const NOISE: Program = {
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

/** One row of the noise field as WebGPU computes it, [v]. */
export function webGpuNoise(
  kernels: WebGpuKernels,
  key: number,
  row: number,
  step: number,
  v: number,
): Promise<Float32Array> {
  return kernels.frame(async () => {
    const out = kernels.temporary(Math.ceil(v / 4) * 4);
    const quads = out.length / 4;
    kernels.run(NOISE, [out], [quads, key, row, step], Math.ceil(quads / 64));
    return (await kernels.readFloats(out)).slice(0, v);
  });
}
