import type { Counters } from '../kernels';
import type { GlContext } from './context';
import { Memory, texels, type GlBuffer, type Root } from './memory';
import { firstInput, Programs, type Program, type ProgramSpec } from './programs';
import type { Waiting } from './waiting';
import { SPARE_UNIT, TexturePool, WIDTH, WIDTH_BITS, type Texture } from './textures';

type Inputs = readonly (GlBuffer | null)[];
type Numbers = readonly number[];
/** First texel and count. */
export type Range = readonly [start: number, count: number];

/** Choices that depend on the device, for tests to make. */
export interface DeviceOptions {
  /** False: add without blending floats, as devices must that cannot. */
  floatBlend?: boolean;
  /** Rows from which matrix products are cut into tiles; the tiles of a decode step do not fill a GPU. */
  tileRows?: number;
}

const ADD: ProgramSpec = {
  name: 'add',
  inputs: ['a', 'b'],
  body: 'void run(int t) { out0 = a(t) + b(t); }',
};

const COPY: ProgramSpec = { name: 'copy', inputs: ['a'], body: 'void run(int t) { out0 = a(t); }' };

const ZEROS = new Float32Array(4);
const NONE: Numbers = [];

/**
 * Draws: an operation is a program that runs for a range of texels of its outputs. WebGL state that does
 * not change is not set again. Nothing here waits for the GPU.
 */
export class Device {
  readonly pool: TexturePool;
  readonly memory: Memory;
  readonly programs: Programs;
  readonly counters: Counters = { dispatches: 0, readbacks: 0, submits: 0 };
  private readonly gl: WebGL2RenderingContext;
  private readonly units: (Texture | null)[] = [];
  private program: Program | null = null;
  private framebuffer: WebGLFramebuffer | null = null;
  private view = [-1, -1, -1, -1];
  private blending = false;
  private disturbed = false;
  private empty: Texture | null = null;
  private waiting: Waiting | null = null;

  /** Adding to float textures by blending works; without it sums take detours. */
  private readonly floatBlend: boolean;
  /** Fewer rows of a matrix product than this are computed one texel at a time. */
  readonly tileRows: number;

