import type { StageEvent } from '../contract/events';

/** What may go wrong with an arm, worst first. */
export const FINDINGS = [
  'ratioExploded',
  'oneThing',
  'deadGroups',
  'overoptimised',
  'fooled',
  'collapsed',
] as const;
export type FindingKind = (typeof FINDINGS)[number];

/** Something that went wrong, and from which update on. */
export interface Finding {
  kind: FindingKind;
  update: number;
}

/** As much of a row as is needed to see what went wrong. */
export type Row =
  | { type: 'metrics'; update: number; metrics: Readonly<Record<string, number>> }
  | { type: 'evaluation'; update: number; evaluation: Measured };

type Measured = Partial<Extract<StageEvent, { type: 'evaluation' }>['evaluation']>;

/** Gold that is lost for good reason to speak of it, of its scale of 2. */
const FALL = 0.3;
/** SFT standard deviations by which a proxy has risen, or has not fallen. */
const RISE = 0.05;
const HELD = -0.15;
/** Variance of the ratio over tokens: a healthy one stays below 0.1, whatever clip and batch. */
const WILD = 1;
/** Share of the start's distinct pairs of words below which all answers are one. */
const ONE = 0.1;
/** Groups whose answers all score the same, and the rows in a row that have them. */
const DEAD = 0.9;
const ROWS = 3;

/**
 * Everything that is wrong with a run by its rows so far. Over-optimisation (Gao et al. 2022): the true reward is well
 * below its own peak while the reward model's score went on rising (`overoptimised`) or did not notice (`fooled`);
 * `collapsed` where gold fell as far without any score that looked good. Empty for a healthy run.
 */
export function diagnose(rows: readonly Row[]): Finding[] {
  const found = [ratioExploded(rows), oneThing(rows), deadGroups(rows), fallen(rows)];
  return found.filter((f) => f !== undefined);
}

type Evaluated = Extract<Row, { type: 'evaluation' }>;

const evaluated = (rows: readonly Row[]): Evaluated[] => rows.filter((row) => row.type === 'evaluation');

function ratioExploded(rows: readonly Row[]): Finding | undefined {
  const first = rows.find((row) => row.type === 'metrics' && row.metrics['val/ratio_var']! > WILD);
  return first && { kind: 'ratioExploded', update: first.update };
}

function oneThing(rows: readonly Row[]): Finding | undefined {
  const [start, ...later] = evaluated(rows);
  const pairs = start?.evaluation.distinct2;
  const first = pairs ? later.find(({ evaluation: e }) => e.distinct2! < ONE * pairs) : undefined;
  const last = later.at(-1)?.evaluation.distinct2;
  return first && last! < ONE * pairs! ? { kind: 'oneThing', update: first.update } : undefined;
}

function deadGroups(rows: readonly Row[]): Finding | undefined {
  let since: number | undefined;
  let count = 0;
  for (const row of rows) {
    const share = row.type === 'metrics' ? row.metrics['frac_reward_zero_std'] : undefined;
    if (share === undefined) continue;
    count = share >= DEAD ? count + 1 : 0;
    if (count === 1) since = row.update;
  }
  return count >= ROWS ? { kind: 'deadGroups', update: since! } : undefined;
}

function fallen(rows: readonly Row[]): Finding | undefined {
  const all = evaluated(rows).filter(({ evaluation }) => evaluation.gold !== undefined);
  const last = all.at(-1);
  if (!last || all.length < 2) return undefined;
  const peak = all.reduce((best, row) => (row.evaluation.gold! > best.evaluation.gold! ? row : best));
  if (peak.evaluation.gold! - last.evaluation.gold! < FALL) return undefined;
  const { update } = peak;
  const [before, now] = [peak.evaluation.proxy, last.evaluation.proxy];
  const risen = before === undefined || now === undefined ? -Infinity : now - before;
  return { kind: risen >= RISE ? 'overoptimised' : risen >= HELD ? 'fooled' : 'collapsed', update };
}
