import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { median, series, type Series } from '../../src/bench/results';
import type { LabStage, MemorySample } from '../../src/bench/worker-api';
import type { ShapeName } from '../../src/bench/workload';
import type { Page } from 'playwright';
import { openPage, type BrowserOptions } from './browser.mjs';
import { figure, med, number, table } from './format.mjs';
import { readMemory } from './read-memory.mjs';
import { buildOurs, OWN_TREE } from './ours.mjs';
import { serveFolder } from './serve.mjs';

type Gpu = 'webgpu' | 'webgl';
const WORKS = { ppo: 'PPO iteration', dpo: 'DPO step', rollout: 'rollout of 64 rows' } as const;
type Work = keyof typeof WORKS;

export interface CompareRow {
  backend: Gpu;
  shape: ShapeName;
  work: Work;
  /** Milliseconds; ratio: this commit's time over the other's in the same round. */
  now?: Series;
  before?: Series;
  ratio?: Series;
  why?: string;
}

export interface CompareMemory {
  backend: Gpu;
  stage: LabStage;
  updates: number;
  early?: MemorySample;
  late?: MemorySample;
  grewAt?: number;
  why?: string;
}

/** Two builds in one browser: what `--compare` writes and `--merge` takes into the results. */
export interface Compared {
  kind: 'compare';
  commit: string;
  before: string;
  date: string;
  minutes: number;
  processor: string;
  browser: string;
  adapters: Partial<Record<Gpu, { adapter: string; software: boolean }>>;
  rows: CompareRow[];
  memory: CompareMemory[];
}

export interface CompareOptions {
  before: string;
  backends: readonly Gpu[];
  shapes: readonly ShapeName[];
  rounds: number;
  /** Updates of the part on memory. */
  memoryUpdates: number;
  minutes: number;
  /** Few updates, for trying it out. */
  quick: boolean;
}

/** Checks a commit out beside this one; its dependencies are this one's. Returns the tree and its removal. */
async function treeOf(commit: string): Promise<{ tree: string; remove(): Promise<void> }> {
  const tree = await mkdtemp(join(tmpdir(), 'alignlet-commit-'));
  const git = (...args: string[]) => {
    const { status, stderr } = spawnSync('git', args, { cwd: OWN_TREE, encoding: 'utf8' });
    if (status !== 0) throw new Error(`git ${args[0]}: ${stderr.trim()}`);
  };
  git('worktree', 'add', '--detach', '--force', tree, commit);
  await symlink(join(OWN_TREE, 'node_modules'), join(tree, 'node_modules'), 'dir');
  return {
    tree,
    async remove() {
      git('worktree', 'remove', '--force', tree);
      await rm(tree, { recursive: true, force: true });
    },
  };
}

/** Both pages in one folder, `now` and `before`. */
export async function buildBoth(before: string, commit: string, folder: string): Promise<void> {
  await buildOurs(OWN_TREE, commit, join(folder, 'now'));
  const { tree, remove } = await treeOf(before);
  try {
    await buildOurs(tree, before, join(folder, 'before'));
  } finally {
    await remove();
  }
}

class OutOfTime extends Error {}

/** Measures until the time is over; `write` gets what there is after every part. */
export async function compare(
  folder: string,
  options: CompareOptions,
  wanted: BrowserOptions,
  write: (found: Compared) => void,
): Promise<Compared> {
  const began = Date.now();
  const deadline = began + options.minutes * 60_000;
  const server = await serveFolder(folder);
  const { browser, page: now, found } = await openPage(`${server.url}now/index.html`, wanted);
  const result: Compared = {
    kind: 'compare',
    commit: commitOf(join(folder, 'now')),
    before: options.before,
    date: new Date(began).toISOString(),
    minutes: 0,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    browser: `Chromium ${browser.version()}`,
    adapters: {},
    rows: [],
    memory: [],
  };
  const inTime = async <T,>(work: Promise<T>): Promise<T> => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new OutOfTime('the time was over')),
        Math.max(0, deadline - Date.now()),
      );
    });
    return Promise.race([work, late]).finally(() => clearTimeout(timer));
  };
  const ask = <T,>(page: Page, name: string, args: readonly unknown[]): Promise<T> =>
    inTime(
      page.evaluate(([n, a]) => window.ask(n as never, a as unknown[]), [name, args] as const),
    ) as Promise<T>;
  const note = () => {
    result.minutes = (Date.now() - began) / 60_000;
    write(result);
  };
  try {
    const before = await browser.newPage();
    await before.goto(`${server.url}before/index.html`);
    for (const backend of options.backends) {
      const device = found[backend];
      if (!device || (device.software && wanted.gpu === 'hardware')) continue;
      result.adapters[backend] = device;
      const pages = { now, before };
      const opened = await Promise.all(
        Object.values(pages).map((page) => ask<unknown>(page, 'open', [backend])),
      ).then(
        () => null,
        (error: unknown) => (error as Error).message,
      );
      for (const shape of options.shapes)
        for (const work of Object.keys(WORKS) as Work[]) {
          const row: CompareRow = { backend, shape, work };
          result.rows.push(row);
          try {
            if (opened) throw new Error(opened);
            await timed(row, pages, options, ask);
          } catch (error) {
            row.why = (error as Error).message.split('\n')[0]!.slice(0, 200);
          }
          console.log(
            `${backend} ${shape} ${WORKS[work]}: ${row.why ?? `ratio ${number(row.ratio!.median)}`}`,
          );
          note();
        }
      for (const stage of ['ppo', 'dpo'] as const) {
        const row: CompareMemory = { backend, stage, updates: options.memoryUpdates };
        result.memory.push(row);
        try {
          const samples = await ask<MemorySample[]>(now, 'memory', [stage, options.memoryUpdates]);
          Object.assign(row, readMemory(samples, options.memoryUpdates));
        } catch (error) {
          row.why = (error as Error).message.split('\n')[0]!.slice(0, 200);
        }
        console.log(`${backend} memory of ${stage}: ${row.why ?? 'measured'}`);
        note();
      }
      for (const page of Object.values(pages))
        await inTime(page.evaluate(() => window.endWorker())).catch(() => undefined);
    }
  } finally {
    note();
    await browser.close();
    server.close();
  }
  return result;
}

