import type { LanguageModel } from '../../engine/types';
import { rowSums } from '../maths/matrix';
import { nats, share, type FigureDeclarations } from '../contract/figures';
import type { PreferencePair } from '../contract/stage';
import { mean, shareWon } from '../maths/statistics';
import { sequence } from '../data/tokens';

export const DISPLACEMENT_FIGURES = {
  deltaChosen: nats({ digits: 2, signed: true, group: 'pairs', when: 'sometimes' }),
  deltaRejected: nats({ digits: 2, signed: true, group: 'pairs', when: { with: 'deltaChosen' } }),
  implicitAccuracy: share({ group: 'pairs', when: { with: 'deltaChosen' } }),
} satisfies FigureDeclarations;

/** Rows per device call; bounds memory, not results. */
const CHUNK = 256;

/**
 * What training on pairs did to pairs it has not seen: `deltaChosen` and `deltaRejected`, the mean change of
 * log π of chosen and rejected answers against the reference in nats per answer (both fall: likelihood
 * displacement, Razin et al. 2024), and `implicitAccuracy`, the share of pairs whose chosen answer gained more
 * (accuracy of DPO's implicit reward β·log π/π_ref on the labels, ties half). At least one pair.
 */
export async function displacement(
  policy: LanguageModel,
  reference: LanguageModel,
  pairs: readonly PreferencePair[],
): Promise<{ deltaChosen: number; deltaRejected: number; implicitAccuracy: number }> {
  const gained = async (answer: (p: PreferencePair) => readonly number[]) => {
    const out: number[] = [];
    for (let at = 0; at < pairs.length; at += CHUNK) {
      const batch = pairs.slice(at, at + CHUNK).map((p) => sequence(p.prompt, answer(p)));
      const mine = rowSums((await policy.evaluate(batch, { logProbs: true })).logProbs!);
      const theirs = rowSums((await reference.evaluate(batch, { logProbs: true })).logProbs!);
      out.push(...Array.from(mine, (m, i) => m - theirs[i]!));
    }
    return out;
  };
  const chosen = await gained((p) => p.chosen);
  const rejected = await gained((p) => p.rejected);
  return {
    deltaChosen: mean(chosen),
    deltaRejected: mean(rejected),
    implicitAccuracy: shareWon(chosen.map((c, i) => c - rejected[i]!))!,
  };
}
