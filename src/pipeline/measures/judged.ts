import type { LanguageModel } from '../../engine/types';
import { normalisedScores } from './evaluate';
import type { PreferencePair, RewardModelArtifact } from '../contract/stage';

/** The same pairs, labelled anew: chosen is the answer that the reward model scores higher. */
export async function judgedPairs(
  judge: LanguageModel,
  normaliser: Pick<RewardModelArtifact, 'mean' | 'deviation'>,
  pairs: readonly PreferencePair[],
): Promise<PreferencePair[]> {
  const prompts = pairs.map((p) => p.prompt);
  const score = (answers: readonly (readonly number[])[]) =>
    normalisedScores(judge, normaliser, prompts, answers);
  const chosen = await score(pairs.map((p) => p.chosen));
  const rejected = await score(pairs.map((p) => p.rejected));
  return pairs.map((pair, i) => (chosen[i]! >= rejected[i]! ? pair : turned(pair)));
}

const turned = (pair: PreferencePair): PreferencePair => ({
  prompt: pair.prompt,
  chosen: pair.rejected,
  rejected: pair.chosen,
  goldChosen: pair.goldRejected,
  goldRejected: pair.goldChosen,
});
