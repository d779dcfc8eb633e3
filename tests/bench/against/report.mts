import { number, spread, table } from '../format.mjs';
import type { PartResult, Row } from './results.mjs';

const ORDER = ['lab', 'page', 'frontier', 'reproduce', 'memory', 'start', 'eight'];

/** Everything that was measured against earlier commits, in words. */
export function againstText(results: readonly PartResult[]): string {
  if (!results.length) return '';
  const parts = [...results].sort((a, b) => ORDER.indexOf(a.part) - ORDER.indexOf(b.part));
  return ['## Against an earlier commit', HOW, ...parts.map(partText)].join('\n\n');
}

const HOW = [
  'Written by `npm run bench -- --against <commit>`: both commits built side by side on one machine, measured in turn, in',
  'every second round in the opposite order. Medians, the range in brackets; ratios are of the two measurements of a round.',
].join('\n');

const limit = ({ target, as }: Row): string => {
  if (!target) return '';
  const [words, value] = 'atLeast' in target ? ['at least', target.atLeast] : ['at most', target.atMost];
  return `${words} ${number(value)}${as === 'faster' ? '×' : ''}`;
};

const ratio = ({ as, ratio: series }: Row): string =>
  as === 'value' || !series ? '' : `${spread(series)}${as === 'faster' ? '× faster' : ' of it'}`;

const verdict = ({ target, holds }: Row): string =>
  !target ? '' : holds === null || holds === undefined ? 'not measured' : holds ? 'yes' : '**no**';

/** Why a target is missed where it is, and what was tried. */
const REASONS: Partial<Record<PartResult['part'], string>> = {
  lab:
    'Sampling as a tree, answers of SFT and their scores drawn once for all arms, and log-probs known from sampling leave the ' +
    'updates of PPO and DPO, of which nothing is done twice. Starting the program is part of the command: it has more modules than before.',
  page:
    'Most of this run are updates, and measurements of a policy that is new each time: there is little to share. Rows that begin ' +
    'alike are computed once, and log-probs known from sampling are kept; the products themselves already run near what the processor can do.',
  frontier:
    'Four times the samples: the tree of prefixes shares their first words only. What was saved by drawing the same answers for ' +
    'best-of-n as well does not show where the frontier runs alone.',
  reproduce:
    'Shortened so far that starting processes and training trunks, which are as they were, are most of it; whole demos over five seeds take hours and were not measured side by side.',
  memory:
    'Each of the two workers keeps the activations of its largest update, and a WebAssembly memory never shrinks. Passes without ' +
    'gradient go in chunks and share prefixes; splitting an update into smaller ones was not tried, since losses see the whole batch.',
  eight:
    'Charts are drawn one at a time with a pause between them, lines that have not changed are kept, and curves off the screen ' +
    'are not drawn; what is left is one drawing of recharts with eight lines, which cannot be divided.',
};

/** One part with its table. */
export function partText(result: PartResult): string {
  const { title, what, size, rounds, commits, rows, notes } = result;
  return [
    `### ${title}`,
    size === 'quick' ? 'Only to see that it works.' : '',
    what,
    runLine(result),
    table(
      ['', `base (${commits.base})`, `ours (${commits.ours})`, 'ratio', 'target', 'holds'],
      rows.map((row) => [
        `${row.label}${row.unit ? `, ${row.unit}` : ''}`,
        spread(row.base),
        spread(row.ours),
        ratio(row),
        limit(row),
        verdict(row),
      ]),
    ),
    rounds === 1 ? 'One round: no range.' : '',
    rows.some(({ holds }) => holds === false) ? (REASONS[result.part] ?? '') : '',
    ...notes,
  ]
    .filter(Boolean)
    .join('\n\n');
}

const runLine = (r: PartResult): string =>
  `- ${r.date.slice(0, 16).replace('T', ' ')} UTC, ${number(r.minutes)} minutes, ${r.rounds} round${r.rounds === 1 ? '' : 's'}: ${r.processor}, ` +
  `${r.threads} threads; Node ${r.node}${r.browser ? `, ${r.browser}` : ''}; commit ${r.commits.ours} against ` +
  `${r.commits.base}; load average ${r.loadBefore.toFixed(1)} before and ${r.loadAfter.toFixed(1)} after`;