/** Rounds of both builds in turn, the order alternating; ratios are of the same round. */
async function timed(
  row: CompareRow,
  pages: Record<'now' | 'before', Page>,
  { rounds, quick }: CompareOptions,
  ask: <T>(page: Page, name: string, args: readonly unknown[]) => Promise<T>,
): Promise<void> {
  const { shape, work } = row;
  const once = async (page: Page): Promise<number> =>
    work === 'rollout'
      ? ask<number>(page, 'rollout', [shape, quick ? 2 : 64])
      : median(await ask<number[]>(page, 'stage', [work, shape, quick ? 1 : work === 'ppo' ? 3 : 12]));
  const times = { now: [] as number[], before: [] as number[] };
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 ? (['before', 'now'] as const) : (['now', 'before'] as const);
    const of: Partial<Record<'now' | 'before', number>> = {};
    try {
      for (const build of order) of[build] = await once(pages[build]);
    } catch (error) {
      if (!(error instanceof OutOfTime) || round === 0) throw error;
      return; // the rounds before count
    }
    times.now.push(of.now!);
    times.before.push(of.before!);
    ratios.push(of.now! / of.before!);
    Object.assign(row, { now: series(times.now), before: series(times.before), ratio: series(ratios) });
  }
}

const commitOf = (folder: string): string => {
  const file = join(folder, 'commit.txt');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : 'unknown';
};

/** `--compare`: builds, or takes pages that were built, and measures. */
export async function runCompare(
  options: CompareOptions,
  wanted: BrowserOptions,
  { build, page, raw }: { build?: string; page?: string; raw?: string },
  commit: string,
): Promise<Compared | null> {
  const folder = page
    ? resolve(page)
    : build
      ? resolve(build)
      : await mkdtemp(join(tmpdir(), 'alignlet-both-'));
  if (!page) await buildBoth(options.before, commit, folder);
  if (build) return null;
  const write = (found: Compared) => {
    if (raw) writeFileSync(raw, `${JSON.stringify(found, null, 1)}\n`);
  };
  try {
    return await compare(folder, options, wanted, write);
  } finally {
    if (!page) await rm(folder, { recursive: true, force: true });
  }
}

/** Times of both builds, or that there are none. */
export function comparedText(found: Compared | undefined): string {
  const head = '## This engine beside that of af47fcf, on a GPU';
  const how =
    '`npm run bench -- --compare af47fcf --gpu hardware --minutes 8 --raw FILE` measures it (`--build FOLDER`, then `--page ' +
    'FOLDER` on a machine without a network), `--merge FILE` takes it in here.';
  if (!found) return [head, `Not measured on a real GPU. ${how}`].join('\n\n');
  const cells = (row: CompareRow) =>
    row.ratio
      ? [med(row.now), med(row.before), figure(row.ratio.median), row.why ?? '']
      : ['not measured', '', '', row.why ?? ''];
  const pair = (a: number, b: number) => (a === b ? String(a) : `${a} → ${b}`);
  return [
    head,
    `${how} Measured ${found.date.slice(0, 10)} in ${number(found.minutes)} minutes: ${found.browser} on ${found.processor}, ` +
      `${Object.entries(found.adapters)
        .map(([b, f]) => `${b}: ${f.adapter}${f.software ? ' (a GPU in software)' : ''}`)
        .join('; ')}; ` +
      `commit ${found.commit} beside ${found.before}, medians over rounds in turn.`,
    table(
      ['', 'this commit, ms', `${found.before}, ms`, 'ratio', ''],
      found.rows.map((row) => [`${row.backend}, ${row.shape}, ${WORKS[row.work]}`, ...cells(row)]),
    ),
    table(
      ['memory (nano, 4 rows)', 'updates', 'engine bytes', 'device bytes', ''],
      found.memory.map(({ backend, stage, updates, early, late, why }) => [
        `${backend}, ${stage}`,
        String(updates),
        ...(early && late
          ? [pair(early.bytes, late.bytes), pair(early.deviceBytes, late.deviceBytes)]
          : ['not measured', '']),
        why ?? '',
      ]),
    ),
  ].join('\n\n');
}
