import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { message } from '../messages';
import { InputError } from '../pipeline/records/demo';
import { demoNames, DEMOS, loadDemo } from './demos';
import { judgeAll, report, type DemoRuns } from './report';
import { shard, type Shard } from './shard';
import { readRuns, tryWriting, writeWhole } from './stored-files';
import { lineOf, wholeNumber } from './usage';
import { runAll, tryFolders, workOn } from './work';

const WHOLE: Shard = { index: 1, count: 1 };

const complain = (problem: string) => console.error(`${problem}; it counts as missing`);

const reportFile = (folder: string): string => join(folder, 'RESULTS.md');

/** All that is stored, of every demo with claims and every seed; what is broken of it is told and left out. */
async function readAll(folder: string, told: (problem: string) => void): Promise<DemoRuns[]> {
  const all: DemoRuns[] = [];
  for (const name of await demoNames(folder)) {
    const demo = await loadDemo(name, folder).catch((error: Error) => told(error.message));
    if (demo && demo.claims.length > 0) all.push({ demo, stored: await readRuns(folder, name, told) });
  }
  return all;
}

/** Writes RESULTS.md; again if another process has stored something meanwhile, whose report may just have been replaced. */
async function writeReport(folder: string): Promise<DemoRuns[]> {
  let all = await readAll(folder, complain);
  for (let text = report(all), written = ''; text !== written; text = report(all)) {
    await writeWhole(reportFile(folder), text);
    written = text;
    all = await readAll(folder, () => undefined);
  }
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
  shard?: Shard;
  demos: string;
}

async function reproduce(flags: Flags): Promise<void> {
  const { seeds, jobs, only, shard: part } = flags;
  const folder = resolve(flags.demos);
  const names = await demoNames(folder);
  const wanted = only?.split(',').map((name) => name.trim()) ?? names;
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new InputError(message('demo.unknown', { demo: unknown, known: names }));
  const demos = await Promise.all(names.filter((n) => wanted.includes(n)).map((n) => loadDemo(n, folder)));
  const claimed = demos.filter((demo) => demo.claims.length > 0);
  const work = flags.report ? [] : await workOn(folder, claimed, seeds, part ?? WHOLE, complain);
  await tryFolders(folder, work);
  if (!part) await tryWriting(reportFile(folder));
  const failures = work.length > 0 ? await runAll(folder, work, jobs) : [];
  for (const failure of failures) console.error(`error: ${failure}`);
  if (failures.length > 0) process.exitCode = 1;
  if (part) console.log(`shard ${part.index}/${part.count}: ${work.length} runs; --report writes RESULTS.md`);
  else {
    const results = (await writeReport(folder)).filter(({ demo }) => wanted.includes(demo.name));
    for (const { claim, verdict } of results.flatMap(judgeAll))
      console.log(`${verdict.padEnd(8)} ${claim.text}`);
  }
}

await new Command('reproduce')
  .description(
    'Runs the claims of the demos over seeds: arm by arm what is missing or was made by earlier code or settings; goes on where it was stopped; writes RESULTS.md.',
  )
  .option('--seeds <n>', 'number of seeds, from 1 up', positive, 5)
  .option('--jobs <n>', 'processes at the same time', positive, availableParallelism())
  .option('--only <names>', 'only these demos, separated by commas')
  .option('--report', 'run nothing, only write RESULTS.md from what is stored')
  .addOption(
    new Option(
      '--shard <i/n>',
      'only this part of the runs, for several machines; --report when all are done',
    )
      .argParser(shard)
      .conflicts('report'),
  )
  .option('--demos <folder>', 'where the demos are', DEMOS)
  .action(reproduce)
  .parseAsync()
  .catch((error: unknown) => {
    console.error(lineOf(error) ?? error);
    process.exitCode = 1;
  });
