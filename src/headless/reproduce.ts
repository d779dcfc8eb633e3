import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MultiBar } from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';
import type { Demo } from '../pipeline/records/demo';
import { message } from '../messages';
import { InputError } from '../pipeline/records/demo';
import { storedKeyOf, type RunSummary, type StoredRun } from '../pipeline/records/recording';
import { demoNames, loadDemo } from './demos';
import { judgeAll, report, type DemoRuns } from './report';
import { lineOf, UsageError, wholeNumber } from './usage';
import type { ClaimResult } from '../pipeline/records/verdict';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const resultsOf = (demo: string) => join(ROOT, 'demos', demo, 'results');

const fileOf = (demo: string, seed: number) => join(resultsOf(demo), `seed-${seed}.json`);
const recordingFile = (demo: string) => join(ROOT, 'demos', demo, 'recording.json');

/** The stored run, if there is one for the demo as it is now. */
async function stored(demo: Demo, seed: number): Promise<RunSummary | undefined> {
  const text = await readFile(fileOf(demo.name, seed), 'utf8').catch(() => undefined);
  const run = text && (JSON.parse(text) as StoredRun);
  return run && run.key === storedKeyOf(demo.config) ? run.summary : undefined;
}

/** Runs one demo with one seed in a process of its own, trunk live from the shipped base, and stores it at once. */
async function runOne(demo: Demo, seed: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'alignlet-reproduce-'));
  try {
    const args = ['run', demo.name, '--seed', String(seed), '--set', 'start=base', '--out', folder];
    await new Promise<void>((resolve, reject) => {
      const child = spawn(process.execPath, ['--import', 'tsx', 'src/headless/cli.ts', ...args], {
        cwd: ROOT,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let errors = '';
      child.stderr.on('data', (data) => (errors += data));
      child.on('close', (code) =>
        code === 0
          ? resolve()
          : reject(new UsageError(`${demo.name}, seed ${seed}: ${errors.trim() || `exit ${code}`}`)),
      );
    });
    const read = (file: string) => readFile(join(folder, file), 'utf8');
    const summary = JSON.parse(await read('summary.json')) as RunSummary;
    const history = JSON.parse(await read('history.json')) as StoredRun['history'];
    await mkdir(resultsOf(demo.name), { recursive: true });
    const run: StoredRun = { key: storedKeyOf(demo.config), summary, history };
    if (seed === 1) await writeWhole(recordingFile(demo.name), await read('recording.json'));
    await writeWhole(fileOf(demo.name, seed), JSON.stringify(run) + '\n');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes a file in one go: a run that is stopped here leaves no half file. */
async function writeWhole(file: string, text: string): Promise<void> {
  await writeFile(`${file}.draft`, text);
  await rename(`${file}.draft`, file);
}

/** Works through the list with several processes; a failure is told and does not stop the others. */
async function runAll(work: { demo: Demo; seed: number }[], jobs: number): Promise<string[]> {
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
      await runOne(next.demo, next.seed).catch((error: Error) => failures.push(error.message));
      bar.increment(1, { what: `${next.demo.name} ${next.seed}` });
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  bars.stop();
  return failures;
}

/** demos/RESULTS.md from whatever is stored. */
async function writeReport(demos: readonly Demo[], seeds: readonly number[]): Promise<ClaimResult[]> {
  const all = await Promise.all(
    demos
      .filter((demo) => demo.claims.length > 0)
      .map(async (demo): Promise<DemoRuns> => {
        const runs = await Promise.all(seeds.map((seed) => stored(demo, seed)));
        return { demo, runs: runs.filter((run) => run !== undefined) };
      }),
  );
  await writeWhole(join(ROOT, 'demos', 'RESULTS.md'), report(all));
  return all.flatMap(judgeAll);
}

function positive(text: string): number {
  const value = wholeNumber(text, 1, 1000);
  if (value === undefined) throw new InvalidArgumentError('must be a whole number from 1 to 1000.');
  return value;
}

await new Command('reproduce')
  .description(
    'Runs the claims of the demos over seeds; goes on where it was stopped; writes demos/RESULTS.md.',
  )
  .option('--seeds <n>', 'number of seeds, from 1 up', positive, 5)
  .option('--jobs <n>', 'processes at the same time', positive, availableParallelism())
  .option('--only <names>', 'only these demos, separated by commas')
  .action(async ({ seeds: count, jobs, only }: { seeds: number; jobs: number; only?: string }) => {
    const names = await demoNames();
    const wanted = only?.split(',') ?? names;
    const unknown = wanted.find((name) => !names.includes(name));
    if (unknown !== undefined) throw new InputError(message('demo.unknown', { demo: unknown, known: names }));
    const demos = await Promise.all(names.map(loadDemo));
    const seeds = Array.from({ length: count }, (_, i) => i + 1);
    const work: { demo: Demo; seed: number }[] = [];
    for (const seed of seeds)
      for (const demo of demos)
        if (wanted.includes(demo.name) && demo.claims.length > 0 && !(await stored(demo, seed)))
          work.push({ demo, seed });
    const failures = await runAll(work, jobs);
    const results = await writeReport(demos, seeds);
    for (const { claim, verdict } of results) console.log(`${verdict.padEnd(8)} ${claim.text}`);
    for (const failure of failures) console.error(`error: ${failure}`);
    if (failures.length > 0) process.exitCode = 1;
  })
  .parseAsync()
  .catch((error: unknown) => {
    console.error(lineOf(error) ?? error);
    process.exitCode = 1;
  });
