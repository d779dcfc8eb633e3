import type { LanguageModel } from '../../engine/types';
import { EOS } from '../../world';
import { drawEvaluationPrompts, normalisedScores, sampleGold, winRate } from './evaluate';
import { answerOf, answersTo, drawAnswers, type PromptAnswers } from './reference-answers';
import {
  modelOf,
  parent,
  streamOf,
  type Evaluation,
  type Parents,
  type RewardModelArtifact,
  type StageContext,
} from '../contract/stage';
import { distinctN, mean, wilsonInterval } from '../maths/statistics';

/** Many answers of the reference to one held-out prompt. */
export interface PromptSamples extends PromptAnswers {
  /** Reward-model scores, in SFT standard deviations. */
  proxy: Float32Array;
  /** Gold of the one answer that every arm is compared with on this prompt. */
  baseline: number;
}

/**
 * `count` answers of SFT to each of the first `prompts` held-out prompts, one prompt after the other: those that were
 * drawn for all arms of the run where they are there, else drawn here. Policies that only choose among or reweight
 * SFT's answers are measured on them without any training.
 */
export async function* referenceAnswers(
  context: StageContext,
  parents: Parents,
  prompts: number,
  count: number,
): AsyncGenerator<PromptSamples, void, void> {
  const heldOut = drawEvaluationPrompts(context, prompts);
  const { samples, scores } = parents;
  const reward = parent(parents, 'reward');
  const [model, rewardModel] = [modelOf(context, parent(parents, 'sft')), modelOf(context, reward)];
  try {
    const baseline = parents.baseline ?? (await sampleGold(context, model, heldOut));
    const drawn = samples ? null : drawAnswers(context, model, heldOut, count);
    for (const [at, ids] of heldOut.ids.entries()) {
      const answers = samples ? answersTo(samples, at, count) : (await drawn!.next()).value!;
      const first = at * (samples?.perPrompt ?? 0);
      yield {
        ...answers,
        proxy: scores
          ? scores.scores.subarray(first, first + count)
          : await scoresOf(rewardModel, reward, ids, answers),
        baseline: baseline.gold[at]!,
      };
    }
  } finally {
    model.dispose();
    rewardModel.dispose();
  }
}

/** Reward-model scores of the answers to one prompt, in SFT standard deviations. */
export function scoresOf(
  rewardModel: LanguageModel,
  reward: RewardModelArtifact,
  prompt: readonly number[],
  answers: PromptAnswers,
): Promise<Float32Array> {
  const completions = Array.from(answers.gold, (_, i) => [...answerOf(answers, i)]);
  return normalisedScores(
    rewardModel,
    reward,
    completions.map(() => prompt),
    completions,
  );
}

/** Number of the first answer with the same tokens, for each answer. */
export function alike(answers: PromptAnswers): Int32Array {
  const first = new Map<string, number>();
  return Int32Array.from(answers.gold, (_, i) => {
    const text = answerOf(answers, i).join();
    const known = first.get(text) ?? i;
    first.set(text, known);
    return known;
  });
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
  const texts = samples.map((s, p) => {
    const chosen = rng.weighted([...s.gold.keys()], Array.from(weights[p]!));
    return [...answerOf(s, chosen)];
  });
  // weights add up to 1 only as far as float64 goes, and no more than all can be won
  const won = Math.min(
    1,
    average((s, i) => winRate([s.gold[i]!], [s.baseline]).winRate),
  );
  const interval = wilsonInterval(won * samples.length, samples.length);
  const length = average((s, i) => s.offsets[i + 1]! - s.offsets[i]!);
  return {
    gold: average((s, i) => s.gold[i]!),
    proxy: average((s, i) => s.proxy[i]!),
    kl,
    winRate: won,
    winRateLow: interval.low,
    winRateHigh: interval.high,
    prompts: samples.length,
    eosRate: average((s, i) =>
      s.tokens[s.offsets[i + 1]! - 1] === EOS && s.offsets[i + 1]! > s.offsets[i]! ? 1 : 0,
    ),
    length,
    distinct1: distinctN(texts, 1),
    distinct2: distinctN(texts, 2),
    entropy: Math.max(0, -(average((s, i) => s.logProbs[i]!) + kl) / length),
  };
}
