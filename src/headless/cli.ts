import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { createEngine } from '../engine/create';
import type { BackendName } from '../engine/types';
import { InputError } from '../pipeline/demo';
import { demoNames, loadDemo } from './demos';
import { applyOverrides } from './overrides';
import { runConfig, summaryTable, writeOutput } from './run';

const collect = (value: string, all: string[]) => [...all, value];

function seed(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff)
    throw new InvalidArgumentError('must be a whole number between 0 and 4294967295.');
  return value;
}

interface RunFlags {
  seed?: number;
  set: string[];
  backend: BackendName;
  out?: string;
}

async function run(name: string, flags: RunFlags): Promise<void> {
  const demo = await loadDemo(name);
  const config = applyOverrides(
    { ...demo.config, ...(flags.seed === undefined ? {} : { seed: flags.seed }) },
    flags.set,
  );
  if (flags.out)
    for (const file of ['summary.json', 'metrics.csv'])
      if (existsSync(join(flags.out, file)))
        throw new InputError(`${join(flags.out, file)} is already there; nothing was overwritten`);
  const { engine } = await createEngine(flags.backend);
  try {
    const output = await runConfig(name, config, engine, process.stderr.isTTY);
    const { summary } = output;
    console.log(
      `${demo.title}: task ${config.task}, seed ${config.seed}, ${summary.backend}, ${summary.seconds} s`,
    );
    console.log(summaryTable(summary));
    if (flags.out) await writeOutput(flags.out, output);
    if (Object.keys(summary.failures).length > 0) process.exitCode = 1;
  } finally {
    engine.dispose();
  }
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
    const expected = error instanceof InputError;
    console.error(expected ? `error: ${error.message}` : error);
    process.exitCode = 1;
  }
}
