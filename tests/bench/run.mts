/**
 * The benchmark: `npm run bench -- --help`. Builds a page with our engines and the libraries they are compared with,
 * opens it in Chromium, and writes tests/bench/RESULTS.md, results.json and growth.svg.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import type { BenchOptions } from '../../src/bench/options';
import type { Results } from '../../src/bench/results';
import { openPage, probe } from './browser.mjs';
import { PEERS, readFlags } from './cli.mjs';
import type { Compared } from './compare.mjs';
import type { SavedCounts } from './counts.mjs';
import type { Machine, Raw } from './saved.mjs';
import { serveFolder } from './serve.mjs';

const { flags, options } = readFlags();

if (flags.merge) {
  const { save } = await import('./write.mjs');
  const { togetherCounts } = await import('./counts.mjs');
  type Any = Raw | Compared | SavedCounts;
  const files = flags.merge.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Any);
  const of = <K extends 'compare' | 'counts'>(kind: K) =>
    files.filter((f): f is Extract<Any, { kind: K }> => 'kind' in f && f.kind === kind);
  const [comparison, counted] = [of('compare').at(-1), togetherCounts(of('counts'))];
  await save(
    files.filter((f): f is Raw => !('kind' in f)),
    flags,
    { ...(comparison ? { compared: comparison } : {}), ...(counted ? { counts: counted } : {}) },
  );
} else if (flags.compare) await compared(flags.compare);
else if (flags.counts) await counts();
else if (flags.growth) await growth();
else await bench();

async function compared(before: string): Promise<void> {
  const { comparedText, runCompare } = await import('./compare.mjs');
  const { commit } = await import('./build.mjs');
  const backends = (['webgpu', 'webgl'] as const).filter((b) => options.backends.includes(b));
  const { quick = false, minutes = 8, gpu, way, browserArgs: extraArgs } = flags;
  const { shapes, rounds, memoryUpdates } = options;
  const asked = quick
    ? ['nano' as const]
    : (['tiny', 'nano', 'small'] as const).filter((s) => shapes.includes(s));
  const found = await runCompare(
    { before, backends, shapes: asked, rounds, memoryUpdates, minutes, quick },
    { gpu, backends, way, extraArgs },
    flags,
    commit(),
  );
  if (found) console.log(comparedText(found));
}

async function growth(): Promise<void> {
  const { measureMemoryAlone } = await import('./memory.mjs');
  const { commit } = await import('./build.mjs');
  const wanted = { gpu: flags.gpu, backends: options.backends, way: flags.way, extraArgs: flags.browserArgs };
  const found = await measureMemoryAlone(options, wanted, commit());
  if (flags.raw) writeFileSync(flags.raw, JSON.stringify(found));
  else await (await import('./write.mjs')).save([found], flags);
}

async function counts(): Promise<void> {
  const { countsText, measureAllCounts, writeCounts } = await import('./counts.mjs');
  const { commit } = await import('./build.mjs');
  const wanted = { gpu: flags.gpu, backends: options.backends, way: flags.way, extraArgs: flags.browserArgs };
  const shape = flags.quick ? 'nano' : 'tiny';
  const rows = flags.quick ? { ppo: 4, pairs: 2, texts: 2 } : null;
  const found = await measureAllCounts({ commit: commit(), shape, rows }, wanted);
  console.log(countsText(found));
  if (flags.json) await writeCounts(flags.json, found);
  else await (await import('./write.mjs')).save([], flags, { counts: found });
}

async function bench(): Promise<void> {
  const began = new Date();
  const loadBefore = loadavg()[0]!;
  const folder = flags.page ? resolve(flags.page) : await built();
  if (flags.build) return;
  const server = await serveFolder(folder);
  const wanted = { gpu: flags.gpu, backends: options.backends, way: flags.way, extraArgs: flags.browserArgs };
  try {
    if (flags.probe) await probe(server.url, wanted, true);
    else await measured(server.url, wanted, folder, began, loadBefore);
  } finally {
    server.close();
    if (!flags.page) await rm(folder, { recursive: true, force: true });
  }
}

async function built(): Promise<string> {
  const { buildPage, installPeers } = await import('./build.mjs');
  if (flags.peers.some((p) => PEERS.includes(p))) installPeers();
  return buildPage(flags.build);
}

async function measured(
  url: string,
  wanted: Parameters<typeof openPage>[1],
  folder: string,
  began: Date,
  loadBefore: number,
): Promise<void> {
  const { browser, page, found, way } = await openPage(url, wanted);
  const backends = options.backends.filter((b) => {
    const emulated = (b === 'webgpu' || b === 'webgl') && found[b]?.software !== false;
    if (emulated && flags.gpu === 'hardware') console.log(`${b}: left out, no real GPU`);
    return !(emulated && flags.gpu === 'hardware');
  });
  const asked: BenchOptions = { ...options, backends };
  const expected = flags.twins ? (JSON.parse(readFileSync(flags.twins, 'utf8')) as Raw).results.expected : {};
  const seconds = () => (Date.now() - began.getTime()) / 1000;
  const graphics = command('nvidia-smi', ['--query-gpu=name,driver_version', '--format=csv,noheader']);
  const rawOf = (results: Results): Raw => {
    const machine: Machine = {
      date: began.toISOString(),
      minutes: seconds() / 60,
      processor: cpus()[0]?.model.trim() ?? 'unknown',
      threads: cpus().length,
      memoryGb: totalmem() / 2 ** 30,
      ...(graphics ? { graphics } : {}),
      loadBefore,
      loadAfter: loadavg()[0]!,
      browser: `Chromium ${browser.version()}`,
      way,
      node: process.version,
      commit: readFileSync(join(folder, 'commit.txt'), 'utf8').trim(),
      options: asked,
    };
    return { machine, results };
  };
  const write = (results: Results) => {
    if (!flags.raw) return;
    writeFileSync(`${flags.raw}.part`, JSON.stringify(rawOf(results)));
    renameSync(`${flags.raw}.part`, flags.raw); // whoever ends this run keeps a whole file
  };
  let results: Results | null = null;
  try {
    await page.exposeFunction('benchProgress', (message: string) =>
      console.log(`${seconds().toFixed(0).padStart(5)} s  ${message}`),
    );
    await page.exposeFunction('benchUpdate', (latest: Results) => write((results = latest)));
    const gone = new Promise<never>((_, reject) => {
      page.on('crash', () => reject(new Error('the page crashed')));
      browser.on('disconnected', () => reject(new Error('the browser ended')));
    });
    const work = page.evaluate(([o, p]) => window.runBench(o, p), [
      { ...asked, expected },
      flags.peers,
    ] as const);
    results = await Promise.race([work, gone]);
    write(results);
  } finally {
    if (results && !flags.raw) {
      const { save } = await import('./write.mjs');
      await save([rawOf(results)], flags);
    }
    await browser.close();
  }
}

/** What a command prints; nothing where it does not exist. */
function command(name: string, args: string[]): string | null {
  try {
    return execFileSync(name, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return null;
  }
}
