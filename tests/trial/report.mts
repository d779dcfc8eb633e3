import type { Saved as Bench } from '../bench/saved.mjs';
import { figure, table } from '../bench/format.mjs';
import { constant } from '../bench/targets.mjs';
import { BATTERY } from './battery.mjs';
import type { Check } from './check.mjs';
import { ROWS } from './rows.mjs';
import type { Outcome, Run, Saved } from './saved.mjs';

/** RESULTS.md: every check with what the last run found, and what the benchmark knows of memory and of input. */
export function report({ outcomes }: Saved, bench: Bench): string {
  const of = ({ id }: Check) => outcomes.find(({ check }) => check === id);
  const known = [...ROWS, ...BATTERY].flatMap((check) => of(check) ?? []);
  return [
    '# Trial results',
    HOW,
    summary([...ROWS, ...BATTERY].map(of)),
    '## What was found by breaking it',
    'What happened at commit af47fcf, and what is right. Each row has tests in CI that fail on the commit before its fix.',
    table(
      ['#', 'what happens', 'right', 'verdict', 'run'],
      [
        ...ROWS.map((check) => [
          check.id.replace('row ', ''),
          check.what,
          check.right,
          ...verdict(of(check)),
        ]),
        [
          '14',
          'Eight arms train on all cores while a person uses the page',
          'input answered within 100 ms',
          ...input(bench),
        ],
      ],
    ),
    '## The battery',
    table(
      ['what is done', 'right', 'how often, and figures', 'verdict', 'run'],
      BATTERY.map((check) => [check.what, check.right, figures(of(check)), ...verdict(of(check))]),
    ),
    ...problems(known),
    memory(bench),
    '## Which test holds which row',
    table(
      ['#', 'tests'],
      ROWS.map((check) => [check.id.replace('row ', ''), testsOf(check)]),
    ),
    '## Runs',
    runs(known),
  ]
    .filter(Boolean)
    .join('\n\n')
    .concat('\n');
}

const HOW = [
  'Written by `npm run trial` (`-- --help`); the numbers are in `results.json`. It runs the tests of CI, some of them in a',
  'long form, and writes down what became of them. What a run leaves out stands as an earlier one found it.',
].join('\n');

function summary(all: (Outcome | undefined)[]): string {
  const count = (verdict: string) => all.filter((one) => (one?.verdict ?? 'not run') === verdict).length;
  return `${count('holds')} of ${all.length} hold, ${count('does not hold')} do not, ${count('not run')} were not run.`;
}

/** Until an input is answered, milliseconds. */
const MOST_DELAY = 100;

const dateOf = ({ date }: Pick<Run, 'date'>): string => date.slice(0, 16).replace('T', ' ');

const verdict = (outcome: Outcome | undefined): [string, string] =>
  outcome
    ? [
        outcome.verdict === 'holds' ? 'holds' : `**${outcome.verdict}**`,
        `${outcome.run.commit}, ${dateOf(outcome.run)}`,
      ]
    : ['**not run**', ''];

const told = (value: number): string =>
  Number.isInteger(value) ? value.toLocaleString('en-US') : figure(value);

const WITHOUT_UNIT = /^(seed|slowest at)$/;

function figures(outcome: Outcome | undefined): string {
  if (!outcome) return '';
  const { tests, noted } = outcome;
  const parts = Object.entries(noted).flatMap(([name, value]) => {
    if (WITHOUT_UNIT.test(name)) return [];
    const [what, unit] = name.split(', ');
    return [unit ? `${what} ${told(value)} ${unit}` : `${told(value)} ${what}`];
  });
  return parts.length ? parts.join(', ') : `${tests} tests`;
}

function problems(known: readonly Outcome[]): string[] {
  const bad = known.filter((one) => one.problems.length > 0);
  if (bad.length === 0) return [];
  const lines = bad.flatMap(({ check, problems: all, replay }) => [
    ...all.map((problem) => `- ${check}: ${problem.replaceAll('|', '\\|')}`),
    ...replay.map((command) => `  - \`${command}\``),
  ]);
  return ['## What does not hold, and how to see it again', lines.join('\n')];
}

/** Row 14, as the benchmark has measured it. */
function input({ against = [] }: Bench): [string, string] {
  const part = against.find((one) => one.part === 'eight');
  const ms = part?.rows.find(({ name }) => name === 'allDelay')?.ours?.median;
  if (!part || ms === undefined) return ['**not run**', '`npm run bench -- --against af47fcf --only eight`'];
  return [
    ms <= MOST_DELAY ? `holds (${figure(ms)} ms)` : `**does not hold** (${figure(ms)} ms)`,
    `${part.commits.ours}, ${dateOf(part)}, tests/bench`,
  ];
}

function memory({ sections }: Bench): string {
  const rows = sections.flatMap(({ backend, adapter, memory: all, runs: machines }) =>
    all.map((row) => {
      const commit = machines.find(({ date }) => date === row.run)?.commit ?? '';
      const { early, late } = row;
      const held = constant(row);
      return [
        `${backend}, ${adapter}`,
        row.stage,
        String(row.updates),
        early && late ? `${early.bytes} → ${late.bytes}` : '–',
        early && late ? `${early.deviceBytes} → ${late.deviceBytes}` : '–',
        held === null ? '**not run**' : held ? 'holds' : '**does not hold**',
        commit,
      ];
    }),
  );
  return [
    '## Memory over many updates',
    'Bytes alive after a tenth of the updates and at the end, as `npm run bench -- --growth` has measured them.',
    table(['backend', 'stage', 'updates', 'engine bytes', 'device bytes', 'verdict', 'commit'], rows),
  ].join('\n\n');
}

const testsOf = ({ tests }: Check): string =>
  tests.map(({ file, names }) => `\`${file}\`: ${names.map((name) => `“${name}”`).join(', ')}`).join('<br>');

function runs(known: readonly Outcome[]): string {
  const seen = new Map(known.map(({ run }) => [run.date + run.amounts, run]));
  return [...seen.values()]
    .sort((a, b) => a.date.localeCompare(b.date))
    .map(
      (run) =>
        `- ${dateOf(run)} UTC, commit ${run.commit}, ${figure(run.minutes)} minutes${run.amounts ? `, ${run.amounts}` : ''}: ` +
        `${run.processor}, ${run.threads} threads, Node ${run.node}; load average ${run.load.map((x) => x.toFixed(1)).join(' before and ')} after`,
    )
    .join('\n');
}
