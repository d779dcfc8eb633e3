import { EOS } from '../../world';
import { drawEvaluationPrompts, normalisedScores, sampleGold, winRate } from './evaluate';
import { rowSums } from '../maths/matrix';
import {
  modelOf,
  streamOf,
  type Evaluation,
  type LanguageModelArtifact,
  type RewardModelArtifact,
  type StageContext,
} from '../contract/stage';
import { distinctN, mean, wilsonInterval } from '../maths/statistics';
import { goldOf, sequence } from '../data/tokens';

/** Rows per device call; bounds memory, not results. */
const CHUNK = 256;

/** Many answers of the reference to one held-out prompt. */
export interface PromptSamples {
  completions: number[][];
  gold: Float64Array;
  /** Reward-model scores, in SFT standard deviations. */
  proxy: Float32Array;
  /** log π_SFT of each answer, nats. */
  logProbs: Float64Array;
  /** Gold of the one answer that every arm is compared with on this prompt. */
  baseline: number;
}

/**
 * Draws `count` answers of SFT to each of the first `prompts` held-out prompts, one prompt after the other.
 * Policies that only choose among or reweight SFT's answers are measured on them without any training.
 */
export async function* sampleReference(
  context: StageContext,
  sft: LanguageModelArtifact,
  reward: RewardModelArtifact,
  prompts: number,
  count: number,
): AsyncGenerator<PromptSamples, void, void> {
  const heldOut = drawEvaluationPrompts(context, prompts);
  const noiseKey = streamOf(context, 'reweighted', 'noise').uint32();
  const [model, rewardModel] = [modelOf(context, sft), modelOf(context, reward)];
  try {
    const baseline = await sampleGold(context, model, heldOut);
    for (const [at, ids] of heldOut.ids.entries()) {
      const same = Array.from({ length: count }, () => ids);
      const completions: number[][] = [];
      const logProbs: number[] = [];
      for (let row = 0; row < count; row += CHUNK) {
        const rollout = await model.generate(same.slice(row, row + CHUNK), {
          maxNewTokens: context.task.maxNewTokens,
          temperature: 1,
          noiseKey,
          firstRow: at * count + row,
        });
        completions.push(...rollout.completions);
        const batch = rollout.completions.map((c) => sequence(ids, c));
        logProbs.push(...rowSums((await model.evaluate(batch, { logProbs: true })).logProbs!));
      }
      yield {
        completions,
        gold: Float64Array.from(completions, (c) => goldOf(context.task, heldOut.prompts[at]!, c).total),
        proxy: await normalisedScores(rewardModel, reward, same, completions),
        logProbs: Float64Array.from(logProbs),
        baseline: baseline.gold[at]!,
      };
    }
  } finally {
    model.dispose();
    rewardModel.dispose();
  }
}

/**
 * Quality of the policy that gives answer i to prompt p with probability `weights[p][i]` (each row adds up
 * to 1). `kl` is its mean divergence from SFT, nats. One answer per prompt, drawn by weight, stands for the
 * diversity of its texts; entropy per token follows from log π = log π_SFT + log ratio.
 */
export function weightedEvaluation(
  context: StageContext,
  samples: readonly PromptSamples[],
  weights: readonly Float64Array[],
  kl: number,
): Evaluation {
  const average = (of: (s: PromptSamples, i: number) => number) =>
    mean(samples.map((s, p) => weights[p]!.reduce((sum, w, i) => sum + w * of(s, i), 0)));
  const rng = streamOf(context, 'reweighted', 'texts');
  const texts = samples.map((s, p) => rng.weighted(s.completions, Array.from(weights[p]!)));
  // weights add up to 1 only as far as float64 goes, and no more than all can be won
  const won = Math.min(
    1,
    average((s, i) => winRate([s.gold[i]!], [s.baseline]).winRate),
  );
  const interval = wilsonInterval(won * samples.length, samples.length);
  const length = average((s, i) => s.completions[i]!.length);
  return {
    gold: average((s, i) => s.gold[i]!),
    proxy: average((s, i) => s.proxy[i]!),
    kl,
    winRate: won,
    winRateLow: interval.low,
    winRateHigh: interval.high,
    prompts: samples.length,
    eosRate: average((s, i) => (s.completions[i]!.at(-1) === EOS ? 1 : 0)),
    length,
    distinct1: distinctN(texts, 1),
    distinct2: distinctN(texts, 2),
    entropy: Math.max(0, -(average((s, i) => s.logProbs[i]!) + kl) / length),
  };
}
