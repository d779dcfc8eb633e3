/**
 * The benchmark: `npm run bench -- --help`. Builds a page with our engines and the libraries they are compared with,
 * opens it in Chromium, and writes tests/bench/RESULTS.md, results.json and growth.svg.
 */
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { execFileSync } from 'node:child_process';
import { Command } from 'commander';
import { chromium, type Browser, type Page } from 'playwright';
import { format } from 'prettier';
import { FULL, PARTS, QUICK, type BenchOptions, type Part } from '../../src/bench/measure';
import type { Results } from '../../src/bench/results';
import type { ShapeName } from '../../src/bench/workload';
import type { BackendName } from '../../src/engine/types';
import { findChromium } from '../support/chromium';
import { buildPage, installPeers } from './build.mjs';
import { growthPicture } from './picture.mjs';
import { report, type Machine, type Saved } from './report.mjs';
import { serveFolder } from './serve.mjs';

const PEERS = ['gpt-tfjs', 'nanogpt', 'jax', 'jax-threads'];

const list = (text: string) => text.split(',').map((s) => s.trim());
const program = new Command('npm run bench --')
  .description('Compares our engines with plain tfjs and with other libraries, side by side in one browser.')
  .option('--quick', 'a few steps of everything, to see that it works')
  .option('--only <backends>', 'wasm, webgl, webgpu (comma-separated)', list)
  .option('--shapes <names>', 'overhead, nano, tiny, small', list)
  .option('--parts <names>', PARTS.join(', '), list)
  .option('--peers <names>', `${PEERS.join(', ')} or none`, list)
  .option('--rounds <number>', 'how often everything is timed', Number)
  .option('--gpu <kind>', 'hardware, software or auto: a real GPU if there is one', 'auto')
  .option('--out <folder>', 'where the results go; "none": only print them')
  .option('--merge', 'keep what earlier runs measured and this one does not')
  .parse();
const flags = program.opts<{
  quick?: boolean;
  only?: BackendName[];
  shapes?: ShapeName[];
  parts?: Part[];
  peers?: string[];
  rounds?: number;
  gpu: 'auto' | 'hardware' | 'software';
  out?: string;
  merge?: boolean;
}>();

const HERE = new URL('.', import.meta.url);
const base = flags.quick ? QUICK : FULL;
const options: BenchOptions = {
  ...base,
  backends: flags.only ?? base.backends,
  shapes: flags.shapes ?? base.shapes,
  parts: flags.parts ?? base.parts,
  rounds: flags.rounds ?? base.rounds,
};
const peers = flags.peers ?? PEERS;

/** Flags that let headless Chromium use a real GPU. */
const HARDWARE_ARGS = [
  '--no-sandbox',
  '--enable-gpu',
  '--ignore-gpu-blocklist',
  '--enable-unsafe-webgpu',
  '--enable-features=Vulkan',
  '--use-angle=vulkan',
];

async function open(url: string): Promise<{ browser: Browser; page: Page }> {
  const { executablePath, args } = await findChromium();
  const attempt = async (chosen: string[]) => {
    const browser = await chromium.launch({ executablePath, args: chosen });
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.error(`page: ${error.message}`));
    await page.goto(url);
    return { browser, page };
  };
  if (flags.gpu !== 'software')
    try {
      const found = await attempt(HARDWARE_ARGS);
      const real = await found.page.evaluate(async () => {
        const adapter = await navigator.gpu?.requestAdapter();
        return adapter != null && !/swiftshader|llvmpipe|lavapipe/i.test(JSON.stringify([adapter.info.vendor, adapter.info.architecture, adapter.info.description])); // prettier-ignore
      });
      if (real || flags.gpu === 'hardware') return found;
      await found.browser.close();
    } catch (error) {
      if (flags.gpu === 'hardware') throw error;
    }
  return attempt(args);
}

const command = (name: string, args: string[]) => {
  try {
    return execFileSync(name, args, { cwd: HERE, encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
};

const began = new Date();
const loadBefore = loadavg()[0]!;
if (peers.some((p) => PEERS.includes(p))) installPeers();
const folder = await buildPage();
const server = await serveFolder(folder);
const { browser, page } = await open(server.url);
let results: Results | null = null;
try {
  await page.exposeFunction('benchProgress', (message: string) =>
    console.log(`${((Date.now() - began.getTime()) / 1000).toFixed(0).padStart(5)} s  ${message}`),
  );
  await page.exposeFunction('benchUpdate', (latest: Results) => {
    results = latest;
  });
  results = await page.evaluate(([o, p]) => window.runBench(o, p), [options, peers] as const);
} finally {
  const machine: Machine = {
    date: began.toISOString(),
    minutes: (Date.now() - began.getTime()) / 60_000,
    processor: cpus()[0]?.model ?? 'unknown',
    threads: cpus().length,
    memoryGb: totalmem() / 2 ** 30,
    loadBefore,
    loadAfter: loadavg()[0]!,
    browser: `Chromium ${browser.version()}`,
    node: process.version,
    commit: command('git', ['rev-parse', '--short', 'HEAD']),
    options,
  };
  await browser.close();
  server.close();
  await rm(folder, { recursive: true, force: true });
  if (results) await save({ machines: [machine], results });
}

async function save(fresh: Saved): Promise<void> {
  const prettier = JSON.parse(readFileSync(new URL('../../.prettierrc.json', HERE), 'utf8')) as object;
  const saved = flags.merge ? merged(fresh) : fresh;
  const markdown = await format(report(saved), { ...prettier, parser: 'markdown' });
  if (flags.quick || flags.out === 'none') {
    console.log(markdown);
    return;
  }
  const out = flags.out ? new URL(`file://${flags.out.replace(/\/?$/, '/')}`) : HERE;
  const json = await format(JSON.stringify(saved), { ...prettier, parser: 'json' });
  await writeFile(new URL('results.json', out), json);
  await writeFile(new URL('RESULTS.md', out), markdown);
  await writeFile(new URL('growth.svg', out), growthPicture(saved.results));
  console.log(`Written: ${out.pathname}RESULTS.md, results.json, growth.svg`);
}

/** What this run measured replaces what an earlier one did on the same backend and shape or stage. */
function merged(fresh: Saved): Saved {
  let before: Saved;
  try {
    before = JSON.parse(readFileSync(new URL('results.json', HERE), 'utf8')) as Saved;
  } catch {
    return fresh;
  }
  const keep = <T,>(old: T[], now: T[], key: (row: T) => string): T[] => {
    const again = new Set(now.map(key));
    return [...old.filter((row) => !again.has(key(row))), ...now];
  };
  const [a, b] = [before.results, fresh.results];
  return {
    machines: [...before.machines, ...fresh.machines],
    results: {
      ...b,
      adapters: { ...a.adapters, ...b.adapters },
      peaks: { ...a.peaks, ...b.peaks },
      steps: keep(a.steps, b.steps, (r) => `${r.backend} ${r.shape}`),
      rollouts: keep(a.rollouts, b.rollouts, (r) => r.backend),
      stages: keep(a.stages, b.stages, (r) => r.backend),
      memory: keep(a.memory, b.memory, (r) => `${r.backend} ${r.stage}`),
      longTasks: keep(a.longTasks, b.longTasks, (r) => r.backend),
      growth: keep(a.growth, b.growth, (r) => `${r.backend} ${r.axis}`),
    },
  };
}
