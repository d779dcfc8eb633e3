/** What the compiled module exports (see assembly/index.ts): every kernel takes numbers only. */
export interface KernelExports {
  memory: WebAssembly.Memory;
  [kernel: string]: WebAssembly.Memory | ((...args: number[]) => number);
}

export interface LoadedKernels {
  exports: KernelExports;
  /** True when the module uses fused multiply-add (relaxed SIMD). */
  relaxed: boolean;
}

/** (module (func (result v128) f32x4.relaxed_madd of three zero vectors)), 51 bytes. */
const relaxedProbe = (): Uint8Array<ArrayBuffer> => {
  const zero = [0x41, 0, 0xfd, 0x0f]; // i32.const 0, i8x16.splat
  const body = [0, ...zero, ...zero, ...zero, 0xfd, 0x85, 0x02, 0x0b];
  return new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, 5, 1, 0x60, 0, 1, 0x7b],
    ...[3, 2, 1, 0],
    ...[10, body.length + 2, 1, body.length, ...body],
  ]);
};

/** Whether this runtime has relaxed SIMD. */
export const supportsRelaxedSimd = (): boolean => WebAssembly.validate(relaxedProbe());

async function readBytes(url: URL): Promise<BufferSource> {
  if (url.protocol === 'file:') {
    const node = 'node:fs/promises';
    const fs = (await import(/* @vite-ignore */ node)) as typeof import('node:fs/promises');
    return new Uint8Array(await fs.readFile(url));
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`Cannot load the WASM kernels: HTTP ${response.status}`);
  return response.arrayBuffer();
}

const inNode = typeof process === 'object' && typeof process.versions?.node === 'string';

/** Node 20 has relaxed SIMD behind a flag, which may be set at run time; browsers have it or not. */
async function enableRelaxedSimdInNode(): Promise<void> {
  if (!inNode || supportsRelaxedSimd()) return;
  try {
    const name = 'node:v8';
    const v8 = (await import(/* @vite-ignore */ name)) as typeof import('node:v8');
    v8.setFlagsFromString('--experimental-wasm-relaxed-simd');
  } catch {
    // the plain SIMD build works everywhere
  }
}

/** Loads the best build for this runtime; works in Node, in workers and in pages. */
export async function loadKernels(wanted?: boolean): Promise<LoadedKernels> {
  if (wanted !== false) await enableRelaxedSimdInNode();
  const relaxed = wanted ?? supportsRelaxedSimd();
  const url = relaxed
    ? new URL('./kernels-relaxed.wasm', import.meta.url)
    : new URL('./kernels.wasm', import.meta.url);
  const { instance } = await WebAssembly.instantiate(await readBytes(url), {});
  return { exports: instance.exports as KernelExports, relaxed };
}
