import type { LanguageModel, Matrix } from '../../engine/types';
import { decode, EOS } from '../../world';
import { sequenceKl } from '../maths/kl';
import { maskedMean } from '../maths/matrix';
import type {
  Evaluation,
  FinalAnswers,
  LanguageModelArtifact,
  RewardModelArtifact,
  Seeded,
  StageContext,
} from '../contract/stage';
import { amount, nats, numeric, rewardFigure, share, type FigureDeclarations } from '../contract/figures';
import { modelOf, streamOf } from '../contract/stage';
import { distinctN, lengthControlledWinRate, mean, wilsonInterval } from '../maths/statistics';
import { drawPrompts, goldOf, sequence, type PromptBatch } from '../data/tokens';

/** Rows per device call; bounds memory, not results. */
const CHUNK = 256;

/** Figures of an `Evaluation`, as they stand in the summaries of arms. */
export const EVALUATION_FIGURES = {
  gold: rewardFigure({ range: [-1, 1], varies: ['point', 'temperature'] }),
  proxy: rewardFigure({ unit: 'SFT deviations', varies: ['point'] }),
  kl: nats({ relative: true, varies: ['point'] }),
  winRate: share({ relative: true, varies: ['temperature', 'opponent'] }),
  winRateLow: share({ relative: true }),
  winRateHigh: share({ relative: true }),
  lcWinRate: share({ relative: true }),
  prompts: amount('prompts'),
  eosRate: share(),
  length: amount('tokens'),
  distinct1: numeric(2),
  distinct2: numeric(2),
  entropy: nats(),
  flattery: numeric(2, { unit: 'per answer', when: 'sometimes' }),
} satisfies FigureDeclarations;

/** The first `count` held-out prompts of a run; a longer list starts with the shorter one. */
export const drawEvaluationPrompts = (context: Seeded, count: number): PromptBatch =>
  drawPrompts(context.task, streamOf(context, 'evaluate', 'prompts'), 'heldOut', count);

export interface Answers {
  completions: number[][];
  gold: Float64Array;
}

/** One sampled answer per prompt and its gold reward. The noise depends on run and prompt only: comparisons are paired. */
export async function sampleGold(
  context: StageContext,
  model: LanguageModel,
  { prompts, ids }: PromptBatch,
  temperature = 1,
): Promise<Answers> {
  const noiseKey = streamOf(context, 'evaluate', 'noise').uint32();
  const completions: number[][] = [];
  for (let row = 0; row < ids.length; row += CHUNK) {
    const rollout = await model.generate(ids.slice(row, row + CHUNK), {
      maxNewTokens: context.task.maxNewTokens,
      temperature,
      noiseKey,
      firstRow: row,
    });
    completions.push(...rollout.completions);
  }
  const gold = Float64Array.from(completions, (c, i) => goldOf(context.task, prompts[i]!, c).total);
  return { completions, gold };
}

/** Share of comparisons won, ties half, with its 95 % Wilson interval. Paired lists of equal length. */
export function winRate(
  gold: ArrayLike<number>,
  against: ArrayLike<number>,
): { winRate: number; winRateLow: number; winRateHigh: number } {
  let wins = 0;
  for (let i = 0; i < gold.length; i++)
    wins += gold[i]! > against[i]! ? 1 : gold[i]! === against[i]! ? 0.5 : 0;
  const { low, high } = wilsonInterval(wins, gold.length);
  return { winRate: wins / gold.length, winRateLow: low, winRateHigh: high };
}

/** Reward-model scores of answers, in SFT standard deviations, [B]. */
export async function normalisedScores(
  rewardModel: LanguageModel,
  normaliser: Pick<RewardModelArtifact, 'mean' | 'deviation'>,
  prompts: readonly (readonly number[])[],
  completions: readonly (readonly number[])[],
): Promise<Float32Array> {
  const out = new Float32Array(prompts.length);
  for (let row = 0; row < prompts.length; row += CHUNK) {
    const batch = prompts.slice(row, row + CHUNK).map((p, i) => sequence(p, completions[row + i]!));
    const { scores } = await rewardModel.evaluate(batch, { scores: true });
    out.set(
      scores!.map((s) => (s - normaliser.mean) / normaliser.deviation),
      row,
    );
  }
  return out;
}

