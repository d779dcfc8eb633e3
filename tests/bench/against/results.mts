import { median, series, type Series } from '../../../src/bench/results';

/** The two builds that are compared: an earlier commit, and what is here. */
export type Side = 'base' | 'ours';
export const SIDES: readonly Side[] = ['base', 'ours'];

export type PartName = 'lab' | 'page' | 'frontier' | 'reproduce' | 'memory' | 'start' | 'eight';

/** What one measurement of one build gives, by the name of the figure; absent: not measured. */
export type Figures = Readonly<Record<string, number | undefined>>;

/** A figure that is compared. */
export interface Figure {
  name: string;
  /** What a reader sees. */
  label: string;
  unit: string;
  /** `faster`: base over ours, above 1 ours is better. `share`: ours over base. `value`: no ratio, each for itself. */
  as: 'faster' | 'share' | 'value';
  /** Of the ratio, or of our value where there is no ratio. */
  target?: { atLeast: number } | { atMost: number };
}

export interface Row extends Figure {
  base?: Series;
  ours?: Series;
  /** Of the paired rounds. */
  ratio?: Series;
  /** null: not measured. Absent: there is no target. */
  holds?: boolean | null;
}

/** One part of the comparison as it was measured. */
export interface PartResult {
  part: PartName;
  title: string;
  /** Exactly what was done. */
  what: string;
  size: 'quick' | 'part' | 'whole';
  rounds: number;
  commits: Record<Side, string>;
  rows: Row[];
  /** What else was seen: figures that differ, what could not be measured. */
  notes: string[];
  date: string;
  /** Minutes that the part took. */
  minutes: number;
  processor: string;
  threads: number;
  node: string;
  browser?: string;
  loadBefore: number;
  loadAfter: number;
}

/** In every second round ours comes first: A B, B A, A B, … */
export const orderOf = (round: number): readonly Side[] => (round % 2 ? ['ours', 'base'] : ['base', 'ours']);

/**
 * Measures both builds in turn, once in every round. What fails ends it. `enough` is asked before every further round,
 * with the milliseconds of the longest so far.
 */
export async function inRounds<T>(
  rounds: number,
  measure: (side: Side, round: number) => Promise<T>,
  enough: (ms: number) => boolean = () => false,
): Promise<Record<Side, T>[]> {
  const pairs: Record<Side, T>[] = [];
  let longest = 0;
  for (let round = 0; round < rounds && !(round && enough(longest)); round++) {
    const began = performance.now();
    const pair: Partial<Record<Side, T>> = {};
    for (const side of orderOf(round)) pair[side] = await measure(side, round);
    pairs.push(pair as Record<Side, T>);
    longest = Math.max(longest, performance.now() - began);
  }
  return pairs;
}

const present = (values: readonly (number | undefined)[]): number[] =>
  values.filter((v): v is number => v !== undefined && Number.isFinite(v));

/** A figure over the rounds. A round in which one of the two is missing gives no ratio. */
export function rowOf(figure: Figure, pairs: readonly Record<Side, Figures>[]): Row {
  const row: Row = { ...figure };
  for (const side of SIDES) {
    const values = present(pairs.map((pair) => pair[side][figure.name]));
    if (values.length) row[side] = series(values);
  }
  if (figure.as !== 'value') {
    const ratios = present(
      pairs.map(({ base, ours }) => {
        const [b, o] = [base[figure.name], ours[figure.name]];
        if (b === undefined || o === undefined) return undefined;
        return figure.as === 'faster' ? b / o : o / b;
      }),
    );
    if (ratios.length) row.ratio = series(ratios);
  }
  if (figure.target)
    row.holds = holds(figure.target, (figure.as === 'value' ? row.ours : row.ratio)?.samples);
  return row;
}

function holds(
  target: NonNullable<Figure['target']>,
  samples: readonly number[] | undefined,
): boolean | null {
  if (!samples?.length) return null;
  const middle = median(samples);
  return 'atLeast' in target ? middle >= target.atLeast : middle <= target.atMost;
}

/** Figures that two runs do not share or that differ, in words; times are no figures. */
export function differences(
  base: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ours: typeof base,
): string[] {
  const told: string[] = [];
  for (const id of new Set([...Object.keys(base), ...Object.keys(ours)])) {
    const [b, o] = [base[id], ours[id]];
    if (!b || !o) {
      told.push(`${id} only in ${b ? 'base' : 'ours'}`);
      continue;
    }
    for (const name of Object.keys(b)) {
      if (name === 'seconds' || !(name in o) || b[name] === o[name]) continue;
      told.push(`${id}.${name} ${String(b[name])} → ${String(o[name])}`);
    }
  }
  return told;
}

/** Figures that both runs have. */
export const shared = (
  base: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ours: typeof base,
): number =>
  Object.keys(base).reduce(
    (sum, id) =>
      sum + Object.keys(base[id]!).filter((name) => name !== 'seconds' && name in (ours[id] ?? {})).length,
    0,
  );

/** Replaces what was known of the same part against the same commit on the same processor. */
export function withResult(known: readonly PartResult[], fresh: PartResult): PartResult[] {
  const key = (r: PartResult) => [r.part, r.commits.base, r.processor].join(' ');
  return [...known.filter((r) => key(r) !== key(fresh)), fresh];
}
