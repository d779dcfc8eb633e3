import type { ArmConfig } from '../../pipeline/lab/config';
import { graphOf } from '../../pipeline/records/current';
import { spreadOf, type Spread } from '../../pipeline/records/verdict';
import type { ListedRun } from '../../storage/runs';
import { mostInCommon, valueAt, type Measured } from '../store/equal';
import type { EvaluationPoint, XAxisName } from '../store/series';

/** One method of a run that came to its end, or the same with several seeds. */
export interface RunRow {
  /** The same for the same results. */
  id: string;
  arm: ArmConfig;
  /** The latest of the runs that it is of. */
  run: ListedRun;
  /** Its name, and what is under it; to be shown and searched. */
  name: string;
  under: string;
  /** Of its results: keys and seeds, in the same order. */
  keys: string[];
  seeds: number[];
  /** Headline figures over the seeds. */
  figures: Readonly<Record<string, Spread>>;
  /** Milliseconds since 1970. */
  changed: number;
}

type NameOf = (run: ListedRun) => { arms: readonly string[]; under: readonly string[] };

/** What an arm computes whatever the seed; undefined where today's code no longer knows its settings. */
function overSeeds({ config }: ListedRun, arm: string): string | undefined {
  try {
    const key = graphOf(config).find(({ id }) => id === arm)?.key;
    return key && `${config.start} ${key}`;
  } catch {
    return undefined;
  }
}

/** Every method that was run to its end, each result once, the latest first; with `together` one row for all seeds. */
export function rowsOf(runs: readonly ListedRun[], together: boolean, nameOf: NameOf): RunRow[] {
  const groups = new Map<string, { row: RunRow; summaries: Readonly<Record<string, number>>[] }>();
  const seen = new Set<string>();
  for (const run of runs.toSorted((a, b) => b.changed - a.changed)) {
    const { arms, under } = nameOf(run);
    run.config.arms.forEach((arm, i) => {
      const entry = run.entries[arm.id];
      if (entry?.kind !== 'result' || seen.has(entry.key)) return;
      seen.add(entry.key);
      const id = (together ? overSeeds(run, arm.id) : undefined) ?? entry.key;
      let group = groups.get(id);
      if (!group) {
        const named = { name: arms[i]!, under: under.join(' · ') };
        const row = { id, arm, run, ...named, keys: [], seeds: [], figures: {}, changed: run.changed };
        groups.set(id, (group = { row, summaries: [] }));
      }
      group.row.keys.push(entry.key);
      group.row.seeds.push(run.config.seed);
      group.summaries.push(entry.summary ?? {});
    });
  }
  return [...groups.values()].map(({ row, summaries }) => ({ ...row, figures: spreads(summaries) }));
}

function spreads(summaries: readonly Readonly<Record<string, number>>[]): Record<string, Spread> {
  const names = new Set(summaries.flatMap((summary) => Object.keys(summary)));
  return Object.fromEntries(
    [...names].map((name) => [name, spreadOf(summaries.flatMap((summary) => summary[name] ?? []))]),
  );
}

type Scored = Pick<RunRow, 'id' | 'figures'>;

/** Whether its mean KL is within a limit, nats; what has none is not. */
export const isWithin = ({ figures }: Scored, limit: number | undefined): boolean =>
  limit === undefined || (figures['kl'] !== undefined && figures['kl'].mean <= limit);

/** Places by gold win rate among those within a limit of KL, 1 the best; equal ones share a place. */
export function ranksOf(rows: readonly Scored[], limit: number | undefined): Map<string, number> {
  const rate = (row: Scored) => row.figures['winRate']?.mean;
  const ranked = rows.filter((row) => rate(row) !== undefined && isWithin(row, limit));
  return new Map(
    ranked.map((row) => [row.id, 1 + ranked.filter((other) => rate(other)! > rate(row)!).length]),
  );
}

const FIGURES: readonly Measured[] = ['winRate', 'gold', 'kl', 'length'];

/** Rows with their figures where all of them had used as much as the most frugal in the end. */
export interface AtEqual {
  /** Undefined where none has used any. */
  amount: number | undefined;
  rows: RunRow[];
}

/** `paths`: the measurements of results, by key. A row that was not measured there, or not on the way, has no figures. */
export function atEqual(
  rows: readonly RunRow[],
  paths: ReadonlyMap<string, readonly EvaluationPoint[]>,
  axis: XAxisName,
): AtEqual {
  const pathsOf = (row: RunRow) =>
    row.keys.flatMap((key) => (paths.get(key)?.length ? [paths.get(key)!] : []));
  const amount = mostInCommon(rows.flatMap(pathsOf), axis);
  const figures = (row: RunRow) =>
    Object.fromEntries(
      FIGURES.flatMap((name) => {
        const values =
          amount === undefined ? [] : pathsOf(row).map((path) => valueAt(path, axis, amount, name));
        const there = values.filter((value) => value !== undefined);
        return there.length > 0 ? [[name, spreadOf(there)]] : [];
      }),
    );
  return { amount, rows: rows.map((row) => ({ ...row, figures: figures(row) })) };
}
