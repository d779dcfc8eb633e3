import { DEFAULT_LABELER, preferenceProbability, type Labeler, type Taste } from '../../world';
import type { Answers, Evaluator } from './evaluate';
import { share, type FigureDeclarations } from '../contract/figures';
import type { PreferencePair, StageContext } from '../contract/stage';
import { mean } from '../maths/statistics';
import { drawPanel, judged, type Panel } from '../data/labelers';
import { goldOf } from '../data/tokens';

/** How often labelers of the two groups prefer an arm's answers. */
export const LABELER_FIGURES = {
  'labelerWinRate.train': share({ relative: true, group: 'labelers', when: 'sometimes' }),
  'labelerWinRate.heldOut': share({
    relative: true,
    group: 'labelers',
    when: { with: 'labelerWinRate.train' },
  }),
} satisfies FigureDeclarations;

/** How often labelers agree with each other. */
export const AGREEMENT_FIGURES = {
  labelerAgreement: share({ when: 'sometimes' }),
  heldOutAgreement: share({ when: { with: 'labelerAgreement' } }),
} satisfies FigureDeclarations;

/** Mean probability over pairs that two people give the same label; their probabilities of the first answer. */
const sameLabel = (first: readonly number[], second: readonly number[]): number =>
  mean(first.map((p, i) => p * second[i]! + (1 - p) * (1 - second[i]!)));

/**
 * How often labelers agree on pairs, exactly (no labels are drawn): `labelerAgreement` of two people who label
 * for training, `heldOutAgreement` of one of them and one who does not.
 */
export function panelAgreement(
  pairs: readonly PreferencePair[],
  panel: Panel,
  labeler: Labeler,
): { labelerAgreement: number; heldOutAgreement: number } {
  const opinionsOf = (taste: Taste) =>
    pairs.map((p) =>
      preferenceProbability(judged(p.chosen, p.goldChosen), judged(p.rejected, p.goldRejected), {
        ...labeler,
        taste,
      }),
    );
  const train = panel.train.map(opinionsOf);
  const heldOut = panel.heldOut.map(opinionsOf);
  const among = train.flatMap((a, i) => train.slice(i + 1).map((b) => sameLabel(a, b)));
  const across = train.flatMap((a) => heldOut.map((b) => sameLabel(a, b)));
  return { labelerAgreement: mean(among), heldOutAgreement: mean(across) };
}

/**
 * `labelerWinRate.train` and `labelerWinRate.heldOut`: mean probability that a labeler of the group prefers the
 * policy's answer to SFT's answer to the same held-out prompt. Tastes spread as given.
 */
export function labelerWinRates(
  context: StageContext,
  { heldOut: prompts, baseline }: Pick<Evaluator, 'heldOut' | 'baseline'>,
  completions: readonly (readonly number[])[],
  spread: number,
): Record<keyof typeof LABELER_FIGURES, number> {
  const panel = drawPanel(context, spread);
  const view = (answers: Answers['completions'] | readonly (readonly number[])[]) =>
    answers.map((ids, i) => judged(ids, goldOf(context.task, prompts.prompts[i]!, ids).total));
  const mine = view(completions);
  const theirs = view(baseline.completions.slice(0, completions.length));
  const won = (people: readonly Taste[]) =>
    mean(
      people.map((taste) =>
        mean(mine.map((a, i) => preferenceProbability(a, theirs[i]!, { ...DEFAULT_LABELER, taste }))),
      ),
    );
  return { 'labelerWinRate.train': won(panel.train), 'labelerWinRate.heldOut': won(panel.heldOut) };
}
