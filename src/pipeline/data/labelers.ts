import { decode, drawTastes, EOS, type JudgedCompletion, type Taste } from '../../world';
import { rngFrom } from '../../random/rng';
import type { StageContext } from '../contract/stage';

/** People in each of the two groups. */
export const PANEL_SIZE = 10;

export interface Panel {
  /** They label what the reward model and DPO learn from. */
  train: readonly Taste[];
  /** They label nothing for training (Ouyang et al. 2022, held-out labelers). */
  heldOut: readonly Taste[];
}

/** The two groups of labelers of a run; the same people for the same seed, whatever the stage. */
export function drawPanel({ seed, task }: Pick<StageContext, 'seed' | 'task'>, spread: number): Panel {
  const rng = rngFrom(seed, task.name, 'labelers');
  const people = drawTastes(rng, spread, 2 * PANEL_SIZE);
  return { train: people.slice(0, PANEL_SIZE), heldOut: people.slice(PANEL_SIZE) };
}

/** Ids of an answer (with or without `<eos>`) and its gold as a labeler sees them. */
export const judged = (ids: readonly number[], gold: number): JudgedCompletion => ({
  gold,
  words: decode(ids[ids.length - 1] === EOS ? ids.slice(0, -1) : ids),
});
