import { winRates } from './evaluate';
import { formatFigure, numeric, type FigureDeclarations } from '../contract/figures';
import type { Evaluation, FinalAnswers } from '../contract/stage';

/** What exists only between arms; the paired win rates are `winRate` with an opponent. */
export const DERIVED_FIGURES = {
  gap: numeric(2, { relative: true, when: 'sometimes' }),
} satisfies FigureDeclarations;

/** A place in the plane of reward and KL. */
export interface Place {
  /** Nats per answer from the start. */
  kl: number;
  gold: number;
}

/**
 * The best reachable reward by KL from the measurements of a `tilt` arm: ascending in KL, beginning at its start.
 * Rungs with fewer than 10 effective samples per prompt are left out: their estimate is not to be trusted.
 */
export const frontierCurve = (evaluations: readonly Evaluation[]): Place[] =>
  evaluations
    .filter((e) => (e.effectiveSamples ?? Infinity) >= 10)
    .map(({ kl, gold }) => ({ kl, gold }))
    .sort((a, b) => a.kl - b.kl);

/**
 * How far below the best reachable reward a policy is at its own KL, in gold. Linear between rungs (the frontier
 * is concave, its slope being β, so the line is a lower bound); before the first rung, its gold. Beyond the last rung
 * the last one's gold counts: the frontier never falls, so the gap is at least that. Undefined without a rung.
 */
export function frontierGap(curve: readonly Place[], { kl, gold }: Place): number | undefined {
  const last = curve.at(-1);
  if (!last) return undefined;
  if (kl >= last.kl) return last.gold - gold;
  const next = curve.findIndex((place) => place.kl > kl);
  const [a, b] = [curve[next - 1], curve[next]!];
  if (!a) return b.gold - gold; // nearer to the start than the first rung
  return a.gold + ((kl - a.kl) / (b.kl - a.kl)) * (b.gold - a.gold) - gold;
}

export interface HeadToHead {
  /** Share of held-out prompts on which the first arm's gold is higher, ties half, with its 95 % Wilson interval. */
  winRate: number;
  winRateLow: number;
  winRateHigh: number;
  /** The same at equal length. */
  lcWinRate: number;
  prompts: number;
}

/** Two arms on the same held-out prompts under the same sampling noise. Undefined when they were asked differently. */
export function headToHead(mine: FinalAnswers, theirs: FinalAnswers): HeadToHead | undefined {
  if (mine.gold.length !== theirs.gold.length) return undefined;
  return { ...winRates(mine, theirs), prompts: mine.gold.length };
}

/** What is known of one arm at the end of a run. */
export interface FinishedArm {
  id: string;
  /** A `tilt` arm on the gold reward: the best reachable. */
  isLimit: boolean;
  /** Id of the model that its KL is measured from. */
  reference?: string | undefined;
  /** Its final measurement, and those of the way. */
  final: Place;
  evaluations: readonly Evaluation[];
  answers?: FinalAnswers | undefined;
}

/**
 * Figures that only exist between arms, by arm: `gap`, the distance from the best reachable reward at the arm's
 * KL, where an arm has measured the limit from the same start, and `winRate/<other>`, the paired win rate over every other arm.
 */
export function derivedFigures(arms: readonly FinishedArm[]): Record<string, Record<string, number>> {
  const limit = arms.find((a) => a.isLimit);
  const curve = limit && frontierCurve([...limit.evaluations]);
  return Object.fromEntries(
    arms.map((arm) => {
      const gap =
        curve && arm !== limit && arm.reference === limit.reference
          ? frontierGap(curve, arm.final)
          : undefined;
      const wins = arms.flatMap((other) => {
        if (other === arm || !arm.answers || !other.answers) return [];
        const result = headToHead(arm.answers, other.answers);
        return result
          ? [[formatFigure({ base: 'winRate', opponent: other.id }), result.winRate] as const]
          : [];
      });
      return [arm.id, { ...(gap === undefined ? {} : { gap }), ...Object.fromEntries(wins) }];
    }),
  );
}
