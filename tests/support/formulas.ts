/**
 * Losses of the preference methods once more, written down from the papers in float64 with plain loops: no tensor
 * library, no code of src. Matrices are lists of rows; a row is as long as its answer, there is no padding.
 */
type Rows = readonly (readonly number[])[];

const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);
const average = (xs: readonly number[]): number => sum(xs) / xs.length;
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

export interface GrpoCase {
  now: Rows;
  old: Rows;
  reference: Rows;
  advantages: readonly number[];
  /** Bounds of the ratio below and above 1; null: none. */
  low: number | null;
  high: number;
  beta: number;
  divideBy: 'answer' | 'batch' | number;
}

/** Shao et al. 2024 eq. 3 and 4; Yu et al. 2025 eq. 8 (`batch`); Liu et al. 2025 (a number). */
export function grpo({ now, old, reference, advantages, low, high, beta, divideBy }: GrpoCase): number {
  const tokens = now.map((row, i) =>
    row.map((lp, t) => {
      const ratio = Math.exp(lp - old[i]![t]!);
      const a = advantages[i]!;
      const held = low === null ? ratio : Math.min(Math.max(ratio, 1 - low), 1 + high);
      const q = Math.exp(reference[i]![t]! - lp);
      return -Math.min(ratio * a, held * a) + beta * (q - Math.log(q) - 1);
    }),
  );
  if (divideBy === 'answer') return average(tokens.map(average));
  if (divideBy === 'batch') return average(tokens.flat());
  return average(tokens.map((row) => sum(row) / divideBy));
}

/** Shao et al. 2024 §4.1.2 with torch's sample deviation and TRL's 1e-4. */
export function grpoAdvantages(rewards: readonly number[], size: number, divide: boolean): number[] {
  const out: number[] = [];
  for (let g = 0; g < rewards.length; g += size) {
    const group = rewards.slice(g, g + size);
    const m = average(group);
    const spread = Math.sqrt(sum(group.map((r) => (r - m) * (r - m))) / (size - 1));
    for (const r of group) out.push(divide ? (r - m) / (spread + 1e-4) : r - m);
  }
  return out;
}

/** Ahmadian et al. 2024 eq. 8. */
export function rlooAdvantages(rewards: readonly number[], size: number): number[] {
  return rewards.map((r, i) => {
    const first = Math.floor(i / size) * size;
    const others = [];
    for (let j = first; j < first + size; j++) if (j !== i) others.push(rewards[j]!);
    return r - average(others);
  });
}

/** Ahmadian et al. 2024 eq. 5. */
export const reinforce = (now: Rows, advantages: readonly number[]): number =>
  -average(now.map((row, i) => advantages[i]! * sum(row)));

/** Ethayarajh et al. 2024 eq. 8, mean over the answers; sums of log-probs in. */
export function kto(
  policy: readonly number[],
  reference: readonly number[],
  good: readonly boolean[],
  z0: number,
  { beta, up, down }: { beta: number; up: number; down: number },
): number {
  return average(
    policy.map((p, i) => {
      const r = p - reference[i]!;
      return good[i] ? up - up * sigmoid(beta * (r - z0)) : down - down * sigmoid(beta * (z0 - r));
    }),
  );
}

/** Meng et al. 2024 eq. 6. */
export const simpo = (chosen: Rows, rejected: Rows, beta: number, gamma: number): number =>
  average(
    chosen.map((row, i) => {
      const margin = (beta / row.length) * sum(row) - (beta / rejected[i]!.length) * sum(rejected[i]!);
      return -Math.log(sigmoid(margin - gamma));
    }),
  );

/** Hong et al. 2024 eq. 4 to 7. */
export const orpo = (chosen: Rows, rejected: Rows, lambda: number): number =>
  average(
    chosen.map((row, i) => {
      const [p, q] = [Math.exp(average(row)), Math.exp(average(rejected[i]!))];
      const odds = p / (1 - p) / (q / (1 - q));
      return -average(row) - lambda * Math.log(odds / (1 + odds));
    }),
  );

/** Central differences of a function of rows, entry by entry. */
export const differences = (f: (rows: number[][]) => number, at: Rows, step = 1e-5): number[][] =>
  at.map((row, i) =>
    row.map((_, t) => {
      const moved = (by: number) => f(at.map((r, j) => r.map((x, u) => (i === j && t === u ? x + by : x))));
      return (moved(step) - moved(-step)) / (2 * step);
    }),
  );
