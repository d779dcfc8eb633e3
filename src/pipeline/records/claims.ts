import { z } from 'zod';
import { splitOwner } from '../contract/figures';

/** A figure of a run, `<stage or arm>.<name in its summary>` such as `ppo.gold` or `flan.accuracy.capital`, or a number. */
const figureSchema = z.union([z.number(), z.string().regex(/^[a-z0-9/-]+\.[^\s]+$/)]);

/** What a paper says, as a rule on the figures of a run: it holds here, or it does not. */
export const claimSchema = z.strictObject({
  /** The claim in one plain sentence. */
  text: z.string().min(1),
  left: figureSchema,
  op: z.enum(['>', '<', '>=', '<=']),
  right: figureSchema,
  /** Where it comes from, and what was measured there. */
  /** Where it does not hold here: why, and what would make an honest demonstration. */
  note: z.string().min(1).optional(),
  paper: z.strictObject({ source: z.string().min(1), says: z.string().min(1) }),
});

export type Claim = z.infer<typeof claimSchema>;

/** Summaries by the id of the stage or arm. */
export type Figures = Readonly<Record<string, Readonly<Record<string, number | string>>>>;

export interface CheckedClaim {
  claim: Claim;
  left: number | undefined;
  right: number | undefined;
  /** Undefined while a figure is missing. */
  holds: boolean | undefined;
}

/** The stages and arms that a claim is about. */
export const claimIds = (claim: Claim): string[] =>
  [claim.left, claim.right].flatMap((f) => (typeof f === 'string' ? [splitOwner(f).owner] : []));

export function checkClaim(claim: Claim, figures: Figures): CheckedClaim {
  const [left, right] = [valueOf(claim.left, figures), valueOf(claim.right, figures)];
  const holds = left === undefined || right === undefined ? undefined : compare(left, claim.op, right);
  return { claim, left, right, holds };
}

function valueOf(figure: number | string, figures: Figures): number | undefined {
  if (typeof figure === 'number') return figure;
  const { owner, figure: name } = splitOwner(figure);
  const value = figures[owner]?.[name];
  return typeof value === 'number' ? value : undefined;
}

function compare(left: number, op: Claim['op'], right: number): boolean {
  switch (op) {
    case '>':
      return left > right;
    case '<':
      return left < right;
    case '>=':
      return left >= right;
    case '<=':
      return left <= right;
  }
}
