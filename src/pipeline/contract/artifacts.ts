import type { GptConfig } from '../../model/config';

export interface LanguageModelArtifact {
  kind: 'model';
  config: GptConfig;
  weights: Float32Array;
}

/** Score = (raw − mean) / deviation, so that SFT's samples have mean 0 and standard deviation 1. */
export interface RewardModelArtifact {
  kind: 'reward';
  config: GptConfig;
  weights: Float32Array;
  mean: number;
  deviation: number;
  /**
   * Source of the function that a person wrote, which gives the scores in place of the head; the weights are then SFT's
   * with a fresh head, for whoever begins a value model with them.
   */
  rule?: string;
}

/** A labelled comparison; ids, prompts with `<bos>`, answers with `<eos>` if produced. */
export interface PreferencePair {
  prompt: readonly number[];
  chosen: readonly number[];
  rejected: readonly number[];
  /** True rewards, for measuring the labels; never shown to training. */
  goldChosen: number;
  goldRejected: number;
}

export interface PreferencesArtifact {
  kind: 'preferences';
  pairs: PreferencePair[];
  /** Pairs on held-out prompts, for accuracy. */
  heldOut: PreferencePair[];
}

/**
 * The same as the bytes of a safetensors file: thousands of small arrays are slow to send between threads,
 * one buffer is not, and the page itself never looks inside.
 */
export interface PackedPreferencesArtifact {
  kind: 'packed-preferences';
  bytes: Uint8Array;
}

/** Answers of a model to held-out prompts, the same number to each, prompt by prompt; n of them in all. */
export interface SamplesArtifact {
  kind: 'samples';
  perPrompt: number;
  /** Answer i is tokens[offsets[i]] … tokens[offsets[i + 1] − 1], `<eos>` included when produced. */
  tokens: Uint16Array;
  /** [n + 1] */
  offsets: Uint32Array;
  /** True rewards, [n]. */
  gold: Float64Array;
  /** log π of each answer, nats, [n]. */
  logProbs: Float64Array;
}

/** Reward-model scores of such answers, in SFT standard deviations, [n]. */
export interface ScoresArtifact {
  kind: 'scores';
  scores: Float32Array;
}

/** The one answer of a model to each held-out prompt that arms are compared with, n of them. */
export interface BaselineArtifact extends Pick<SamplesArtifact, 'tokens' | 'offsets' | 'gold'> {
  kind: 'baseline';
  /** Of the distribution that each token was drawn from, nats; as long as `tokens`. */
  entropy: Float32Array;
}

export type Artifact =
  | LanguageModelArtifact
  | RewardModelArtifact
  | PreferencesArtifact
  | PackedPreferencesArtifact
  | SamplesArtifact
  | ScoresArtifact
  | BaselineArtifact;

/** What a stage is given: artifacts of its parents by role. */
export interface Parents {
  base?: LanguageModelArtifact;
  sft?: LanguageModelArtifact;
  preferences?: PreferencesArtifact | PackedPreferencesArtifact;
  reward?: RewardModelArtifact;
  /** A model of another trunk whose answers are imitated. */
  teacher?: LanguageModelArtifact;
  /** That trunk's reward model, which gives labels in place of people. */
  judge?: RewardModelArtifact;
  /** Answers of `sft` that several arms look at, at least as many as any of them; absent where it draws its own. */
  samples?: SamplesArtifact | undefined;
  /** Their scores by `reward`. */
  scores?: ScoresArtifact | undefined;
  /** What arms on `sft` are compared with; absent where an arm draws it itself. */
  baseline?: BaselineArtifact | undefined;
}

/** What is shared by arms and follows from their other parents, so that no key depends on it. */
export type SharedRole = 'samples' | 'scores' | 'baseline';
export type Role = Exclude<keyof Parents, SharedRole>;
