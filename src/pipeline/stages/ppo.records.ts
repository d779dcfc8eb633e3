import type { LanguageModel, Matrix } from '../../engine/types';
import type { TokenRecord } from '../contract/rollout';
import type { Experience } from './ppo.experience';

/** Answers that are kept of an update. */
const KEPT = 4;

/** The first answers of a batch with what made their loss, after the update; nothing is drawn for it. */
export async function recordsOf(e: Experience, policy: LanguageModel): Promise<TokenRecord[]> {
  const rows = e.batch.slice(0, KEPT);
  const { logProbs } = await policy.evaluate(rows, { logProbs: true });
  return rows.map(({ ids, start }, i) => {
    const row = (m: Matrix) => Array.from(m.data.subarray(i * m.cols, i * m.cols + ids.length - start));
    return {
      prompt: ids.slice(0, start),
      completion: ids.slice(start),
      oldLogProbs: row(e.oldLogProbs),
      referenceLogProbs: row(e.inside.referenceLogProbs),
      newLogProbs: row(logProbs!),
      values: row(e.oldValues),
      rewards: row(e.inside.rewards),
      rawAdvantages: row(e.inside.rawAdvantages),
      advantages: row(e.advantages),
      gold: e.inside.gold[i]!,
      score: e.inside.scores[i]!,
      klCoef: e.inside.klCoef,
    };
  });
}
