import * as Comlink from 'comlink';
import { describeBackend } from '../../../src/engine/adapter';
import { measureCounts, type Counted, type CountRows } from '../../../src/bench/counts';
import { SHAPES, type ShapeName } from '../../../src/bench/workload';
import { createFusedEngine } from '../../../src/engine/fused';
import type { Found } from '../page/main';
import type { OursWorker } from './worker';

type Gpu = 'webgpu' | 'webgl';

declare global {
  interface Window {
    /** What the stages ask of a device, counted. */
    countWork(backend: Gpu, shape: ShapeName, rows: CountRows | null): Promise<Counted>;
    /** A call of the worker that runs the engine this page was built from. */
    ask(name: keyof OursWorker, args: readonly unknown[]): Promise<unknown>;
    /** Ends the worker; the next call starts another one. */
    endWorker(): void;
  }
}

window.findGpu = async (): Promise<Found> => ({
  webgpu: await describeBackend('webgpu'),
  webgl: await describeBackend('webgl'),
  info: {},
});

window.countWork = async (backend, shape, rows) => {
  const engine = await createFusedEngine(backend, { wholeRollouts: true });
  try {
    const say = (message: string) => window.benchProgress?.(`${backend}: ${message}`);
    return await measureCounts(engine, SHAPES[shape], rows ? { rows, say } : { say });
  } finally {
    engine.dispose();
  }
};

let worker: Worker | null = null;
let api: Comlink.Remote<OursWorker> | null = null;

window.ask = (name, args) => {
  worker ??= new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  api ??= Comlink.wrap<OursWorker>(worker);
  return (api[name] as (...args: readonly unknown[]) => Promise<unknown>)(...args);
};

window.endWorker = () => {
  worker?.terminate();
  worker = api = null;
};
