import { rm } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import type { BenchOptions } from '../../src/bench/options';
import type { MemoryRow, Results } from '../../src/bench/results';
import type { LabStage, MemorySample } from '../../src/bench/worker-api';
import { openPage, type BrowserOptions } from './browser.mjs';
import { buildOurs, OWN_TREE } from './ours.mjs';
import { readMemory } from './read-memory.mjs';
import type { Raw } from './saved.mjs';
import { serveFolder } from './serve.mjs';

const STAGES: readonly LabStage[] = ['pretrain', 'sft', 'reward', 'ppo', 'dpo'];

/** `--growth`: memory along many updates of every stage, of our engine alone (nano, 4 rows). */
export async function measureMemoryAlone(
  options: BenchOptions,
  wanted: BrowserOptions,
  commit: string,
): Promise<Raw> {
  const began = new Date();
  const loadBefore = loadavg()[0]!;
  const seconds = () => (Date.now() - began.getTime()) / 1000;
  const folder = await buildOurs(OWN_TREE, commit);
  const server = await serveFolder(folder);
  const { browser, page, found, way } = await openPage(server.url, wanted);
  const adapters: Results['adapters'] = {};
  const memory: MemoryRow[] = [];
  const updates = options.memoryUpdates;
  const inTime = <T,>(work: Promise<T>): Promise<T> =>
    Promise.race([
      work,
      new Promise<never>((_, reject) =>
        setTimeout(
          () => reject(new Error('the time was over')),
          Math.max(0, options.minutes * 60 - seconds()) * 1000,
        ).unref(),
      ),
    ]);
  const ask = <T,>(name: string, args: readonly unknown[]): Promise<T> =>
    inTime(
      page.evaluate(([n, a]) => window.ask(n as never, a as unknown[]), [name, args] as const),
    ) as Promise<T>;
  try {
    for (const backend of options.backends) {
      const device = backend === 'webgpu' || backend === 'webgl' ? found[backend] : null;
      if (backend !== 'wasm' && !device) continue;
      for (const stage of STAGES) {
        const row: MemoryRow = { backend, stage, updates };
        memory.push(row);
        try {
          // a worker of its own for every stage: WebAssembly memory never shrinks
          adapters[backend] = await ask<{ adapter: string; software: boolean }>('open', [backend]);
          const samples = await ask<MemorySample[]>('memory', [stage, updates]);
          Object.assign(row, readMemory(samples, updates));
        } catch (error) {
          row.why = (error as Error).message.split('\n')[0]!.slice(0, 200);
        }
        console.log(`${seconds().toFixed(0)} s  ${backend}, ${stage}: ${row.why ?? words(row)}`);
        await page.evaluate(() => window.endWorker());
      }
    }
  } finally {
    await browser.close();
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
  const results: Results = {
    userAgent: '',
    threads: cpus().length,
    isolated: true,
    adapters,
    peaks: {},
    ...{ steps: [], rollouts: [], stages: [], longTasks: [], growth: [] },
    memory,
  };
  const machine = {
    date: began.toISOString(),
    minutes: seconds() / 60,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    threads: cpus().length,
    memoryGb: totalmem() / 2 ** 30,
    ...{ loadBefore, loadAfter: loadavg()[0]! },
    browser: `Chromium ${browser.version()}`,
    ...{ way, node: process.version, commit, options },
  };
  return { machine, results };
}

const words = ({ early, late, grewAt }: MemoryRow) =>
  `${early?.bytes} → ${late?.bytes} bytes, device ${early?.deviceBytes} → ${late?.deviceBytes}, last grew at ${grewAt}`;
