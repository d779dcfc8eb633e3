import type { LanguageModel } from '../../engine/types';
import type { PreferencePair } from '../contract/stage';
import { sequence } from '../data/tokens';
import { shareWon } from '../maths/statistics';

/** Share of pairs whose label agrees with the gold order, equal golds counted half; undefined of no pair. */
export const agreement = (pairs: readonly PreferencePair[]): number | undefined =>
  shareWon(pairs.map((p) => p.goldChosen - p.goldRejected));

/** Score of the chosen answer above that of the rejected one, [P]. */
async function scoreMargins(model: LanguageModel, pairs: readonly PreferencePair[]): Promise<number[]> {
  if (pairs.length === 0) return [];
  const score = async (answer: (p: PreferencePair) => readonly number[]) =>
    (
      await model.evaluate(
        pairs.map((p) => sequence(p.prompt, answer(p))),
        { scores: true },
      )
    ).scores!;
  const chosen = await score((p) => p.chosen);
  const rejected = await score((p) => p.rejected);
  return Array.from(chosen, (c, i) => c - rejected[i]!);
}

/** Accuracy of a reward model against the true order, ties half; undefined where no two golds differ. */
export async function accuracyAgainstGold(
  model: LanguageModel,
  pairs: readonly PreferencePair[],
): Promise<number | undefined> {
  const decided = pairs.filter((p) => p.goldChosen !== p.goldRejected);
  const margins = await scoreMargins(model, decided);
  return shareWon(margins.map((m, i) => (decided[i]!.goldChosen > decided[i]!.goldRejected ? m : -m)));
}

/** Accuracy of a reward model on the labels as given, noise and bias included, ties half; undefined of no pair. */
export const accuracyOnLabels = async (
  model: LanguageModel,
  pairs: readonly PreferencePair[],
): Promise<number | undefined> => shareWon(await scoreMargins(model, pairs));
