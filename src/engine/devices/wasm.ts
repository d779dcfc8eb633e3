import { loadKernels, type LoadedKernels } from '../../kernels/wasm/load';
import { message, type Message } from '../../messages';
import { DeviceWatch } from './watch';

/** The WASM module with its memory and threads. */
export interface WasmDevice {
  readonly loaded: LoadedKernels;
  /** What it is. */
  readonly words: Message;
  /** Why there is only one thread where more were asked for. */
  readonly note?: Message;
  /** Resolves with the reason when a thread has failed; absent where there is only one. */
  readonly lost?: Promise<Message>;
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
    words: message('engine.simd', { relaxed: loaded.relaxed, threads: pool?.size ?? 1 }),
    ...(alone ? { note: message('thread.only', { reason: alone }) } : {}),
    ...(pool ? { lost: watch.lost } : {}),
    close() {
      watch.close();
      pool?.close();
    },
  };
}
