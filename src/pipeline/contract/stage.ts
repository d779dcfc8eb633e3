import type { z } from 'zod';
import type { Engine, LanguageModel } from '../../engine/types';
import type { GptConfig, ModelSize } from '../../model/config';
import { message, MessageError, type Message } from '../../messages';
import { rngFrom, type Rng } from '../../random/rng';
import type { AlignmentTask } from '../../world/types';
import { unpackPreferences } from './packed-preferences';

/** Where a stage runs and what it may draw from. */
export interface StageContext {
  engine: Engine;
  size: ModelSize;
  task: AlignmentTask;
  /** Seed of the run; every stage derives its streams from it by label. */
  seed: number;
  evaluation: EvaluationPlan;
}

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

/** The stream of a stage for one purpose ('data', 'sampling', 'evaluation', …). */
export const streamOf = (context: StageContext, stage: string, purpose: string): Rng =>
  rngFrom(context.seed, context.task.name, stage, purpose);

/** One row of training metrics, names as in TRL. */
export interface MetricsEvent {
  type: 'metrics';
  /** Updates done so far, counted from 1 (PPO: iterations; others: optimiser steps). */
  update: number;
  updates: number;
  /** Training examples used so far (rollouts, pairs or sequences). */
  samples: number;
  /** Tokens passed through training and sampling so far. */
  tokens: number;
  metrics: Record<string, number>;
}

/** An evaluation of the model as it stands after `update` updates. */
export interface EvaluationEvent {
  type: 'evaluation';
  update: number;
  updates: number;
  samples: number;
  tokens: number;
  evaluation: Evaluation;
  /** Snapshot of the weights, for sampling while training goes on. */
  weights?: Float32Array;
}

export type StageEvent = MetricsEvent | EvaluationEvent;

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

export type Artifact =
  LanguageModelArtifact | RewardModelArtifact | PreferencesArtifact | PackedPreferencesArtifact;

/** The final answers to the held-out prompts of a run, prompt by prompt, so that arms can be compared in pairs. */
export interface FinalAnswers {
  gold: Float64Array;
  /** Tokens, `<eos>` included. */
  length: Float64Array;
}

export interface StageResult<A extends Artifact = Artifact> {
  artifact: A;
  /** Headline figures for the pipeline picture and summary.json. */
  summary: Record<string, number>;
  /** Of arms that answer the held-out prompts once each. */
  answers?: FinalAnswers;
}

export type StageName =
  | 'pretrain'
  | 'sft'
  | 'preferences'
  | 'reward'
  | 'distil'
  | 'ai-feedback'
  | 'ppo'
  | 'dpo'
  | 'online-dpo'
  | 'preferred-ft'
  | 'unlikelihood'
  | 'best-of-n'
  | 'tilt'
  | 'probe'
  | 'instruct'
  | 'few-shot';

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
}

export type Role = keyof Parents;

/** A stage: typed settings in, metric rows out, an artifact at the end. Pausing and stopping happen between rows. */
export interface Stage<Settings = unknown, A extends Artifact = Artifact> {
  name: StageName;
  /** Changes whenever the same settings would give another result; part of every key. */
  version: number;
  settings: z.ZodObject;
  inputs: readonly Role[];
  run(
    context: StageContext,
    settings: Settings,
    parents: Parents,
  ): AsyncGenerator<StageEvent, StageResult<A>, void>;
}

/** What a stage gets for a role: packed artifacts arrive unpacked. */
type ParentOf<R extends Role> = R extends 'preferences' ? PreferencesArtifact : NonNullable<Parents[R]>;

/** A parent by role. Throws a MessageError naming the role when it is missing. */
export function parent<R extends Role>(parents: Parents, role: R): ParentOf<R> {
  const artifact = parents[role];
  if (!artifact) throw new MessageError(message('stage.parent', { role }));
  return (
    artifact.kind === 'packed-preferences' ? unpackPreferences(artifact.bytes) : artifact
  ) as ParentOf<R>;
}

/** Loads an artifact's weights onto the engine. The caller disposes the model. */
export const modelOf = (
  context: StageContext,
  artifact: LanguageModelArtifact | RewardModelArtifact,
): LanguageModel => context.engine.createModel(artifact.config, artifact.weights);

/** Training has left the finite numbers. `weights` are the last good ones. */
export class DivergedError extends MessageError {
  override readonly name = 'DivergedError';

  constructor(
    readonly stage: StageName,
    readonly update: number,
    reason: Message,
    readonly lastGood?: { update: number; artifact: LanguageModelArtifact },
  ) {
    super(message('stage.diverged', { stage, update, reason }));
  }
}
