import type { GpuBuffer } from './memory';

type Scalar = 'u32' | 'f32';
type Element = 'f32' | 'i32' | 'vec4f' | 'vec2u';

/** One WGSL kernel. Bindings and the uniform struct `u` are generated from the lists. */
export interface Program {
  name: string;
  /** It needs subgroups. */
  subgroups?: boolean;
  uniforms: Record<string, Scalar>;
  /** Buffers in the order in which `run` gets them: first those only read, then those written. */
  reads: Record<string, Element>;
  writes: Record<string, Element>;
  /** Everything but the bindings; the entry point is `main`. */
  code: string;
}

/** A program that is compiled. */
export interface Compiled {
  readonly name: string;
  readonly pipeline: GPUComputePipeline;
  readonly types: readonly Scalar[];
  bind(buffers: readonly GpuBuffer[]): GPUBindGroup;
}

/** Bytes of one dispatch's uniforms, and the alignment that every device accepts. */
export const UNIFORM_BYTES = 256;

/** Compiled programs of one device, with their bind groups. */
export class ProgramCache {
  private readonly compiled = new Map<Program, Compiled>();
  private readonly groups = new Set<Map<string, GPUBindGroup>>();

  constructor(
    private readonly device: GPUDevice,
    private readonly uniforms: GPUBuffer,
  ) {}

  get(program: Program): Compiled {
    let found = this.compiled.get(program);
    if (!found) this.compiled.set(program, (found = this.compile(program)));
    return found;
  }

  /** Forgets all bind groups: some buffer has gone away. */
  forget(): void {
    for (const groups of this.groups) groups.clear();
  }

  private compile(program: Program): Compiled {
    const { device } = this;
    const label = program.name;
    const reads = Object.keys(program.reads).length;
    const total = reads + Object.keys(program.writes).length;
    const layout = device.createBindGroupLayout({
      label,
      entries: [
        {
          binding: 0,
          visibility: GPUShaderStage.COMPUTE,
          buffer: { type: 'uniform', hasDynamicOffset: true, minBindingSize: UNIFORM_BYTES },
        },
        ...Array.from({ length: total }, (_, i): GPUBindGroupLayoutEntry => ({
          binding: i + 1,
          visibility: GPUShaderStage.COMPUTE,
          buffer: { type: i < reads ? 'read-only-storage' : 'storage' },
        })),
      ],
    });
    const module = device.createShaderModule({ label, code: sourceOf(program) });
    const pipeline = device.createComputePipeline({
      label,
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: 'main' },
    });
    const groups = new Map<string, GPUBindGroup>();
    this.groups.add(groups);
    const bind = (buffers: readonly GpuBuffer[]) => {
      let key = '';
      for (const buffer of buffers) key += `${buffer.key},`;
      let group = groups.get(key);
      if (!group) {
        const storage = buffers.map(({ raw, offset, size }, i) => ({
          binding: i + 1,
          resource: { buffer: raw.gpu, offset, size },
        }));
        const uniforms = { binding: 0, resource: { buffer: this.uniforms, size: UNIFORM_BYTES } };
        group = device.createBindGroup({ label, layout, entries: [uniforms, ...storage] });
        groups.set(key, group);
      }
      return group;
    };
    return { name: label, pipeline, types: Object.values(program.uniforms), bind };
  }
}

/** Complete WGSL of a program. */
export function sourceOf({ subgroups, uniforms, reads, writes, code }: Program): string {
  const fields = Object.entries(uniforms).map(([name, type]) => `  ${name}: ${type},`);
  const bindings = [
    ...Object.entries(reads).map(([name, type]) => `var<storage, read> ${name}: array<${type}>;`),
    ...Object.entries(writes).map(([name, type]) => `var<storage, read_write> ${name}: array<${type}>;`),
  ].map((text, i) => `@group(0) @binding(${i + 1}) ${text}`);
  return [
    ...(subgroups ? ['enable subgroups;'] : []),
    'struct Uniforms {',
    ...fields,
    '}',
    '@group(0) @binding(0) var<uniform> u: Uniforms;',
    ...bindings,
    code,
  ].join('\n');
}
