import type { LanguageModel } from '../../engine/types';
import type { PreferencePair } from '../contract/stage';
import { sequence } from '../data/tokens';
import { mean } from '../maths/statistics';

/** Share of pairs whose label agrees with the gold order, equal golds counted half. */
export const agreement = (pairs: readonly PreferencePair[]): number =>
  mean(pairs.map((p) => (p.goldChosen > p.goldRejected ? 1 : p.goldChosen === p.goldRejected ? 0.5 : 0)));

async function scorePairs(model: LanguageModel, pairs: readonly PreferencePair[]) {
  const score = async (answer: (p: PreferencePair) => readonly number[]) =>
    (
      await model.evaluate(
        pairs.map((p) => sequence(p.prompt, answer(p))),
        { scores: true },
      )
    ).scores!;
  return { chosen: await score((p) => p.chosen), rejected: await score((p) => p.rejected) };
}

/** Held-out accuracy against the true order; pairs of equal gold are left out. */
export async function accuracyAgainstGold(
  model: LanguageModel,
  pairs: readonly PreferencePair[],
): Promise<number> {
  const { chosen, rejected } = await scorePairs(model, pairs);
  const decided = pairs.flatMap((p, i) =>
    p.goldChosen === p.goldRejected
      ? []
      : [chosen[i]! > rejected[i]! === p.goldChosen > p.goldRejected ? 1 : 0],
  );
  return mean(decided);
}

/** Held-out accuracy on the labels as given, noise and bias included. */
export async function accuracyOnLabels(
  model: LanguageModel,
  pairs: readonly PreferencePair[],
): Promise<number> {
  const { chosen, rejected } = await scorePairs(model, pairs);
  return mean(pairs.map((_, i) => (chosen[i]! > rejected[i]! ? 1 : 0)));
}
