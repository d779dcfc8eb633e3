import type { HostOutputs, LanguageModel, TokensWanted } from '../../engine/types';
import { decode, EOS } from '../../world';
import { sequenceKl } from '../maths/kl';
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
  /** What was wanted of their tokens, by chunk of `CHUNK` answers. */
  outputs: HostOutputs[];
}

/** One sampled answer per prompt and its gold reward. The noise depends on run and prompt only: comparisons are paired. */
export async function sampleGold(
  context: StageContext,
  model: LanguageModel,
  { prompts, ids }: PromptBatch,
  temperature = 1,
  want?: TokensWanted,
): Promise<Answers> {
  const noiseKey = streamOf(context, 'evaluate', 'noise').uint32();
  const completions: number[][] = [];
  const outputs: HostOutputs[] = [];
  for (let row = 0; row < ids.length; row += CHUNK) {
    const rollout = await model.generate(ids.slice(row, row + CHUNK), {
      maxNewTokens: context.task.maxNewTokens,
      temperature,
      noiseKey,
      firstRow: row,
      ...(want ? { want } : {}),
    });
    completions.push(...rollout.completions);
    if (rollout.outputs) outputs.push(rollout.outputs);
  }
  const gold = Float64Array.from(completions, (c, i) => goldOf(context.task, prompts[i]!, c).total);
  return { completions, gold, outputs };
}

/** What arms are compared with: SFT's one answer to each held-out prompt. */
export interface Baseline extends Pick<Answers, 'completions' | 'gold'> {
  /** Of the distribution that each token was drawn from, nats, answer by answer. */
  entropy: Float32Array;
}

/** Draws the answers that `createEvaluator` compares with. */
export async function drawBaseline(
  context: StageContext,
  sft: LanguageModel,
  heldOut: PromptBatch,
): Promise<Baseline> {
  const { completions, gold, outputs } = await sampleGold(context, sft, heldOut, 1, { entropy: true });
  return { completions, gold, entropy: tokenEntropy(outputs) };
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

/** Scores in SFT standard deviations. */
export const normalised = (
  scores: Float32Array,
  { mean, deviation }: Pick<RewardModelArtifact, 'mean' | 'deviation'>,
): Float32Array => scores.map((s) => (s - mean) / deviation);

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
    out.set(normalised(scores!, normaliser), row);
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
  readonly baseline: Baseline;
  /** SFT, frozen; lives as long as this. */
  readonly reference: LanguageModel;
  /** Measures a policy on the first `prompts` held-out prompts. */
  evaluate(policy: LanguageModel, prompts: number): Promise<Measured>;
  /** The same of SFT itself, which is what every arm begins as: from the baseline. */
  evaluateSft(prompts: number): Promise<Measured>;
  dispose(): void;
}

/** Gold and length of each answer. */
export const finalAnswers = ({ gold, completions }: Pick<Answers, 'gold' | 'completions'>): FinalAnswers => ({
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
 * `known`: the baseline, where it has been drawn for as many prompts.
 */
export async function createEvaluator(
  context: StageContext,
  sft: LanguageModelArtifact,
  reward?: RewardModelArtifact,
  known?: Baseline,
): Promise<Evaluator> {
  const count = Math.max(context.evaluation.finalPrompts, context.evaluation.prompts);
  const heldOut = drawEvaluationPrompts(context, count);
  const reference = modelOf(context, sft);
  const rewardModel = reward && modelOf(context, reward);
  const baseline = known ?? (await drawBaseline(context, reference, heldOut));
  const baselineAnswers = finalAnswers(baseline);

  const first = (wanted: number): PromptBatch => ({
    prompts: heldOut.prompts.slice(0, wanted),
    ids: heldOut.ids.slice(0, wanted),
  });

  /** What there is to say of answers to the first prompts. */
  async function measured(
    { ids }: PromptBatch,
    { completions, gold, entropy }: Baseline,
    kl: number,
  ): Promise<Measured> {
    const answers = finalAnswers({ completions, gold });
    const evaluation: Evaluation = {
      gold: mean(gold),
      ...(rewardModel && reward
        ? { proxy: mean(await normalisedScores(rewardModel, reward, ids, completions)) }
        : {}),
      kl,
      ...winRates(answers, baselineAnswers),
      prompts: ids.length,
      eosRate: mean(completions.map((c) => (c[c.length - 1] === EOS ? 1 : 0))),
      length: mean(completions.map((c) => c.length)),
      distinct1: distinctN(completions, 1),
      distinct2: distinctN(completions, 2),
      entropy: meanEntropy(entropy, completions),
      ...(context.task.flattery
        ? { flattery: mean(completions.map((c) => context.task.flattery!(decode(c)))) }
        : {}),
    };
    return { evaluation, completions, answers };
  }

  return {
    heldOut,
    baseline,
    reference,
    evaluateSft(wanted) {
      const prompts = first(wanted);
      const completions = baseline.completions.slice(0, prompts.ids.length);
      return measured(
        prompts,
        { ...baseline, completions, gold: baseline.gold.slice(0, completions.length) },
        0,
      );
    },
    async evaluate(policy, wanted) {
      const prompts = first(wanted);
      const told = { logProbs: true, entropy: true };
      const { completions, gold, outputs } = await sampleGold(context, policy, prompts, 1, told);
      const kl: number[] = [];
      for (let row = 0; row < prompts.ids.length; row += CHUNK) {
        const batch = prompts.ids.slice(row, row + CHUNK).map((p, i) => sequence(p, completions[row + i]!));
        const mine = outputs[row / CHUNK]!;
        const theirs = await reference.evaluate(batch, { logProbs: true });
        kl.push(...sequenceKl(mine.logProbs!, theirs.logProbs!, mine.mask));
      }
      return measured(prompts, { completions, gold, entropy: tokenEntropy(outputs) }, mean(kl));
    },
    dispose() {
      reference.dispose();
      rewardModel?.dispose();
    },
  };
}

/** Entropy of every token, answer by answer. */
const tokenEntropy = (outputs: readonly HostOutputs[]): Float32Array =>
  Float32Array.from(
    outputs.flatMap(({ mask, entropy }) => [...entropy!.data.filter((_, i) => mask.data[i]! > 0)]),
  );

/** Mean over tokens, which come first by chunk, as they are drawn. */
function meanEntropy(entropy: Float32Array, completions: readonly (readonly number[])[]): number {
  let [at, sum] = [0, 0];
  for (let row = 0; row < completions.length; row += CHUNK) {
    const tokens = completions.slice(row, row + CHUNK).reduce((n, c) => n + c.length, 0);
    const chunk = entropy.subarray(at, at + tokens);
    if (tokens) sum += (chunk.reduce((a, b) => a + b, 0) / tokens) * tokens;
    at += tokens;
  }
  return sum / Math.max(1, at);
}
