import type { Demo } from '../pipeline/records/demo';
import {
  causesOf,
  currentRuns,
  judgeStored,
  lackingIn,
  type Cause,
  type StoredClaim,
} from '../pipeline/records/current';
import { againstOf, signOf } from '../pipeline/lab/reference';
import type { StoredRun } from '../pipeline/records/recording';
import { spreadOf, type ClaimResult, type Spread } from '../pipeline/records/verdict';
import { referenceName, referencesIn } from './reference';

/** A demo with its stored runs, one per seed, by whatever version they were made. */
export interface DemoRuns {
  demo: Demo;
  stored: readonly StoredRun[];
}

/** The verdict on every claim of a demo; the first is the headline claim. */
export const judgeAll = ({ demo, stored }: DemoRuns): StoredClaim[] =>
  demo.claims.map((claim) => judgeStored(claim, stored, demo.config));

/** "made by an earlier version of best-of-n": why stored results are left out. */
function madeBefore(causes: readonly Cause[]): string {
  const stages = (why: Cause['why']) => causes.flatMap((c) => (c.why === why ? [c.stage] : [])).join(', ');
  return [
    ...(stages('version') ? [`made by an earlier version of ${stages('version')}`] : []),
    ...(stages('settings') ? [`made with other settings of ${stages('settings')}`] : []),
  ].join('; ');
}

/** A verdict and, where stored results are left out, why. */
const verdictText = ({ verdict, causes }: Pick<StoredClaim, 'verdict' | 'causes'>): string =>
  `**${verdict}**${causes.length ? ` (${madeBefore(causes)})` : ''}`;

interface Outdated {
  demo: string;
  /** Names of arms that some stored run has, but not as today's code would compute them. */
  arms: string[];
  causes: Cause[];
}

/** What of the stored runs is left out, demo by demo. */
const outdatedIn = (demos: readonly DemoRuns[]): Outdated[] =>
  demos.flatMap(({ demo, stored }) => {
    const arms = demo.config.arms.filter(({ id }) => causesOf(stored, demo.config, [id]).length > 0);
    const causes = causesOf(
      stored,
      demo.config,
      arms.map((arm) => arm.id),
    );
    return arms.length ? [{ demo: demo.name, arms: arms.map((arm) => arm.name), causes }] : [];
  });

interface Incomplete {
  demo: string;
  seeds: number[];
  /** Names of arms, and ids of trunk stages. */
  of: string[];
  figures: string[];
}

/** What of the stored runs lacks figures that are measured today, demo by demo. */
const incompleteIn = (demos: readonly DemoRuns[]): Incomplete[] =>
  demos.flatMap(({ demo, stored }) => {
    const found = stored.flatMap((run) => {
      const figures = lackingIn(run, demo.config);
      return Object.keys(figures).length ? [{ seed: run.summary.seed, figures }] : [];
    });
    if (found.length === 0) return [];
    const names = new Map(demo.config.arms.map((arm) => [arm.id, arm.name]));
    const ids = [...new Set(found.flatMap(({ figures }) => Object.keys(figures)))];
    return [
      {
        demo: demo.name,
        seeds: found.map(({ seed }) => seed),
        of: ids.map((id) => names.get(id) ?? id),
        figures: [...new Set(found.flatMap(({ figures }) => Object.values(figures).flat()))],
      },
    ];
  });

function incompleteNotice(demos: readonly DemoRuns[]): string[] {
  const incomplete = incompleteIn(demos);
  if (incomplete.length === 0) return [];
  return [
    'Some stored results lack figures that are measured by now; what they have counts, and `npm run reproduce` makes',
    'them again:',
    '',
    ...incomplete.map(
      ({ demo, seeds, of, figures }) =>
        `- ${demo}, seed ${seeds.join(', ')}: ${of.join('; ')} (without ${figures.join(', ')})`,
    ),
    '',
  ];
}

function notice(demos: readonly DemoRuns[]): string[] {
  const outdated = outdatedIn(demos);
  if (outdated.length === 0) return [];
  return [
    'Some stored results were made by earlier code or settings; they are left out until `npm run reproduce` has made',
    'them again, and claims that need them are **not run**:',
    '',
    ...outdated.map(({ demo, arms, causes }) => `- ${demo}: ${arms.join('; ')} (${madeBefore(causes)})`),
    '',
  ];
}

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

function armsTable({ demo, stored }: DemoRuns): string[] {
  const runs = currentRuns(stored, demo.config);
  const against = againstOf(referencesIn(demo.config));
  const valuesOf = (id: string, name: string): number[] => {
    if (RELATIVE.has(name) && !against.references[id]) return []; // it was compared with itself
    return runs.flatMap(({ summary: { arms } }) => (arms[id]?.[name] === undefined ? [] : [arms[id][name]]));
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
  const { demo } = all;
  const runs = currentRuns(all.stored, demo.config).map((run) => run.summary);
  const seconds = runs.map((r) => Math.round(r.seconds));
  const took = seconds.length ? ` ${Math.min(...seconds)} to ${Math.max(...seconds)} s per seed.` : '';
  const results = judgeAll(all);
  const notes = results.flatMap(({ claim, verdict }) =>
    claim.note && verdict !== 'yes' && verdict !== 'not run' ? [`- ${claim.text} ${claim.note}`] : [],
  );
  return [
    `## ${demo.name}: ${demo.title}`,
    '',
    `${demo.summary} Seeds: ${runs.map((r) => r.seed).join(', ') || 'none yet'}.${took} Settings: \`demos/${demo.name}/demo.json\`.`,
    '',
    '| claim | in the paper | here: left | here: right | difference | reproduced |',
    '|---|---|---|---|---|---|',
    ...results.map(
      ({ claim, left, right, difference, ...judged }) =>
        `| ${claim.text} (\`${claim.left} ${claim.op} ${claim.right}\`) | ${claim.paper.says} (${claim.paper.source}) | ` +
        `${figure(left)} | ${figure(right)} | ${figure(difference)} | ${verdictText(judged)} |`,
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
    ...notice(demos),
    ...incompleteNotice(demos),
    `${headlines.length} headline claims: ${tally(headlines)}. All ${all.length} claims: ${tally(all)}.`,
    '',
    '| demo | headline claim | difference | seeds | reproduced | all claims |',
    '|---|---|---|---|---|---|',
    ...judged.map(({ demo, results }) => {
      const head = results[0]!;
      return `| ${demo.name} | ${head.claim.text} | ${figure(head.difference)} | ${head.difference.count} | ${verdictText(head)} | ${count(results, 'yes')} of ${results.length} |`;
    }),
    '',
    ...demos.map(section),
  ].join('\n');
}
