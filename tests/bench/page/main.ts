import { OURS } from '../../../src/bench/contenders';
import { measure, type BenchOptions } from '../../../src/bench/measure';
import type { Results } from '../../../src/bench/results';
import { PEERS } from './peers';

declare global {
  interface Window {
    runBench(options: BenchOptions, peers: readonly string[]): Promise<Results>;
    /** Provided by the script that drives the page. */
    benchProgress?(message: string): void;
    benchUpdate?(results: Results): void;
  }
}

window.runBench = (options, peers) =>
  measure(options, [...OURS, ...PEERS.filter((p) => peers.includes(p.id))], {
    progress(message) {
      document.getElementById('log')!.textContent += `${message}\n`;
      window.benchProgress?.(message);
    },
    update: (results) => window.benchUpdate?.(results),
  });
