import { Command, InvalidArgumentError } from 'commander';
import type { Amounts } from '../support/amounts';
import { PARTS, type Part } from './check.mjs';
import { LONG } from './checks.mjs';

export interface Flags {
  parts: Part[];
  amounts: Amounts;
  /** Where the results go; null: they are only printed. */
  out: string | null;
  fresh: boolean;
}

interface Given {
  only?: Part[];
  short?: boolean;
  seed?: number;
  path?: string;
  amounts?: number;
  out?: string;
  fresh?: boolean;
}

function partsOf(text: string): Part[] {
  return text.split(',').map((name) => {
    const part = PARTS.find((one) => one === name.trim());
    if (!part) throw new InvalidArgumentError(`there are ${PARTS.join(', ')}`);
    return part;
  });
}

function numberOf(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('expected a whole number');
  return Number(text);
}

/** Reads the command line. */
export function readFlags(words: readonly string[] = process.argv.slice(2)): Flags {
  const program = new Command('npm run trial --')
    .description(
      'Runs the tests of faults, load and hostile input, some of them in a long form, and writes tests/trial/RESULTS.md\n' +
        'and results.json. What earlier runs found and this one leaves out is kept. CHROME_PATH names another Chromium.',
    )
    .option('--only <parts>', `${PARTS.join(', ')} (comma-separated)`, partsOf)
    .option('--short', 'as little of everything as CI does, to see that it works; nothing is written')
    .option('--seed <number>', 'of everything random', numberOf)
    .option('--path <path>', 'replay one input of fast-check, as it printed it; with --seed', String)
    .option('--amounts <number>', 'how much each of the parts does, in place of their own amounts', numberOf)
    .option('--out <folder>', 'where the results go; "none": only print them')
    .option('--fresh', 'forget what earlier runs found')
    .parse(words, { from: 'user' });
  const { only, short, seed, path, amounts, out, fresh = false } = program.opts<Given>();
  const each =
    amounts === undefined ? LONG : Object.fromEntries(Object.keys(LONG).map((name) => [name, amounts]));
  return {
    parts: only ?? [...PARTS],
    amounts: {
      ...(short ? {} : each),
      ...(seed === undefined ? {} : { seed }),
      ...(path === undefined ? {} : { path }),
    },
    out: out === 'none' || (short && out === undefined) ? null : (out ?? ''),
    fresh,
  };
}
