import { loadKernels, type Alone, type LoadedKernels } from '../../kernels/wasm/load';
import { DeviceWatch } from './watch';

/** The WASM module with its memory and threads. */
export interface WasmDevice {
  readonly loaded: LoadedKernels;
  readonly adapter: string;
  /** Why there is only one thread where more were asked for, in words for the page. */
  readonly note?: string;
  /** Resolves with the reason when a thread has failed; absent where there is only one. */
  readonly lost?: Promise<string>;
  /** Ends the threads. */
  close(): void;
}

/**
 * The best build for this runtime, or the one that is wanted (`relaxed`), on at most so many threads, this
 * one included.
 */
export async function openWasm(threads = 1, relaxed?: boolean): Promise<WasmDevice> {
  const watch = new DeviceWatch();
  const loaded = await loadKernels(watch, threads, relaxed);
  const { pool, alone } = loaded;
  return {
    loaded,
    adapter: (loaded.relaxed ? 'WASM relaxed SIMD' : 'WASM SIMD') + (pool ? `, ${pool.size} threads` : ''),
    ...(alone ? { note: `one thread: ${reasonOf(alone)}` } : {}),
    ...(pool ? { lost: watch.lost } : {}),
    close() {
      watch.close();
      pool?.close();
    },
  };
}

function reasonOf(alone: Alone): string {
  switch (alone.why) {
    case 'not isolated':
      return 'the page is not cross-origin isolated';
    case 'may not wait':
      return 'the thread of the page may not wait for others';
    case 'failed':
      return alone.message;
  }
}
