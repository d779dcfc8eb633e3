import type { z } from 'zod';
import type { Engine, LanguageModel } from '../../engine/types';
import { message, MessageError, type Message } from '../../messages';
import type { ModelSize } from '../../model/config';
import { rngFrom, type Rng } from '../../random/rng';
import type { AlignmentTask } from '../../world/types';
import type {
  Artifact,
  LanguageModelArtifact,
  Parents,
  PreferencesArtifact,
  RewardModelArtifact,
  Role,
} from './artifacts';
import type { EvaluationPlan, FinalAnswers } from './evaluation';
import type { StageEvent } from './events';
import type { OwnRecords } from './own';
import { preferencesOf } from './packed-preferences';
import { openModel } from './rule-model';
import type { Place, StageTraits } from './traits';

// What the author of a stage needs, from one door.
export type * from './artifacts';
export * from './evaluation';
export type * from './events';
export type * from './traits';

/** Where a stage runs and what it may draw from. */
export interface StageContext {
  engine: Engine;
  size: ModelSize;
  task: AlignmentTask;
  /** Seed of the run; every stage derives its streams from it by label. */
  seed: number;
  evaluation: EvaluationPlan;
  /** A person's own data that the settings name, by hash, as far as it is here; read by `ownData`. */
  own?: OwnRecords | undefined;
}

/** What the streams of a stage depend on. */
export type Seeded = Pick<StageContext, 'seed' | 'task'>;

/** The stream of a stage for one purpose ('data', 'sampling', 'evaluation', …). */
export const streamOf = (context: Seeded, stage: string, purpose: string): Rng =>
  rngFrom(context.seed, context.task.name, stage, purpose);

export interface StageResult<A extends Artifact = Artifact> {
  artifact: A;
  /** Headline figures for the pipeline picture and summary.json. */
  summary: Record<string, number>;
  /** Of arms that answer the held-out prompts once each. */
  answers?: FinalAnswers;
}

/** What is wrong with a setting, given the others. */
export interface SettingProblem {
  /** The setting to change. */
  name: string;
  message: Message;
}

/** A stage: typed settings in, metric rows out, an artifact at the end. Pausing and stopping happen between rows. */
export interface Stage<
  Settings = unknown,
  A extends Artifact = Artifact,
  Name extends string = string,
  P extends Place = Place,
> extends StageTraits<Settings> {
  name: Name;
  /**
   * Changes whenever the same settings would give another result; part of every key. A function where a correction
   * changed results under some settings only: the others keep their version, and with it their stored results.
   */
  version: number | ((settings: Settings) => number);
  settings: z.ZodObject;
  /** What is wrong with settings that are each in range; absent where any may go with any. */
  check?: (settings: Settings) => SettingProblem[];
  inputs: readonly Role[];
  place: P;
  run(
    context: StageContext,
    settings: Settings,
    parents: Parents,
  ): AsyncGenerator<StageEvent, StageResult<A>, void>;
}

/** The version of a stage under these (complete) settings. */
export const versionOf = <S>({ version }: Pick<Stage<S>, 'version'>, settings: S): number =>
  typeof version === 'function' ? version(settings) : version;

/** A stage as it is written: settings typed by its schema, its name and place kept as literals for the registry. */
export const defineStage = <
  Schema extends z.ZodObject,
  A extends Artifact,
  const Name extends string,
  const P extends Place,
>(
  stage: Stage<z.infer<Schema>, A, Name, P> & { settings: Schema },
): Stage<z.infer<Schema>, A, Name, P> => stage;

/** What a stage gets for a role: packed artifacts arrive unpacked. */
type ParentOf<R extends Role> = R extends 'preferences' ? PreferencesArtifact : NonNullable<Parents[R]>;

/** A parent by role. Throws a MessageError naming the role when it is missing. */
export function parent<R extends Role>(parents: Parents, role: R): ParentOf<R> {
  const artifact = parents[role];
  if (!artifact) throw new MessageError(message('stage.parent', { role }));
  return (preferencesOf(artifact) ?? artifact) as ParentOf<R>;
}

/** Loads an artifact's weights onto the engine. The caller disposes the model. */
export const modelOf = (
  context: StageContext,
  artifact: LanguageModelArtifact | RewardModelArtifact,
): LanguageModel => openModel(context.engine, artifact);

/** Training has left the finite numbers. `weights` are the last good ones. */
export class DivergedError extends MessageError {
  override readonly name = 'DivergedError';

  constructor(
    readonly stage: string,
    readonly update: number,
    reason: Message,
    readonly lastGood?: { update: number; artifact: LanguageModelArtifact },
  ) {
    super(message('stage.diverged', { stage, update, reason }));
  }
}
