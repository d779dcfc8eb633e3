import type { LanguageModel } from '../../engine/types';
import { sampleGold, winRate, type Evaluator } from './evaluate';
import { formatFigure } from '../contract/figures';
import type { StageContext } from '../contract/stage';
import { mean } from '../maths/statistics';

/**
 * `gold@T` and `winRate@T` of a policy that samples at temperature T (0: greedy), against SFT's answers at
 * temperature 1 on the same prompts (as in Rafailov et al. 2023, Fig. 2 right, where the opponent is fixed too).
 */
export async function atTemperatures(
  context: StageContext,
  policy: LanguageModel,
  { heldOut, baseline }: Pick<Evaluator, 'heldOut' | 'baseline'>,
  temperatures: readonly number[],
  /** Gold of the answers at temperature 1, as far as they are known. */
  known?: ArrayLike<number>,
): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const temperature of temperatures) {
    const isKnown = temperature === 1 && known?.length === heldOut.ids.length;
    const gold = isKnown ? known : (await sampleGold(context, policy, heldOut, temperature)).gold;
    figures[formatFigure({ base: 'gold', temperature })] = mean(gold);
    figures[formatFigure({ base: 'winRate', temperature })] = winRate(gold, baseline.gold).winRate;
  }
  return figures;
}
