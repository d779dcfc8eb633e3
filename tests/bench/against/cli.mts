import { basename } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import type { Size } from './bench.mjs';
import type { PartName } from './results.mjs';

export interface AgainstFlags {
  against: string;
  only: PartName[];
  size: Size;
  rounds: number;
  minutes: number;
  packages?: string;
  out?: string;
}

/** Reads the command line of `npm run bench -- --against`. */
export function readAgainstFlags(
  names: readonly PartName[],
  argv: readonly string[] = process.argv,
): AgainstFlags {
  const list = (text: string) => {
    const wanted = text.split(',').map((s) => s.trim());
    const unknown = wanted.find((name) => !(names as readonly string[]).includes(name));
    if (unknown !== undefined) throw new InvalidArgumentError(`there are ${names.join(', ')}.`);
    return wanted as PartName[];
  };
  const positive = (text: string) => {
    if (!(Number(text) > 0)) throw new InvalidArgumentError('must be a number above 0.');
    return Number(text);
  };
  const packages = (text: string) => {
    // packages find each other by the name of the folder
    if (basename(text) !== 'node_modules') throw new InvalidArgumentError('must be called node_modules.');
    return text;
  };
  const program = new Command('npm run bench --')
    .description(
      'Builds an earlier commit beside what is here and compares the two: medians over paired rounds, in both orders.\n' +
        'Without --quick or --whole the runs are shortened; what was done is said with every figure.',
    )
    .requiredOption('--against <commit>', 'the earlier commit')
    .option('--only <parts>', names.join(', '), list, [...names])
    .option('--rounds <number>', 'how often both are measured', positive)
    .option('--quick', 'one short round of everything, to see that it works; nothing is written')
    .option('--whole', 'nothing shortened: hours')
    .option(
      '--minutes <number>',
      'as long as it should take: rounds that would take longer are left out, but the first of each part',
      positive,
      Infinity,
    )
    .option(
      '--packages <folder>',
      'a node_modules with the packages of the earlier commit, in place of npm ci',
      packages,
    )
    .option('--out <folder>', 'where the results go; "none": only print them')
    .parse(argv as string[]);
  const { quick, whole, rounds, ...rest } = program.opts<
    Omit<AgainstFlags, 'size' | 'rounds'> & { quick?: boolean; whole?: boolean; rounds?: number }
  >();
  return {
    ...rest,
    size: quick ? 'quick' : whole ? 'whole' : 'part',
    rounds: Math.ceil(rounds ?? (quick ? 1 : 3)),
  };
}
