import type { Demo } from '../pipeline/records/demo';
import type { RunSummary } from '../pipeline/records/recording';
import { againstOf, signOf } from '../pipeline/lab/reference';
import { judge, spreadOf, type ClaimResult, type Spread } from '../pipeline/records/verdict';

import { referenceName, referencesIn } from './reference';

/** A demo with its finished runs, one per seed. */
export interface DemoRuns {
  demo: Demo;
  runs: readonly RunSummary[];
}

/** The verdict on every claim of a demo; the first is the headline claim. */
export const judgeAll = ({ demo, runs }: DemoRuns): ClaimResult[] =>
  demo.claims.map((claim) =>
    judge(
      claim,
      runs.map((r) => ({ ...r.trunk, ...r.arms })),
    ),
  );

/** Mean, with the half-width of its 95 % interval where there are several seeds. */
export const figure = ({ mean, halfWidth, count }: Spread): string => {
  if (count === 0 || Number.isNaN(mean)) return '–';
  return Number.isNaN(halfWidth) ? number(mean) : `${number(mean)} ± ${number(halfWidth)}`;
};

const number = (x: number): string => (Math.abs(x) >= 100 ? x.toFixed(0) : x.toFixed(2)).replace('-', '−');

/** Headline figures worth a column, where an arm has them. */
const COLUMNS: readonly (readonly [string, string])[] = [
  ['accuracy', 'accuracy'],
  ['accuracy/heldOutClusters', 'held-out clusters'],
  ['median', 'median over wordings'],
  ['iqr', 'IQR'],
  ['gold', 'gold reward'],
  ['proxy', 'proxy'],
  ['kl', 'KL, nats'],
  ['winRate', 'win rate'],
  ['lcWinRate', 'at equal length'],
  ['gap', 'below the limit'],
  ['webLoss', 'web loss'],
  ['length', 'length'],
];

/** Columns that are measured against what an arm starts from. */
const RELATIVE = new Set(['kl', 'winRate', 'lcWinRate']);

/** What the relative columns are measured against, in a sentence. */
function againstNote({ config }: Demo): string[] {
  const { main, others } = againstOf(referencesIn(config));
  if (!main) return [];
  const signs = others.map(({ sign, reference }) => `; ${sign} against ${referenceName(reference)}`).join('');
  return [`KL and win rates are against ${referenceName(main)}${signs}.`, ''];
}

function armsTable({ demo, runs }: DemoRuns): string[] {
  const against = againstOf(referencesIn(demo.config));
  const valuesOf = (id: string, name: string): number[] => {
    if (RELATIVE.has(name) && !against.references[id]) return []; // it was compared with itself
    return runs.flatMap((r) => (r.arms[id]?.[name] === undefined ? [] : [r.arms[id][name]]));
  };
  const columns = COLUMNS.filter(([name]) => demo.config.arms.some((a) => valuesOf(a.id, name).length > 0));
  if (columns.length === 0) return [];
  const cell = (id: string, name: string): string => {
    const values = valuesOf(id, name);
    const sign = RELATIVE.has(name) && values.length > 0 ? signOf(against, id) : '';
    return figure(spreadOf(values)) + sign;
  };
  return [
    `| arm | ${columns.map(([, title]) => title).join(' | ')} |`,
    `|---|${'---|'.repeat(columns.length)}`,
    ...demo.config.arms.map(
      (arm) => `| ${arm.name} | ${columns.map(([name]) => cell(arm.id, name)).join(' | ')} |`,
    ),
    '',
    ...(columns.some(([name]) => RELATIVE.has(name)) ? againstNote(demo) : []),
  ];
}

function section(all: DemoRuns): string {
  const { demo, runs } = all;
  const seconds = runs.map((r) => Math.round(r.seconds));
  const took = seconds.length ? ` ${Math.min(...seconds)} to ${Math.max(...seconds)} s per seed.` : '';
  const results = judgeAll(all);
  const notes = results.flatMap(({ claim, verdict }) =>
    claim.note && verdict !== 'yes' ? [`- ${claim.text} ${claim.note}`] : [],
  );
  return [
    `## ${demo.name}: ${demo.title}`,
    '',
    `${demo.summary} Seeds: ${runs.map((r) => r.seed).join(', ') || 'none yet'}.${took} Settings: \`demos/${demo.name}/demo.json\`.`,
    '',
    '| claim | in the paper | here: left | here: right | difference | reproduced |',
    '|---|---|---|---|---|---|',
    ...results.map(
      ({ claim, left, right, difference, verdict }) =>
        `| ${claim.text} (\`${claim.left} ${claim.op} ${claim.right}\`) | ${claim.paper.says} (${claim.paper.source}) | ` +
        `${figure(left)} | ${figure(right)} | ${figure(difference)} | **${verdict}** |`,
    ),
    '',
    ...(demo.changed ? [`Changed after results had been seen: ${demo.changed}`, ''] : []),
    ...(notes.length ? ['Why not, and what would show it:', '', ...notes, ''] : []),
    ...armsTable(all),
  ].join('\n');
}

/** demos/RESULTS.md. */
export function report(demos: readonly DemoRuns[]): string {
  const judged = demos.map((all) => ({ ...all, results: judgeAll(all) }));
  const all = judged.flatMap((d) => d.results);
  const count = (of: readonly ClaimResult[], verdict: string) =>
    of.filter((r) => r.verdict === verdict).length;
  const headlines = judged.flatMap((d) => d.results.slice(0, 1));
  const tally = (of: readonly ClaimResult[]) =>
    `${count(of, 'yes')} yes, ${count(of, 'partly')} partly, ${count(of, 'no')} no` +
    (count(of, 'not run') ? `, ${count(of, 'not run')} not run yet` : '');
  return [
    '# Results',
    '',
    'Made by `npm run reproduce`: every demo from the shipped base model with its trunk trained live, one run per seed;',
    'figures are means over seeds with the half-width of their 95 % interval (Student’s t). The data behind them are in',
    '`demos/<demo>/results`. Seconds are those of a busy machine with two cores, one demo on one core.',
    '',
    'The rule, written down before any run: a claim is reproduced (**yes**) if the 95 % interval of the difference over',
    'seeds lies wholly on the claimed side of 0, **partly** if only its mean does (or there is one seed), else **no**.',
    'The first claim of a demo is its headline claim. The seed changes everything but the base model, which is shipped.',
    '',
    `${headlines.length} headline claims: ${tally(headlines)}. All ${all.length} claims: ${tally(all)}.`,
    '',
    '| demo | headline claim | difference | seeds | reproduced | all claims |',
    '|---|---|---|---|---|---|',
    ...judged.map(({ demo, runs, results }) => {
      const head = results[0]!;
      return `| ${demo.name} | ${head.claim.text} | ${figure(head.difference)} | ${runs.length} | **${head.verdict}** | ${count(results, 'yes')} of ${results.length} |`;
    }),
    '',
    ...demos.map(section),
  ].join('\n');
}