  constructor(
    readonly context: GlContext,
    options: DeviceOptions = {},
  ) {
    const { gl } = context;
    this.gl = gl;
    gl.disable(gl.DITHER);
    gl.blendFunc(gl.ONE, gl.ONE);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4);
    gl.pixelStorei(gl.PACK_ALIGNMENT, 4);
    this.floatBlend = options.floatBlend ?? gl.getExtension('EXT_float_blend') !== null;
    this.tileRows = options.tileRows ?? 128;
    this.pool = new TexturePool(context);
    this.memory = new Memory(this.pool, () => this.flush());
    this.programs = new Programs(context);
  }

  /** Somebody else uses the context now; the next thing done here sets its state again. */
  disturb(): void {
    this.flush();
    if (this.disturbed) return;
    this.blend(false);
    this.disturbed = true;
  }

  // Putting off ----------------------------------------------------------------------------------------

  /** Draws this before anything else is done, if the next operation does not take it over. */
  putOff(waiting: Waiting): void {
    this.flush();
    this.waiting = waiting;
  }

  /** What was put off, if it suits the caller, who then does its work. */
  takeOver(suits: (waiting: Waiting) => boolean): Waiting | null {
    const { waiting } = this;
    if (!waiting || !suits(waiting)) return null;
    this.waiting = null;
    return waiting;
  }

  flush(): void {
    const { waiting } = this;
    if (!waiting) return;
    this.waiting = null;
    waiting.draw();
    this.release(waiting);
  }

  release({ scratch = [] }: Waiting): void {
    for (const { root } of scratch) if (root.alive) this.memory.release(root);
  }

  /** Puts together what a buffer is to hold. */
  realize(root: Root): void {
    const { lazy } = root;
    root.lazy = null;
    lazy?.draw();
  }

  /**
   * Whether one draw can write to all of these, which it overwrites: whole temporaries, with textures of one size from
   * now on.
   */
  alike(outputs: readonly GlBuffer[]): boolean {
    if (!outputs.every(({ root, start, length }) => root.slot >= 0 && start === 0 && length === root.length))
      return false;
    this.memory.level(outputs);
    for (const { root } of outputs) {
      if (!root.texture || this.memory.fits(root)) continue;
      this.pool.give(root.texture);
      root.texture = null;
    }
    return true;
  }

  /** Before an operation: draws what was put off and what its buffers are still to receive. */
  private prepare(inputs: Inputs, outputs: readonly GlBuffer[], count = 0): void {
    this.flush();
    for (const input of inputs) if (input?.root.lazy) this.realize(input.root);
    for (const { root, start } of outputs) {
      if (!root.lazy) continue;
      if (!root.lazy.needed && start === 0 && count >= texels(root.length)) root.lazy = null;
      else this.realize(root);
    }
  }

  // Drawing --------------------------------------------------------------------------------------------

  /**
   * Runs a program for `count` texels from the start of the outputs, all of which start at the same place
   * of their textures. An output that is also an input must be a whole buffer: it gets a new texture.
   */
  draw(
    spec: ProgramSpec,
    inputs: Inputs,
    ints: Numbers,
    outputs: readonly GlBuffer[],
    count: number,
    floats: Numbers = NONE,
  ): void {
    if (count <= 0) return;
    this.prepare(inputs, outputs, count);
    const { start } = outputs[0]!;
    const program = this.use(spec, inputs);
    const renewed = this.bindOutputs(inputs, outputs, count);
    this.setInts(program, [start, count], inputs, ints);
    this.setFloats(program, floats);
    this.cover(start, count);
    if (renewed) for (const [root, texture] of renewed) this.renew(root, texture);
  }

  /** Runs a program and adds its result to the output. */
  accumulate(spec: ProgramSpec, inputs: Inputs, ints: Numbers, out: GlBuffer, count: number): void {
    if (count <= 0) return;
    this.prepare(inputs, [out]);
    const touched = this.touch(out, count);
    if (touched && !this.floatBlend)
      return this.addByDetour(out, count, (part) => this.draw(spec, inputs, ints, [part], count));
    const program = this.use(spec, inputs);
    this.bind([this.target(out.root)]);
    this.setInts(program, [out.start, count], inputs, ints);
    this.blend(touched);
    this.cover(out.start, count);
    this.blend(false);
  }

  /** The same for a program with two segments, of which the second may be absent. */
  accumulateSegments(
    spec: ProgramSpec,
    inputs: Inputs,
    ints: Numbers,
    first: GlBuffer,
    second: GlBuffer | null,
  ): void {
    this.prepare(inputs, second ? [first, second] : [first]);
    const [count, count2] = [texels(first.length), second ? texels(second.length) : 0];
    const gap = second?.root === first.root ? second.start - first.start - count : -1;
    if (second && !(gap >= 0 && gap < 4 * WIDTH)) {
      this.addRanges(spec, inputs, ints, first, [first.start, count, 0, 0], first.start, count);
      this.addRanges(spec, inputs, ints, second, [0, 0, second.start, count2], second.start, count2);
    } else {
      const ranges = [first.start, count, second?.start ?? 0, count2];
      this.addRanges(spec, inputs, ints, first, ranges, first.start, second ? count + gap + count2 : count);
    }
  }

  /** Adds to ranges of a buffer; the program itself leaves out the texels between them. */
  accumulateRanges(
    spec: ProgramSpec,
    inputs: Inputs,
    ints: Numbers,
    out: GlBuffer,
    ranges: readonly Range[],
  ): void {
    const { root } = out;
    this.prepare(inputs, [{ root, start: 0, length: 0 }]);
    const start = Math.min(...ranges.map(([first]) => first));
    const span = Math.max(...ranges.map(([first, count]) => first + count)) - start;
    const touched = ranges.filter(([first, count]) => this.touch({ ...out, start: first }, count)).length > 0;
    if (touched && !this.floatBlend) {
      const all: GlBuffer = { root, start: 0, length: root.length };
      this.memory.frame(() => {
        const part = this.memory.temporary(root.length);
        this.zero(part);
        this.draw(spec, inputs, ints, [{ ...part, start }], span);
        const { written } = root;
        this.draw(ADD, [part, all], [], [all], texels(root.length));
        root.written = written;
      });
      return;
    }
    const program = this.use(spec, inputs);
    this.bind([this.target(root)]);
    this.setInts(program, [start, span], inputs, ints);
    this.blend(touched);
    this.cover(start, span);
    this.blend(false);
  }

  /** Draws one rectangle of texels per instance, placed by the program's own vertex shader. */
  scatter(
    spec: ProgramSpec,
    inputs: Inputs,
    ints: Numbers,
    outputs: readonly GlBuffer[],
    instances: number,
  ): void {
    if (instances <= 0) return;
    this.prepare(inputs, outputs);
    const program = this.use(spec, inputs);
    this.memory.level(outputs);
    const textures = outputs.map(({ root }) => this.target(root));
    for (const { root } of outputs) root.written = null;
    this.bind(textures);
    this.setInts(program, [textures[0]!.rows, 0], inputs, ints);
    this.viewport(0, 0, WIDTH, textures[0]!.rows);
    this.gl.drawArraysInstanced(this.gl.TRIANGLE_STRIP, 0, 4, instances);
    this.counters.dispatches++;
  }

  zero(buffer: GlBuffer): void {
    const { gl } = this;
    const { root, start, length } = buffer;
    if (length === 0) return;
    const whole = length === root.length;
    this.prepare([], [buffer], whole ? texels(length) : 0);
    if (whole) root.pending = false;
    this.bind([this.target(root)]);
    root.written = whole ? [] : null;
    if (whole) gl.clearBufferfv(gl.COLOR, 0, ZEROS);
    else {
      gl.enable(gl.SCISSOR_TEST);
      for (const [x, y, width, height] of rectangles(start, texels(length))) {
        gl.scissor(x, y, width, height);
        gl.clearBufferfv(gl.COLOR, 0, ZEROS);
      }
      gl.disable(gl.SCISSOR_TEST);
    }
    this.counters.dispatches++;
  }

  // Contents -------------------------------------------------------------------------------------------

  /** Overwrites a buffer with numbers from the host; integers become floats of the same value. */
  write(buffer: GlBuffer, data: Float32Array | Int32Array): void {
    const { root, start } = buffer;
    this.prepare([], [buffer], texels(data.length));
    const values = new Float32Array(4 * texels(data.length));
    values.set(data);
    if (data.length === root.length) {
      root.host = values;
      root.pending = true;
      root.keep = data instanceof Int32Array;
      root.written = null;
    } else this.upload(this.target(root), start, values);
  }

  /** Index numbers that came from the host. */
  hostNumbers({ root, start, length }: GlBuffer): Float32Array {
    if (!root.host) throw new TypeError('this operation needs index numbers that were uploaded');
    return root.host.subarray(4 * start, 4 * start + length);
  }

  /** The texture to read a buffer from; uploads what is still on the host. */
  source({ root }: GlBuffer): Texture {
    this.flush();
    if (root.lazy) this.realize(root);
    if (root.texture && !root.pending) return root.texture;
    if (!root.alive) throw new TypeError('this buffer has been freed');
    if (!root.pending) throw new TypeError('this buffer is read before anything was written to it');
    const texture = (root.texture ??= this.memory.texture(root));
    this.upload(texture, 0, root.host!);
    root.pending = false;
    if (!root.keep) root.host = null;
    return texture;
  }

  /** Binds a buffer for reading back. */
  bindSource(buffer: GlBuffer): void {
    this.prepare([buffer], []);
    this.bind([this.source(buffer)]);
  }

  /** Gives a still unwritten buffer room for more than its length (some results keep more on the GPU). */
  reserve({ root }: GlBuffer, count: number): void {
    if (root.texture && root.texture.rows * WIDTH < count) {
      this.pool.give(root.texture);
      root.texture = null;
    }
    root.least = count;
  }

  // Inside ---------------------------------------------------------------------------------------------

  /** The texture to write to; what else is in it stays. */
  private target(root: Root): Texture {
    if (!root.alive) throw new TypeError('this buffer has been freed');
    if (root.pending) this.source({ root, start: 0, length: root.length });
    root.host = null;
    return (root.texture ??= this.memory.texture(root));
  }

  private upload(texture: Texture, start: number, values: Float32Array): void {
    const { gl } = this;
    if (this.disturbed) this.restore();
    gl.activeTexture(gl.TEXTURE0 + SPARE_UNIT);
    gl.bindTexture(gl.TEXTURE_2D, texture.handle);
    let from = 0;
    for (const [x, y, width, height] of rectangles(start, values.length >> 2)) {
      gl.texSubImage2D(gl.TEXTURE_2D, 0, x, y, width, height, gl.RGBA, gl.FLOAT, values, from);
      from += width * height * 4;
    }
  }

  /** Notes a range as written; true if it may hold something other than zeros. */
  private touch({ root, start }: GlBuffer, count: number): boolean {
    if (!root.written) return true;
    const end = start + count;
    if (root.written.some(([a, b]) => start < b && a < end)) return true;
    root.written.push([start, end]);
    return false;
  }

  private addRanges(
    spec: ProgramSpec,
    inputs: Inputs,
    ints: Numbers,
    out: GlBuffer,
    ranges: Numbers,
    start: number,
    span: number,
  ): void {
    const [first = 0, count = 0, second = 0, count2 = 0] = ranges;
    const touchedFirst = count > 0 && this.touch({ ...out, start: first }, count);
    const touchedSecond = count2 > 0 && this.touch({ ...out, start: second }, count2);
    const touched = touchedFirst || touchedSecond;
    if (touched && !this.floatBlend) {
      const part = (at: number, size: number, own: Numbers) =>
        this.addByDetour({ ...out, start: at }, size, (into) => {
          const program = this.use(spec, inputs);
          this.bind([this.target(into.root)]);
          this.setInts(program, own, inputs, ints);
          this.cover(0, size);
        });
      if (count > 0) part(first, count, [0, count, 0, 0]);
      if (count2 > 0) part(second, count2, [0, 0, 0, count2]);
      return;
    }
    const program = this.use(spec, inputs);
    this.bind([this.target(out.root)]);
    this.setInts(program, ranges, inputs, ints);
    this.blend(touched);
    this.cover(start, span);
    this.blend(false);
  }

  /** Without blending of floats: result, sum, and copy back, in three draws. */
  private addByDetour(out: GlBuffer, count: number, result: (into: GlBuffer) => void): void {
    this.memory.frame(() => {
      const [part, sum] = [this.memory.temporary(4 * count), this.memory.temporary(4 * count)];
      result(part);
      this.draw(ADD, [part, out], [], [sum], count);
      const { written } = out.root;
      this.draw(COPY, [sum], [], [out], count);
      out.root.written = written;
    });
  }

  /** After a guest: nothing is as it was. */
  private restore(): void {
    const { gl } = this;
    this.disturbed = false;
    this.units.length = 0;
    this.program = null;
    this.framebuffer = null;
    this.view = [-1, -1, -1, -1];
    gl.bindVertexArray(null);
    for (const what of [gl.BLEND, gl.DITHER, gl.SCISSOR_TEST, gl.CULL_FACE]) gl.disable(what);
    this.blending = false;
  }

  private use(spec: ProgramSpec, inputs: Inputs): Program {
    const { gl, units } = this;
    if (this.disturbed) this.restore();
    const program = this.programs.get(spec);
    if (program !== this.program) {
      gl.useProgram(program.handle);
      this.program = program;
    }
    for (let i = 0; i < inputs.length; i++) {
      const input = inputs[i];
      const texture = input ? this.source(input) : (this.empty ??= this.pool.take(1));
      if (units[i] === texture) continue;
      gl.activeTexture(gl.TEXTURE0 + i);
      gl.bindTexture(gl.TEXTURE_2D, texture.handle);
      units[i] = texture;
    }
    return program;
  }

  /** Attaches the outputs; returns the new textures of those that are read as well. */
  private bindOutputs(inputs: Inputs, outputs: readonly GlBuffer[], count: number): [Root, Texture][] | null {
    if (outputs.length > 1) this.memory.level(outputs);
    let renewed: [Root, Texture][] | null = null;
    const textures: Texture[] = [];
    for (const { root, start } of outputs) {
      let texture: Texture;
      if (inputs.some((input) => input?.root === root)) {
        if (start !== 0 || count < texels(root.length))
          throw new TypeError('only a whole buffer can be changed in place');
        texture = this.memory.texture(root);
        (renewed ??= []).push([root, texture]);
      } else texture = this.target(root);
      root.written = null;
      textures.push(texture);
    }
    this.bind(textures);
    return renewed;
  }

  private renew(root: Root, texture: Texture): void {
    this.pool.give(root.texture!);
    root.texture = texture;
    root.host = null;
  }

  private bind(textures: readonly Texture[]): void {
    if (this.disturbed) this.restore();
    const framebuffer = this.pool.framebuffer(textures);
    if (framebuffer === this.framebuffer) return;
    this.gl.bindFramebuffer(this.gl.FRAMEBUFFER, framebuffer);
    this.framebuffer = framebuffer;
  }

  private setInts(program: Program, ranges: Numbers, inputs: Inputs, ints: Numbers): void {
    const { spec, ints: last } = program;
    let changed = !program.started;
    const set = (i: number, value: number) => {
      if (last[i] === value) return;
      last[i] = value;
      changed = true;
    };
    const head = firstInput(spec);
    for (let i = 0; i < head; i++) set(i, ranges[i]!);
    for (let i = 0; i < inputs.length; i++) set(head + i, inputs[i]?.start ?? 0);
    for (let i = 0; i < ints.length; i++) set(head + inputs.length + i, ints[i]!);
    program.started = true;
    if (changed) this.gl.uniform1iv(program.intsAt, last);
  }

  private setFloats(program: Program, floats: Numbers): void {
    if (floats.length === 0) return;
    program.floats.set(floats);
    this.gl.uniform1fv(program.floatsAt, program.floats);
  }

  private blend(on: boolean): void {
    if (on === this.blending) return;
    if (on) this.gl.enable(this.gl.BLEND);
    else this.gl.disable(this.gl.BLEND);
    this.blending = on;
  }

  /** Runs the program for the rows that hold a range of texels (its shader leaves out the others). */
  private cover(start: number, count: number): void {
    const top = start >> WIDTH_BITS;
    const rows = ((start + count - 1) >> WIDTH_BITS) - top + 1;
    if (rows === 1) this.viewport(start & (WIDTH - 1), top, count, 1);
    else this.viewport(0, top, WIDTH, rows);
    this.gl.drawArrays(this.gl.TRIANGLES, 0, 3);
    this.counters.dispatches++;
  }

  private viewport(x: number, y: number, width: number, height: number): void {
    const { view } = this;
    if (view[0] === x && view[1] === y && view[2] === width && view[3] === height) return;
    this.gl.viewport(x, y, width, height);
    this.view = [x, y, width, height];
  }
}

/** At most three rectangles [x, y, width, height] that make up a range of texels. */
export function rectangles(start: number, count: number): [number, number, number, number][] {
  const out: [number, number, number, number][] = [];
  const end = start + count;
  let at = start;
  while (at < end) {
    const x = at & (WIDTH - 1);
    const rows = x === 0 ? (end - at) >> WIDTH_BITS : 0;
    const width = rows > 0 ? WIDTH : Math.min(WIDTH - x, end - at);
    const height = Math.max(1, rows);
    out.push([x, at >> WIDTH_BITS, width, height]);
    at += width * height;
  }
  return out;
}
