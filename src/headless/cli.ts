import { join } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import { createEngine } from '../engine/create';
import type { BackendName } from '../engine/types';
import { defaultLabConfig, type LabConfig } from '../pipeline/lab/config';
import { parseLink } from '../pipeline/lab/link';
import type { Claim } from '../pipeline/records/claims';
import { demoNames, loadDemo } from './demos';
import { exportTo, importFrom, TARGETS, type Target } from './exchange';
import { applyLink, applyOverrides, pageLink } from './overrides';
import type { RunSummary } from '../pipeline/records/recording';
import { seed, seedList } from './seeds';
import { lineOf, UsageError } from './usage';
import { tryOutput, writeOutput } from './output';
import { runConfig } from './run';
import { applySweep } from './sweep';
import { claimLines, seedsTable, summaryTable } from './tables';

const collect = (value: string, all: string[]) => [...all, value];

/** Which configuration: of a demo, of a link, with changes. */
interface ConfigFlags {
  set: string[];
  link?: string;
}

interface RunFlags extends ConfigFlags {
  seed?: number;
  seeds?: number[];
  sweep?: string;
  backend: BackendName;
  out?: string;
}

/** The free lab, where no demo is named. */
const FREE = { title: 'free lab', claims: [] } as const;

interface Chosen {
  /** Name of the demo; absent for the free lab. */
  demo?: string;
  title: string;
  claims: readonly Claim[];
  /** As the demo, or the free lab, has it. */
  standard: LabConfig;
  config: LabConfig;
}

async function choose(name: string | undefined, { set, link }: ConfigFlags): Promise<Chosen> {
  if (name === undefined && link === undefined)
    throw new UsageError('name a demo (see list), or give a --link');
  const linked = link === undefined ? undefined : parseLink(link).demo;
  if (name !== undefined && linked !== undefined && linked !== name)
    throw new UsageError(`--link: is a link to the demo ${linked}, not to ${name}`);
  const which = name ?? linked;
  const demo = which === undefined ? undefined : await loadDemo(which);
  const standard = demo?.config ?? defaultLabConfig();
  const config = applyOverrides(link === undefined ? standard : applyLink(standard, link), set);
  const { title, claims } = demo ?? FREE;
  return { ...(demo ? { demo: demo.name } : {}), title, claims, standard, config };
}

async function run(name: string | undefined, flags: RunFlags): Promise<void> {
  const { demo, title, claims, config: chosen } = await choose(name, flags);
  const several = flags.seeds !== undefined;
  const flag = several ? '--seeds' : '--seed';
  if ((several || flags.seed !== undefined) && flags.set.some((change) => change.startsWith('seed=')))
    throw new UsageError(`--set seed: contradicts ${flag}`);
  const seeds = flags.seeds ?? [flags.seed ?? chosen.seed];
  const swept = flags.sweep === undefined ? chosen : applySweep(chosen, flags.sweep, seeds).config;
  if (swept !== chosen) console.log(swept.arms.map(({ id, name }) => `${id}: ${name}`).join('\n'));
  const configs = seeds.map((s) => ({ ...swept, seed: s }));
  const folder = (s: number) => (flags.out && several ? join(flags.out, `seed-${s}`) : flags.out);
  if (flags.out) for (const s of seeds) await tryOutput(folder(s)!);
  const { engine } = await createEngine(flags.backend);
  try {
    const summaries: RunSummary[] = [];
    for (const config of configs) {
      const output = await runConfig(demo ?? 'free', config, engine, process.stderr.isTTY);
      const { summary } = output;
      summaries.push(summary);
      console.log(
        `${title}: task ${config.task}, seed ${config.seed}, ${summary.backend}, ${summary.seconds} s`,
      );
      console.log(
        [summaryTable(summary), ...(flags.sweep === undefined ? claimLines(claims, summary) : [])].join('\n'),
      );
      const out = folder(config.seed);
      if (out)
        await writeOutput(out, output).catch((error: Error) => {
          const rest = seeds.slice(summaries.length - 1);
          throw several ? new UsageError(`${error.message}; go on with --seeds ${rest.join(',')}`) : error;
        });
      if (Object.keys(summary.failures).length > 0) process.exitCode = 1;
    }
    if (several) console.log(`${seeds.length} seeds, mean ± sd\n${seedsTable(summaries)}`);
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

/** A command about a configuration. */
const configured = (name: string) =>
  program
    .command(name)
    .argument('[demo]', 'name of a demo (see list); left out, that of the link, or the free lab')
    .option(
      '--set <address=value>',
      'change a part, for example ppo.klCoef=0.02 or teacher/sft.steps=50 (may be repeated)',
      collect,
      [],
    )
    .option('--link <link>', 'what a link to the page holds');

configured('link')
  .description('prints the part of a link from ? on that opens this in the page')
  .action(async (name: string | undefined, flags: ConfigFlags) => {
    const { demo, standard, config } = await choose(name, flags);
    console.log(pageLink(demo, standard, config));
  });

configured('run')
  .description(
    'runs a demo or a link, prints a table, writes metrics.csv, summary.json and what export reads',
  )
  .option('--seed <n>', 'seed of the run', seed)
  .addOption(
    new Option('--seeds <list>', 'several seeds, for example 1-5; prints mean ± sd')
      .argParser(seedList)
      .conflicts('seed'),
  )
  .option(
    '--sweep <arm.setting=values>',
    'an arm for each value, for example dpo.beta=0.02,0.1,0.5 or dpo/preferences.pairs=500:4000:4:log',
  )
  .addOption(new Option('--backend <name>', 'where to compute').choices(['wasm', 'cpu']).default('wasm'))
  .option('--out <dir>', 'folder for metrics.csv and summary.json')
  .action(run);

program
  .command('export')
  .description('writes models and data of a run, or of what is shipped, for other programs')
  .argument(
    '<what>',
    'folder of lab run --out, an .alignlet file, or a shipped name (base-tiny, sft-chat-tiny, the trunk chat-tiny)',
  )
  .argument('<folder>', 'new folder, or a new file that ends in .zip')
  .addOption(new Option('--to <format>', 'for which program').choices(TARGETS).makeOptionMandatory())
  .action(async (what: string, folder: string, { to }: { to: Target }) => {
    console.log((await exportTo(what, to, folder)).join('\n'));
  });

program
  .command('import')
  .description('reads what was exported, or a model that transformers saved of it, and says what it holds')
  .argument('<folder>', 'a folder or a zip')
  .option('--out <dir>', 'new folder: of the run, which can be exported again, or of the model')
  .action(async (folder: string, { out }: { out?: string }) => {
    console.log((await importFrom(folder, out)).join('\n'));
  });

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else {
    console.error(lineOf(error) ?? error);
    process.exitCode = 1;
  }
}
