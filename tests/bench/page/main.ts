import { describeBackend } from '../../../src/engine/adapter';
import { HALF, OURS } from '../../../src/bench/contenders';
import { measure, type BenchOptions } from '../../../src/bench/measure';
import type { Results } from '../../../src/bench/results';
import { PEERS } from './peers';

/** What the page finds of a GPU. */
export interface Found {
  webgpu: { adapter: string; software: boolean } | null;
  webgl: { adapter: string; software: boolean } | null;
  /** Everything that WebGPU tells about its adapter. */
  info: Record<string, string>;
}

declare global {
  interface Window {
    runBench(options: BenchOptions, peers: readonly string[]): Promise<Results>;
    findGpu(): Promise<Found>;
    /** Provided by the script that drives the page. */
    benchProgress?(message: string): void;
    benchUpdate?(results: Results): void;
  }
}

window.findGpu = async () => {
  const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
  const info: Record<string, string> = {};
  for (const key in adapter?.info) {
    const value = (adapter.info as unknown as Record<string, unknown>)[key];
    if (typeof value !== 'object' && typeof value !== 'function') info[key] = String(value);
  }
  return { webgpu: await describeBackend('webgpu'), webgl: await describeBackend('webgl'), info };
};

window.runBench = (options, peers) =>
  measure(options, [...OURS, HALF, ...PEERS.filter((p) => peers.includes(p.id))], {
    progress(message) {
      document.getElementById('log')!.textContent += `${message}\n`;
      window.benchProgress?.(message);
    },
    update: (results) => window.benchUpdate?.(results),
  });
