import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MultiBar } from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';
import type { Demo } from '../pipeline/records/demo';
import { message } from '../messages';
import { InputError } from '../pipeline/records/demo';
import type { StoredRun } from '../pipeline/records/recording';
import { inChild } from './children';
import { demoNames, DEMOS, loadDemo } from './demos';
import { judgeAll, report, type DemoRuns } from './report';
import { existing } from './reproduce-one';
import { readRuns, RECORDED_SEED, recordingFile, runFile, tryWriting, writeWhole } from './stored-files';
import { lineOf, wholeNumber } from './usage';

const CHILD = fileURLToPath(new URL('reproduce-child.ts', import.meta.url));

interface Work {
  demo: Demo;
  seed: number;
}

const complain = (problem: string) => console.error(`${problem}; it counts as missing`);

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

/** Works through the list with several processes; a failure is told and does not stop the others. */
async function runAll(folder: string, work: readonly Work[], jobs: number): Promise<string[]> {
  const failures: string[] = [];
  const bars = new MultiBar({
    format: '{bar} {value}/{total} runs, {eta_formatted} left {what}',
    noTTYOutput: !process.stdout.isTTY,
    notTTYSchedule: 30_000,
  });
  const bar = bars.create(work.length, 0, { what: '' });
  const queue = work.slice();
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { demo, seed } = next;
      const failed = await runOne(folder, next).catch((error: Error) => [error.message]);
      failures.push(...failed.map((reason) => `${demo.name}, seed ${seed}: ${reason}`));
      bar.increment(1, { what: `${demo.name} ${seed}` });
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, work.length) }, worker));
  bars.stop();
  return failures;
}

/** What is to be done: every demo and seed with something missing or outdated. */
async function workOn(folder: string, demos: readonly Demo[], seeds: number): Promise<Work[]> {
  const work: Work[] = [];
  for (let seed = 1; seed <= seeds; seed++)
    for (const demo of demos)
      if ((await existing(folder, demo, seed, complain)).todo.length > 0) work.push({ demo, seed });
  for (const { demo, seed } of work) await tryWriting(runFile(folder, demo.name, seed));
  if (work.some(({ seed }) => seed === RECORDED_SEED))
    for (const { demo } of work) await tryWriting(recordingFile(folder, demo.name));
  await tryWriting(reportFile(folder));
  return work;
}

const reportFile = (folder: string): string => join(folder, 'RESULTS.md');

/** RESULTS.md from all that is stored, of every demo with claims and every seed. */
async function writeReport(folder: string): Promise<DemoRuns[]> {
  const all: DemoRuns[] = [];
  for (const name of await demoNames(folder)) {
    const demo = await loadDemo(name, folder);
    if (demo.claims.length > 0) all.push({ demo, stored: await readRuns(folder, name, complain) });
  }
  await writeWhole(reportFile(folder), report(all));
  return all;
}

function positive(text: string): number {
  const value = wholeNumber(text, 1, 1000);
  if (value === undefined) throw new InvalidArgumentError('must be a whole number from 1 to 1000.');
  return value;
}

interface Flags {
  seeds: number;
  jobs: number;
  only?: string;
  report?: true;
  demos: string;
}

async function reproduce({ seeds, jobs, only, report: reportOnly, demos: path }: Flags): Promise<void> {
  const folder = resolve(path);
  const names = await demoNames(folder);
  const wanted = only?.split(',').map((name) => name.trim()) ?? names;
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new InputError(message('demo.unknown', { demo: unknown, known: names }));
  const demos = await Promise.all(names.filter((n) => wanted.includes(n)).map((n) => loadDemo(n, folder)));
  const claimed = demos.filter((demo) => demo.claims.length > 0);
  const work = reportOnly ? [] : await workOn(folder, claimed, seeds);
  const failures = work.length > 0 ? await runAll(folder, work, jobs) : [];
  const results = (await writeReport(folder)).filter(({ demo }) => wanted.includes(demo.name));
  for (const { claim, verdict } of results.flatMap(judgeAll))
    console.log(`${verdict.padEnd(8)} ${claim.text}`);
  for (const failure of failures) console.error(`error: ${failure}`);
  if (failures.length > 0) process.exitCode = 1;
}

await new Command('reproduce')
  .description(
    'Runs the claims of the demos over seeds: arm by arm what is missing or was made by earlier code or settings; goes on where it was stopped; writes RESULTS.md.',
  )
  .option('--seeds <n>', 'number of seeds, from 1 up', positive, 5)
  .option('--jobs <n>', 'processes at the same time', positive, availableParallelism())
  .option('--only <names>', 'only these demos, separated by commas')
  .option('--report', 'run nothing, only write RESULTS.md from what is stored')
  .option('--demos <folder>', 'where the demos are', DEMOS)
  .action(reproduce)
  .parseAsync()
  .catch((error: unknown) => {
    console.error(lineOf(error) ?? error);
    process.exitCode = 1;
  });
