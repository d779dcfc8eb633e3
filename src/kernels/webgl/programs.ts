import { KernelError, trouble } from '../guard';
import type { GlContext } from './context';
import { WIDTH, WIDTH_BITS } from './textures';

/**
 * A shader as its operation sees it. In GLSL an input `x` is a function `vec4 x(int texel)`, the names of
 * `ints` and `floats` are values, and the body defines `void run(int t)`, called for each of the `count`
 * texels of the output; it sets out0, out1, … With `segments`, `run(int t, int segment)` is called for the
 * texels of two ranges of one output.
 */
export interface ProgramSpec {
  name: string;
  inputs: readonly string[];
  ints?: readonly string[];
  floats?: readonly string[];
  outputs?: number;
  segments?: boolean;
  body: string;
  /** Replaces the vertex shader that covers the output; the fragment shader is then `main` in `body`. */
  vertex?: string;
}

/** Sizes are uniforms, so that one compiled program serves every shape. */
export interface Program {
  readonly spec: ProgramSpec;
  readonly handle: WebGLProgram;
  readonly ints: Int32Array;
  readonly floats: Float32Array;
  /** False until the uniforms were first set. */
  started: boolean;
  readonly intsAt: WebGLUniformLocation | null;
  readonly floatsAt: WebGLUniformLocation | null;
}

/** Slots of the integer uniforms before those of the inputs: first texel and count of each range. */
export const firstInput = (spec: ProgramSpec): number => (spec.segments ? 4 : 2);

const COVER = `
void main() {
  vec2 corner = vec2((gl_VertexID << 1) & 2, gl_VertexID & 2);
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}`;

const AT = `(int(gl_FragCoord.y) << ${WIDTH_BITS}) + int(gl_FragCoord.x)`;

/**
 * `run` stands in a branch of its own: after a bare `discard` some GPUs go on with the fragment, and a loop
 * whose end it reads from beyond the data may then never come to it.
 */
const RUN = `
void main() {
  int t = ${AT} - FIRST;
  if (t >= 0 && t < COUNT) run(t);
  else discard;
}`;

const RUN_SEGMENTS = `
void main() {
  int at = ${AT};
  int t = at - FIRST;
  int second = at - FIRST2;
  if (t >= 0 && t < COUNT) run(t, 0);
  else if (second >= 0 && second < COUNT2) run(second, 1);
  else discard;
}`;

function declarations(spec: ProgramSpec): string {
  const { inputs, ints = [], floats = [], segments } = spec;
  const slots = [...(segments ? ['FIRST', 'COUNT', 'FIRST2', 'COUNT2'] : ['FIRST', 'COUNT'])];
  const lines = ['#version 300 es', 'precision highp float;', 'precision highp int;'];
  lines.push(
    'precision highp sampler2D;',
    `uniform int integers[${slots.length + inputs.length + ints.length}];`,
  );
  if (floats.length > 0) lines.push(`uniform float reals[${floats.length}];`);
  slots.forEach((name, i) => lines.push(`#define ${name} integers[${i}]`));
  ints.forEach((name, i) => lines.push(`#define ${name} integers[${slots.length + inputs.length + i}]`));
  floats.forEach((name, i) => lines.push(`#define ${name} reals[${i}]`));
  inputs.forEach((name, i) =>
    lines.push(
      `uniform sampler2D input${i};`,
      `vec4 ${name}(int i) {`,
      `  i += integers[${slots.length + i}];`,
      `  return texelFetch(input${i}, ivec2(i & ${WIDTH - 1}, i >> ${WIDTH_BITS}), 0);`,
      '}',
    ),
  );
  return lines.join('\n');
}

function fragmentSource(spec: ProgramSpec): string {
  const outputs = Array.from(
    { length: spec.outputs ?? 1 },
    (_, i) => `layout(location = ${i}) out vec4 out${i};`,
  );
  const main = spec.vertex ? '' : spec.segments ? RUN_SEGMENTS : RUN;
  return [declarations(spec), ...outputs, spec.body, main].join('\n');
}

/** Compiles each program once; the result is checked at first use, so that many compile side by side. */
export class Programs {
  private readonly started = new Map<ProgramSpec, { handle: WebGLProgram; shaders: WebGLShader[] }>();
  private readonly ready = new Map<ProgramSpec, Program>();

  constructor(private readonly context: GlContext) {}

  /** Starts compiling without waiting. */
  prepare(spec: ProgramSpec): void {
    if (this.started.has(spec)) return;
    const { gl } = this.context;
    const vertex = spec.vertex ? `${declarations(spec)}\n${spec.vertex}` : `#version 300 es${COVER}`;
    const shaders = [
      [gl.VERTEX_SHADER, vertex],
      [gl.FRAGMENT_SHADER, fragmentSource(spec)],
    ].map(([kind, source]) => {
      const shader = gl.createShader(kind as number)!;
      gl.shaderSource(shader, source as string);
      gl.compileShader(shader);
      return shader;
    });
    const handle = gl.createProgram();
    for (const shader of shaders) gl.attachShader(handle, shader);
    gl.linkProgram(handle);
    this.started.set(spec, { handle, shaders });
  }

  /** The compiled program; throws with the operation's name and the compiler's words. */
  get(spec: ProgramSpec): Program {
    return this.ready.get(spec) ?? this.finish(spec);
  }

  private finish(spec: ProgramSpec): Program {
    this.prepare(spec);
    const { gl } = this.context;
    const { handle, shaders } = this.started.get(spec)!;
    if (!gl.getProgramParameter(handle, gl.LINK_STATUS)) {
      this.context.guard.check();
      const log = [...shaders.map((s) => gl.getShaderInfoLog(s)), gl.getProgramInfoLog(handle)];
      throw new KernelError(
        trouble('device.shader', { name: spec.name, log: log.filter(Boolean).join('\n').trim() }),
      );
    }
    for (const shader of shaders) gl.deleteShader(shader);
    gl.useProgram(handle);
    spec.inputs.forEach((_, i) => gl.uniform1i(gl.getUniformLocation(handle, `input${i}`), i));
    const program: Program = {
      spec,
      handle,
      ints: new Int32Array(firstInput(spec) + spec.inputs.length + (spec.ints?.length ?? 0)),
      floats: new Float32Array(spec.floats?.length ?? 0),
      started: false,
      intsAt: gl.getUniformLocation(handle, 'integers[0]'),
      floatsAt: gl.getUniformLocation(handle, 'reals[0]'),
    };
    this.ready.set(spec, program);
    return program;
  }
}
