import { streamOf, type Seeded } from '../contract/stage';
import { drawPanel } from './labelers';
import type { Judgement } from './comparisons';

/** What chance did to one label. */
export interface LabelDraw {
  /** Which of the ten labelers gave it; absent where all judge alike. */
  labeler?: number;
  /** Turned around by mistake. */
  flipped: boolean;
}

/**
 * Who labelled each pair of the stage `preferences`, and which labels were turned around by mistake: the draws of
 * `comparePairs` once more, which do not depend on the answers. Not kept with the pairs, because nobody learns from it.
 */
export function labelDraws(
  seeded: Seeded,
  s: Judgement,
  count: number,
  split: 'pairs' | 'heldOut',
): LabelDraw[] {
  const labels = streamOf(seeded, 'preferences', split === 'pairs' ? 'labels' : 'held-out labels');
  const people = s.disagreement ? drawPanel(seeded, s.disagreement).train : null;
  return Array.from({ length: count }, () => {
    const labeler = people ? people.indexOf(labels.choice(people)) : undefined;
    labels.bernoulli(0.5); // the opinion
    return { flipped: labels.bernoulli(s.flipRate), ...(labeler === undefined ? {} : { labeler }) };
  });
}
