/** Work asked of a device since the last reset. */
export interface Counts {
  /** WebGL draw calls. */
  draws: number;
  /** WebGPU compute dispatches. */
  dispatches: number;
  /** WebGPU queue submits. */
  submits: number;
  /** WebGL readPixels (into a buffer that getBufferSubData fetches later, or at once), WebGPU mapAsync for reading. */
  readbacks: number;
  /** Uploads of textures and buffers. */
  uploads: number;
}

export interface DeviceMemory {
  /** Bytes of live GPU buffers and textures, or of WebAssembly memory. */
  bytes: number;
  /** The most there was since the last reset. */
  peakBytes: number;
}

const counts: Counts = { draws: 0, dispatches: 0, submits: 0, readbacks: 0, uploads: 0 };
const allocations = new WeakMap<object, number>();
const wasmMemories: WebAssembly.Memory[] = [];
let live = 0;
let peak = 0;

export const readCounts = (): Counts => ({ ...counts });

export function resetCounts(): void {
  for (const key of Object.keys(counts) as (keyof Counts)[]) counts[key] = 0;
}

export function deviceMemory(): DeviceMemory {
  const wasm = wasmMemories.reduce((sum, m) => sum + m.buffer.byteLength, 0);
  return { bytes: live + wasm, peakBytes: peak + wasm };
}

export function resetPeak(): void {
  peak = live;
}

type Method = (this: object, ...args: unknown[]) => unknown;

/** Runs `before` ahead of a method and `after` behind it, for every object of a class. */
function wrap(
  prototype: object | undefined,
  names: readonly string[],
  before: (self: object, args: unknown[]) => void,
  after?: (self: object, args: unknown[], result: unknown) => void,
): void {
  if (!prototype) return;
  const methods = prototype as Record<string, Method | undefined>;
  for (const name of names) {
    const original = methods[name];
    if (!original) continue;
    methods[name] = function (this: object, ...args: unknown[]) {
      before(this, args);
      const result = original.apply(this, args);
      after?.(this, args, result);
      return result;
    };
  }
}

function allocate(object: object, bytes: number): void {
  release(object);
  allocations.set(object, bytes);
  live += bytes;
  peak = Math.max(peak, live);
}

function release(object: object): void {
  live -= allocations.get(object) ?? 0;
  allocations.delete(object);
}

let installed = false;

/** Counts from now on. Call before anything starts a device in this worker or page; costs nanoseconds a call. */
export function installCounters(): void {
  if (installed) return;
  installed = true;
  const nothing = () => undefined;
  const count = (key: keyof Counts) => () => void counts[key]++;
  const scope = globalThis as unknown as Record<string, { prototype: object } | undefined>;

  const gl = scope['WebGL2RenderingContext']?.prototype;
  wrap(gl, ['drawArrays', 'drawElements', 'drawArraysInstanced', 'drawElementsInstanced'], count('draws'));
  wrap(gl, ['readPixels'], count('readbacks'));
  wrap(gl, ['texSubImage2D', 'texSubImage3D', 'bufferSubData'], count('uploads'));
  countTextures(gl);

  wrap(scope['GPUComputePassEncoder']?.prototype, ['dispatchWorkgroups', 'dispatchWorkgroupsIndirect'], count('dispatches')); // prettier-ignore
  wrap(scope['GPUQueue']?.prototype, ['submit'], count('submits'));
  wrap(scope['GPUQueue']?.prototype, ['writeBuffer', 'writeTexture'], count('uploads'));
  wrap(scope['GPUBuffer']?.prototype, ['mapAsync'], (_, [mode]) => {
    if (mode === 1) counts.readbacks++;
  });
  wrap(scope['GPUBuffer']?.prototype, ['destroy'], release);
  wrap(scope['GPUDevice']?.prototype, ['createBuffer'], nothing, (_, [descriptor], buffer) =>
    allocate(buffer as object, (descriptor as { size: number }).size),
  );
  countWasmMemory();
}

/** Bytes per texel of the formats that tensors are kept in; anything else counts as four. */
function texelBytes(format: unknown): number {
  const constants = globalThis.WebGL2RenderingContext;
  switch (format) {
    case constants.RGBA32F:
    case constants.RGBA32I:
    case constants.RGBA32UI:
      return 16;
    case constants.RGBA16F:
    case constants.RG32F:
      return 8;
    case constants.R16F:
      return 2;
    default:
      return 4;
  }
}

function countTextures(gl: object | undefined): void {
  const bound = new WeakMap<object, object>();
  wrap(gl, ['bindTexture'], (self, [, texture]) => {
    if (texture) bound.set(self, texture as object);
  });
  const grow = (self: object, format: unknown, width: unknown, height: unknown) => {
    const texture = bound.get(self);
    if (texture) allocate(texture, Number(width) * Number(height) * texelBytes(format));
  };
  wrap(gl, ['texStorage2D'], (self, [, , format, width, height]) => grow(self, format, width, height));
  wrap(gl, ['texImage2D'], (self, [, , format, width, height]) => {
    if (typeof width === 'number' && typeof height === 'number') grow(self, format, width, height);
  });
  wrap(gl, ['deleteTexture'], (_, [texture]) => {
    if (texture) release(texture as object);
  });
}

/** Memories made in JavaScript and those that modules export. */
function countWasmMemory(): void {
  const scope = WebAssembly as { Memory: typeof WebAssembly.Memory };
  scope.Memory = new Proxy(WebAssembly.Memory, {
    construct(target, args) {
      const memory = Reflect.construct(target, args) as WebAssembly.Memory;
      wasmMemories.push(memory);
      return memory;
    },
  });
  const found = (instance: WebAssembly.Instance) => {
    for (const value of Object.values(instance.exports))
      if (value instanceof WebAssembly.Memory && !wasmMemories.includes(value)) wasmMemories.push(value);
  };
  const wrapLoader = (name: 'instantiate' | 'instantiateStreaming') => {
    const loaders = WebAssembly as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    const original = loaders[name];
    if (!original) return;
    loaders[name] = async (...args) => {
      const result = await original.apply(WebAssembly, args);
      found((result as { instance?: WebAssembly.Instance }).instance ?? (result as WebAssembly.Instance));
      return result;
    };
  };
  wrapLoader('instantiate');
  wrapLoader('instantiateStreaming');
}
