import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MultiBar } from 'cli-progress';
import type { Demo } from '../pipeline/records/demo';
import type { StoredRun } from '../pipeline/records/recording';
import { inChild } from './children';
import { Claims } from './claims';
import { existing } from './reproduce-one';
import { partOf, type Shard } from './shard';
import { claimFile, RECORDED_SEED, recordingFile, runFile, tryWriting, writeWhole } from './stored-files';
import { UsageError } from './usage';

const CHILD = fileURLToPath(new URL('reproduce-child.ts', import.meta.url));

/** How often is looked whether another process has finished what it has claimed, ms. */
const LOOK = 2000;

/** One demo with one seed. */
export interface Work {
  demo: Demo;
  seed: number;
}

/** All that there is to be done, or the part of a shard: every demo and seed with something missing or outdated. */
export async function workOn(
  folder: string,
  demos: readonly Demo[],
  seeds: number,
  part: Shard,
  complain: (problem: string) => void,
): Promise<Work[]> {
  // seed by seed within a demo: as seeds take equally long, shards do
  const all = demos.flatMap((demo) => Array.from({ length: seeds }, (_, i) => ({ demo, seed: i + 1 })));
  const work: Work[] = [];
  for (const { demo, seed } of partOf(all, part))
    if ((await existing(folder, demo, seed, complain)).todo.length > 0) work.push({ demo, seed });
  return work.sort((a, b) => a.seed - b.seed); // every demo once before any twice
}

/** Makes sure that all of it can be written before hours are spent on it. Throws a UsageError. */
export async function tryFolders(folder: string, work: readonly Work[]): Promise<void> {
  if (work.length === 0) return;
  const files = work.flatMap(({ demo: { name }, seed }) => [
    runFile(folder, name, seed),
    ...(seed === RECORDED_SEED ? [recordingFile(folder, name)] : []),
  ]);
  for (const file of files)
    if (existsSync(file) && statSync(file).isDirectory())
      throw new UsageError(`nothing can be written to ${file}: it is a folder`);
  const folders = new Set(files.map(dirname));
  for (const each of [...folders, tmpdir()]) await tryWriting(join(each, 'alignlet'));
}

/** Runs what is missing of one demo with one seed and stores it at once. Returns what failed, in one line each. */
async function runOne(folder: string, { demo, seed }: Work): Promise<string[]> {
  const run = await inChild(CHILD, [folder, demo.name, String(seed)], async (out) => {
    const text = await readFile(join(out, 'run.json'), 'utf8');
    const stored = JSON.parse(text) as StoredRun;
    if (Object.keys(stored.summary.arms).length === 0) return stored;
    if (seed === RECORDED_SEED)
      await writeWhole(recordingFile(folder, demo.name), await readFile(join(out, 'recording.json'), 'utf8'));
    await writeWhole(runFile(folder, demo.name, seed), text);
    return stored;
  });
  return Object.entries(run.summary.failures).map(([id, reason]) => `${id}: ${reason}`);
}

/** The same under a claim, unless another process has done it meanwhile. Undefined while another is at it. */
async function runClaimed(claims: Claims, folder: string, work: Work): Promise<string[] | undefined> {
  const { demo, seed } = work;
  const file = claimFile(folder, demo.name, seed);
  if (!(await claims.take(file))) return undefined;
  try {
    const { todo } = await existing(folder, demo, seed, () => undefined);
    return todo.length > 0 ? await runOne(folder, work) : [];
  } finally {
    await claims.release(file);
  }
}

/**
 * Works through the list with several processes; a failure is told and does not stop the others. What another
 * `reproduce` is computing is left to it and waited for.
 */
export async function runAll(folder: string, work: readonly Work[], jobs: number): Promise<string[]> {
  const failures: string[] = [];
  const bars = new MultiBar({
    format: '{bar} {value}/{total} runs, {eta_formatted} left {what}',
    noTTYOutput: !process.stdout.isTTY,
    notTTYSchedule: 30_000,
  });
  const bar = bars.create(work.length, 0, { what: '' });
  const claims = new Claims();
  const queue = work.slice();
  const elsewhere = new Set<Work>();
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { demo, seed } = next;
      if (elsewhere.has(next)) await pause(LOOK);
      const failed = await runClaimed(claims, folder, next).catch((error: Error) => [error.message]);
      if (failed) {
        failures.push(...failed.map((reason) => `${demo.name}, seed ${seed}: ${reason}`));
        bar.increment(1, { what: `${demo.name} ${seed}` });
      } else {
        elsewhere.add(next);
        queue.push(next);
        bar.update({ what: `${demo.name} ${seed} is being made by another reproduce` });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, work.length) }, worker));
  claims.close();
  bars.stop();
  return failures;
}
