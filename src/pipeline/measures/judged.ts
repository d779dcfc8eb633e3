import type { LanguageModel } from '../../engine/types';
import type { Rng } from '../../random/rng';
import { normalisedScores } from './evaluate';
import type { PreferencePair, RewardModelArtifact } from '../contract/stage';

/**
 * The same pairs, labelled anew: chosen is the answer that the reward model scores higher. The incoming order knows
 * gold, so it decides nothing: a tie is broken by a coin over the two answers in the order of their ids. `ties` is
 * drawn from for ties only.
 */
export async function judgedPairs(
  judge: LanguageModel,
  normaliser: Pick<RewardModelArtifact, 'mean' | 'deviation'>,
  pairs: readonly PreferencePair[],
  ties: Rng,
): Promise<PreferencePair[]> {
  const prompts = pairs.map((p) => p.prompt);
  const score = (answers: readonly (readonly number[])[]) =>
    normalisedScores(judge, normaliser, prompts, answers);
  const chosen = await score(pairs.map((p) => p.chosen));
  const rejected = await score(pairs.map((p) => p.rejected));
  return pairs.map((pair, i) => {
    if (chosen[i] === rejected[i])
      return ties.bernoulli(0.5) === precedes(pair.chosen, pair.rejected) ? pair : turned(pair);
    return chosen[i]! > rejected[i]! ? pair : turned(pair);
  });
}

/** Lexicographic order of ids, a prefix first. */
function precedes(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((id, i) => id !== b[i]);
  return at < 0 || (at < b.length && a[at]! < b[at]!);
}

const turned = (pair: PreferencePair): PreferencePair => ({
  prompt: pair.prompt,
  chosen: pair.rejected,
  rejected: pair.chosen,
  goldChosen: pair.goldRejected,
  goldRejected: pair.goldChosen,
});