/** What one measurement of a policy yields. */
export interface Measured {
  evaluation: Evaluation;
  completions: readonly (readonly number[])[];
  answers: FinalAnswers;
}

export interface Evaluator {
  /** The held-out prompts of the run and SFT's answers to them. */
  readonly heldOut: PromptBatch;
  readonly baseline: Answers;
  /** Measures a policy on the first `prompts` held-out prompts. */
  evaluate(policy: LanguageModel, prompts: number): Promise<Measured>;
  dispose(): void;
}

/** Gold and length of each answer. */
export const finalAnswers = ({ gold, completions }: Answers): FinalAnswers => ({
  gold,
  length: Float64Array.from(completions, (c) => c.length),
});

/** Raw and length-controlled win rate of one list of answers against another on the same prompts. */
export const winRates = (mine: FinalAnswers, theirs: FinalAnswers) => ({
  ...winRate(mine.gold, theirs.gold),
  lcWinRate: lengthControlledWinRate(mine, theirs),
});

/**
 * The one yardstick of all arms: held-out prompts, gold and proxy reward, sequence KL to the SFT
 * reference, paired win rate against SFT by gold (raw and at equal length), EOS rate, length, diversity, entropy.
 */
export async function createEvaluator(
  context: StageContext,
  sft: LanguageModelArtifact,
  reward?: RewardModelArtifact,
): Promise<Evaluator> {
  const count = Math.max(context.evaluation.finalPrompts, context.evaluation.prompts);
  const heldOut = drawEvaluationPrompts(context, count);
  const reference = modelOf(context, sft);
  const rewardModel = reward && modelOf(context, reward);
  const baseline = await sampleGold(context, reference, heldOut);

  const baselineAnswers = finalAnswers(baseline);

  return {
    heldOut,
    baseline,
    async evaluate(policy, wanted) {
      const n = Math.min(wanted, count);
      const prompts = { prompts: heldOut.prompts.slice(0, n), ids: heldOut.ids.slice(0, n) };
      const { completions, gold } = await sampleGold(context, policy, prompts);
      const kl: number[] = [];
      const entropy: { mean: number; tokens: number }[] = [];
      for (let row = 0; row < n; row += CHUNK) {
        const batch = prompts.ids.slice(row, row + CHUNK).map((p, i) => sequence(p, completions[row + i]!));
        const mine = await policy.evaluate(batch, { logProbs: true, entropy: true });
        const theirs = await reference.evaluate(batch, { logProbs: true });
        kl.push(...sequenceKl(mine.logProbs!, theirs.logProbs!, mine.mask));
        entropy.push({ mean: maskedMean(mine.entropy!, mine.mask), tokens: ones(mine.mask) });
      }
      const tokens = entropy.reduce((sum, e) => sum + e.tokens, 0);
      const answers = finalAnswers({ completions, gold });
      const evaluation: Evaluation = {
        gold: mean(gold),
        ...(rewardModel && reward
          ? { proxy: mean(await normalisedScores(rewardModel, reward, prompts.ids, completions)) }
          : {}),
        kl: mean(kl),
        ...winRates(answers, baselineAnswers),
        prompts: n,
        eosRate: mean(completions.map((c) => (c[c.length - 1] === EOS ? 1 : 0))),
        length: mean(completions.map((c) => c.length)),
        distinct1: distinctN(completions, 1),
        distinct2: distinctN(completions, 2),
        entropy: entropy.reduce((sum, e) => sum + e.mean * e.tokens, 0) / Math.max(1, tokens),
        ...(context.task.flattery
          ? { flattery: mean(completions.map((c) => context.task.flattery!(decode(c)))) }
          : {}),
      };
      return { evaluation, completions, answers };
    },
    dispose() {
      reference.dispose();
      rewardModel?.dispose();
    },
  };
}

const ones = (mask: Matrix): number => mask.data.reduce((a, b) => a + b, 0);
