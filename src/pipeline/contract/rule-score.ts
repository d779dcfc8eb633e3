import { message } from '../../messages';
import type { GoldScore } from '../../world/types';

/** The score of a person's rule as a gold reward, cut to −1…1 as every gold reward is. */
export function ruledScore(score: number): GoldScore {
  const total = Math.min(1, Math.max(-1, score));
  return { total, parts: [{ name: 'rule', value: total, why: message('gold.rule', { score }) }] };
}
