import { checkClaim, type Claim, type Figures } from './claims';
import { mean, standardDeviation, studentT95 } from '../maths/statistics';

export interface Spread {
  mean: number;
  /** Half-width of the 95 % interval of the mean over seeds (Student's t); NaN with one seed. */
  halfWidth: number;
  count: number;
}

export const spreadOf = (values: readonly number[]): Spread => ({
  mean: mean(values),
  halfWidth:
    values.length < 2
      ? NaN
      : (studentT95(values.length - 1) * standardDeviation(values)) / Math.sqrt(values.length),
  count: values.length,
});

export type Verdict = 'yes' | 'partly' | 'no' | 'not run';

export interface ClaimResult {
  claim: Claim;
  left: Spread;
  right: Spread;
  /** left − right, seed by seed. */
  difference: Spread;
  verdict: Verdict;
}

/**
 * The rule, written down before any run: a claim is reproduced ("yes") if the 95 % interval of the
 * difference over seeds lies wholly on the claimed side of 0; "partly" if only its mean does; else "no".
 * A difference that is the same in every seed has an interval of width 0 and is judged by its sign; for
 * ≥ and ≤ a difference of exactly 0 counts as the claimed side.
 */
export function judge(claim: Claim, runs: readonly Figures[]): ClaimResult {
  const checked = runs
    .map((figures) => checkClaim(claim, figures))
    .filter((c) => c.left !== undefined && c.right !== undefined);
  const left = spreadOf(checked.map((c) => c.left!));
  const right = spreadOf(checked.map((c) => c.right!));
  const difference = spreadOf(checked.map((c) => c.left! - c.right!));
  return { claim, left, right, difference, verdict: verdictOf(claim.op, difference) };
}

function verdictOf(op: Claim['op'], { mean: d, halfWidth, count }: Spread): Verdict {
  if (count === 0) return 'not run';
  const sign = op === '>' || op === '>=' ? 1 : -1;
  const orEqual = op === '>=' || op === '<=';
  const onSide = (x: number) => (orEqual ? sign * x >= 0 : sign * x > 0);
  if (!onSide(d)) return 'no';
  return onSide(d - sign * halfWidth) ? 'yes' : 'partly'; // NaN (one seed) is never enough
}
