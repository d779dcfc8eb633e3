import * as Comlink from 'comlink';
import type { Contender } from './contenders';
import type { BenchWorker } from './worker-api';

/** A started worker. After `kill` nothing answers any more. */
export interface Host {
  api: Comlink.Remote<BenchWorker>;
  kill(): void;
  /** Rejects if the worker's script fails. */
  failed: Promise<never>;
}

/** Every worker that is running, so that stopping ends them all. */
const open = new Set<Worker>();

export function stopAll(): void {
  for (const worker of open) worker.terminate();
  open.clear();
}

export function start(contender: Pick<Contender, 'spawn'>): Host {
  const worker = contender.spawn();
  open.add(worker);
  const failed = new Promise<never>((_, reject) => {
    worker.addEventListener('error', (event) =>
      reject(new Error(event.message || 'its worker failed to start')),
    );
  });
  failed.catch(() => undefined);
  const kill = () => {
    worker.terminate();
    open.delete(worker);
  };
  return { api: Comlink.wrap<BenchWorker>(worker), kill, failed };
}

/** Rejects when `work` takes longer than `ms`; whoever does it must be killed then. */
export function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${(ms / 1000).toFixed(0)} s`)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

export const messageOf = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0]!.slice(0, 200);
};
