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
    ...notes,
  ]
    .filter(Boolean)
    .join('\n\n');
}

const runLine = (r: PartResult): string =>
  `- ${r.date.slice(0, 16).replace('T', ' ')} UTC, ${number(r.minutes)} minutes, ${r.rounds} round${r.rounds === 1 ? '' : 's'}: ${r.processor}, ` +
  `${r.threads} threads; Node ${r.node}${r.browser ? `, ${r.browser}` : ''}; commit ${r.commits.ours} against ` +
  `${r.commits.base}; load average ${r.loadBefore.toFixed(1)} before and ${r.loadAfter.toFixed(1)} after`;
