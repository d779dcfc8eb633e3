import { KernelError, trouble, type DeviceGuard, type Trouble } from '../guard';
import type { ThreadPool } from './threads';

/** What the compiled module exports (see assembly/index.ts): every kernel takes numbers only. */
export type KernelExports = Record<string, (...args: number[]) => number>;

export interface LoadedKernels {
  exports: KernelExports;
  memory: WebAssembly.Memory;
  /** True when the module uses fused multiply-add (relaxed SIMD). */
  relaxed: boolean;
  /** Threads that share the memory; null: the caller computes alone. */
  pool: ThreadPool | null;
  /** Why there is only one thread where more were asked for; else null. */
  alone: Trouble | null;
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
  if (!response.ok) throw new KernelError(trouble('kernels.http', { status: response.status }));
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

/** The best build for this runtime, compiled; works in Node, in workers and in pages. */
async function compile(wanted: boolean | undefined, threads: boolean) {
  if (wanted !== false) await enableRelaxedSimdInNode();
  const relaxed = wanted ?? supportsRelaxedSimd();
  const url = threads
    ? relaxed
      ? new URL('./kernels-relaxed-threads.wasm', import.meta.url)
      : new URL('./kernels-threads.wasm', import.meta.url)
    : relaxed
      ? new URL('./kernels-relaxed.wasm', import.meta.url)
      : new URL('./kernels.wasm', import.meta.url);
  return { module: await WebAssembly.compile(await readBytes(url)), relaxed };
}

/**
 * Loads the best build for this runtime, or the one that is `wanted`. With `threads` > 1 as many threads share
 * its memory where that is possible, else it runs on one, and `alone` says why. A thread that fails is told
 * to the guard.
 */
export async function loadKernels(guard: DeviceGuard, threads = 1, wanted?: boolean): Promise<LoadedKernels> {
  let alone: Trouble | null = null;
  if (threads > 1) {
    const { ThreadPool, whyNoThreads } = await import('./threads');
    alone = whyNoThreads();
    if (!alone)
      try {
        const { module, relaxed } = await compile(wanted, true);
        const pool = await ThreadPool.open(module, threads, guard);
        return { exports: pool.exports, memory: pool.memory, relaxed, pool, alone };
      } catch (error) {
        alone =
          error instanceof KernelError
            ? error.info
            : trouble('foreign', { text: error instanceof Error ? error.message : String(error) });
      }
  }
  const { module, relaxed } = await compile(wanted, false);
  const { memory, ...exports } = (await WebAssembly.instantiate(module, {})).exports;
  return {
    exports: exports as KernelExports,
    memory: memory as WebAssembly.Memory,
    relaxed,
    pool: null,
    alone,
  };
}
