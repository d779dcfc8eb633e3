import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { createEngine } from '../engine/create';
import type { BackendName } from '../engine/types';
import { CheckpointError } from '../model/safetensors';
import { InputError } from '../pipeline/records/demo';
import { demoNames, loadDemo } from './demos';
import { applyOverrides } from './overrides';
import type { RunSummary } from '../pipeline/records/recording';
import { tryWriting } from './stored-files';
import { claimLines, OUTPUT_FILES, runConfig, seedsTable, summaryTable, writeOutput } from './run';

const collect = (value: string, all: string[]) => [...all, value];

function seed(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff)
    throw new InvalidArgumentError('must be a whole number between 0 and 4294967295.');
  return value;
}

/** `1-5` or `1,2,7` as a list of seeds. */
function seedList(text: string): number[] {
  const range = /^(\d+)-(\d+)$/.exec(text);
  if (!range) return text.split(',').map(seed);
  const [first, last] = [seed(range[1]!), seed(range[2]!)];
  if (last < first || last - first >= 1000)
    throw new InvalidArgumentError('must be like 1-5, first below last, at most 1000 seeds.');
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

interface RunFlags {
  seed?: number;
  seeds?: number[];
  set: string[];
  backend: BackendName;
  out?: string;
}

async function run(name: string, flags: RunFlags): Promise<void> {
  const demo = await loadDemo(name);
  const seeds = flags.seeds ?? [flags.seed ?? demo.config.seed];
  const several = flags.seeds !== undefined;
  const configs = seeds.map((s) => applyOverrides({ ...demo.config, seed: s }, flags.set));
  const folder = (s: number) => (flags.out && several ? join(flags.out, `seed-${s}`) : flags.out);
  for (const s of seeds) {
    refuseToOverwrite(folder(s));
    if (flags.out) await tryWriting(join(folder(s)!, OUTPUT_FILES[0]));
  }
  const { engine } = await createEngine(flags.backend);
  try {
    const summaries: RunSummary[] = [];
    for (const config of configs) {
      const output = await runConfig(name, config, engine, process.stderr.isTTY);
      const { summary } = output;
      summaries.push(summary);
      console.log(
        `${demo.title}: task ${config.task}, seed ${config.seed}, ${summary.backend}, ${summary.seconds} s`,
      );
      console.log([summaryTable(summary), ...claimLines(demo.claims, summary)].join('\n'));
      const out = folder(config.seed);
      if (out) await writeOutput(out, output);
      if (Object.keys(summary.failures).length > 0) process.exitCode = 1;
    }
    if (several) console.log(`${seeds.length} seeds, mean ± sd\n${seedsTable(summaries)}`);
  } finally {
    engine.dispose();
  }
}

function refuseToOverwrite(folder: string | undefined): void {
  if (!folder || !existsSync(folder)) return;
  if (!statSync(folder).isDirectory()) throw new InputError(`--out ${folder}: is a file, not a folder`);
  for (const file of OUTPUT_FILES)
    if (existsSync(join(folder, file)))
      throw new InputError(`${join(folder, file)} is already there; nothing was overwritten`);
}

const program = new Command('lab')
  .description('Runs the pipeline without a browser.')
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text) });

program
  .command('list')
  .description('names the demos')
  .action(async () => {
    for (const name of await demoNames()) {
      const demo = await loadDemo(name);
      console.log(`${name.padEnd(24)} ${demo.title}: ${demo.summary}`);
    }
  });

program
  .command('run')
  .argument('<demo>', 'name of a demo (see list)')
  .description('runs a demo, prints a table, writes metrics.csv and summary.json')
  .option('--seed <n>', 'seed of the run', seed)
  .addOption(
    new Option('--seeds <list>', 'several seeds, for example 1-5; prints mean ± sd')
      .argParser(seedList)
      .conflicts('seed'),
  )
  .option(
    '--set <name=value>',
    'change a setting, for example ppo.klCoef=0.02 (may be repeated)',
    collect,
    [],
  )
  .addOption(new Option('--backend <name>', 'where to compute').choices(['wasm', 'cpu']).default('wasm'))
  .option('--out <dir>', 'folder for metrics.csv and summary.json')
  .action(run);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else {
    // One line for what a person did wrong; a trace only for what we did wrong.
    const expected = error instanceof InputError || error instanceof CheckpointError;
    console.error(expected ? `error: ${error.message}` : error);
    process.exitCode = 1;
  }
}
