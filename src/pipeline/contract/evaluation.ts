/** How often and on how many held-out prompts an arm is measured. */
export interface EvaluationPlan {
  /** Evaluations during training, evenly spread, besides the one at the start. */
  times: number;
  /** Prompts of each of them. */
  prompts: number;
  /** Prompts of the final one. */
  finalPrompts: number;
  /** Also measure what alignment costs at the end: loss on web text and few-shot accuracy. Off unless asked for. */
  tax?: boolean | undefined;
  /** Also answer at these sampling temperatures at the end (0: greedy). */
  temperatures?: number[] | undefined;
  /** Also let labelers with tastes of their own, spread this widely, compare the final answers with SFT's. */
  labelers?: number | undefined;
}

export const DEFAULT_EVALUATION: EvaluationPlan = { times: 12, prompts: 128, finalPrompts: 512 };

/** Held-out quality of a policy. Every arm is measured by the same function on the same prompts. */
export interface Evaluation {
  /** Mean gold reward, −1…1. */
  gold: number;
  /** Mean reward-model score, in SFT standard deviations; absent without a reward model. */
  proxy?: number;
  /** Mean KL(π ‖ SFT) per sequence, nats, by sampling (k1). */
  kl: number;
  /** Share of held-out prompts on which gold beats SFT's answer, ties half. */
  winRate: number;
  /** 95 % Wilson interval of the win rate. */
  winRateLow: number;
  winRateHigh: number;
  /** The win rate at equal length: what is left of it when the effect of length is taken out. */
  lcWinRate?: number;
  /** Number of prompts behind it. */
  prompts: number;
  /** Share of answers that end with `<eos>`. */
  eosRate: number;
  /** Mean answer length in tokens, `<eos>` included. */
  length: number;
  /** Distinct unigrams / bigrams over all. */
  distinct1: number;
  distinct2: number;
  /** Mean entropy of the policy per generated token, nats. */
  entropy: number;
  /** Mean flattering phrases per answer, where the task knows flattery. */
  flattery?: number;
  /** Best-of-n: how many answers were drawn. */
  bestOf?: number;
  /** Tilting: the temperature β of π* ∝ π_SFT·exp(r/β), reward per nat. */
  beta?: number;
  /** Tilting: mean effective number of samples per prompt behind the estimate. */
  effectiveSamples?: number;
  /** With `tax`: loss on held-out web text, nats per token. */
  webLoss?: number;
  /** With `tax`: few-shot accuracy, 0…1. */
  fewShot?: number;
}

/** The final answers to the held-out prompts of a run, prompt by prompt, so that arms can be compared in pairs. */
export interface FinalAnswers {
  gold: Float64Array;
  /** Tokens, `<eos>` included. */
  length: Float64Array;
}
