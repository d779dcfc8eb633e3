import { z } from 'zod';
import type { Message } from '../../messages';
import { shapeProblems } from '../../messages/shape';
import { MODEL_SIZES, type ModelSize } from '../../model/config';
import { TASK_NAMES } from '../../world';
import { settingErrors } from '../contract/settings';
import { DEFAULT_EVALUATION, type EvaluationPlan } from '../contract/stage';
import {
  ARM_STAGES,
  fillersOf,
  LECTURE_STAGES,
  STAGES,
  TRUNK_STAGES,
  type ArmStage,
  type FillerOf,
  type TrunkStage,
  type StageName,
} from '../stages';

/** Stages that may stand in for SFT: its place in the trunk under an arm, or the arm's own start. */
export const SFT_SOURCES = fillersOf('sft');
/** Where labelled pairs may come from: people, or a judge. */
export const LABEL_SOURCES = fillersOf('preferences');
/** What answers may be scored by: a model of the labels, or a rule. */
export const REWARD_SOURCES = fillersOf('reward');

/** Which stage fills a role under an arm, where it is not the usual one. */
export interface Sources {
  sft?: FillerOf<'sft'> | undefined;
  preferences?: FillerOf<'preferences'> | undefined;
  reward?: FillerOf<'reward'> | undefined;
}

/** Seed of every shipped checkpoint. */
export const SHIPPED_SEED = 1;

/**
 * Where a run starts: from the shipped trunk (base, SFT, preferences and reward model ready-made where
 * settings are unchanged), from the shipped base model, or from random weights.
 */
export const STARTS = ['trunk', 'base', 'scratch'] as const;
export type Start = (typeof STARTS)[number];

export type Settings = Record<string, unknown>;

export interface ArmConfig {
  /** Unique, stable; also the name of the arm in files. */
  id: string;
  /** What people read. */
  name: string;
  stage: ArmStage;
  settings: Settings;
  /** Changes to the trunk under this arm alone; what is not named here is shared with the others. */
  trunk?: Partial<Record<TrunkStage, Settings>>;
  /** Another model size for this arm and the trunk under it. */
  size?: ModelSize;
  /** What this arm and the trunk under it grow from: `{ sft: 'distil' }` imitates the teacher instead of people. */
  from?: Sources;
  /**
   * What this arm alone starts from and is compared with in place of SFT: 'pretrain' skips SFT but keeps
   * the labels made with it.
   */
  start?: Sources['sft'];
}

/** A second trunk, usually of a larger model: its SFT model is the teacher, its reward model the judge. */
export interface TeacherConfig {
  size: ModelSize;
  trunk: Partial<Record<TrunkStage, Settings>>;
}

/** Everything that defines a run. Settings not given take the task's default, then the stage's. */
export interface LabConfig {
  task: string;
  size: ModelSize;
  seed: number;
  start: Start;
  trunk: Partial<Record<TrunkStage, Settings>>;
  arms: ArmConfig[];
  evaluation: EvaluationPlan;
  /** Used by the stages that ask for a teacher or a judge. Default: the `small` model with default settings. */
  teacher?: TeacherConfig;
  /** A person's own rule (by its hash) that stands in for the world's gold reward, in every stage of the task. */
  gold?: string;
}

export const DEFAULT_TEACHER: TeacherConfig = { size: 'small', trunk: {} };

/** How much a configuration may hold. A link or a file may come from anywhere. */
export const MOST = { arms: 64, letters: 100 };

const settingsRecord = z.record(z.string(), z.unknown());

const sizeSchema = z.enum(Object.keys(MODEL_SIZES) as [ModelSize, ...ModelSize[]]);

export const labConfigSchema = z.strictObject({
  task: z.enum(TASK_NAMES as readonly [string, ...string[]]),
  size: sizeSchema.default('tiny'),
  seed: z.number().int().min(0).max(0xffffffff).default(1),
  start: z.enum(STARTS).default('trunk'),
  trunk: z.partialRecord(z.enum(TRUNK_STAGES), settingsRecord).default({}),
  arms: z
    .array(
      z.strictObject({
        id: z
          .string()
          .max(MOST.letters)
          .regex(/^[a-z0-9-]+$/),
        // half of a character cannot be written into a link
        name: z
          .string()
          .min(1)
          .max(MOST.letters)
          .refine((name) => !/\p{Surrogate}/u.test(name)),
        stage: z.enum([...ARM_STAGES, ...LECTURE_STAGES]),
        settings: settingsRecord.default({}),
        trunk: z.partialRecord(z.enum(TRUNK_STAGES), settingsRecord).optional(),
        size: sizeSchema.optional(),
        from: z
          .strictObject({
            sft: z.enum(SFT_SOURCES).optional(),
            preferences: z.enum(LABEL_SOURCES).optional(),
            reward: z.enum(REWARD_SOURCES).optional(),
          })
          .optional(),
        start: z.enum(SFT_SOURCES).optional(),
      }),
    )
    .min(1)
    .max(MOST.arms),
  evaluation: z
    .strictObject({
      times: z.number().int().min(1).max(200).default(DEFAULT_EVALUATION.times),
      prompts: z.number().int().min(8).max(4096).default(DEFAULT_EVALUATION.prompts),
      finalPrompts: z.number().int().min(8).max(8192).default(DEFAULT_EVALUATION.finalPrompts),
      tax: z.boolean().optional(),
      temperatures: z.array(z.number().min(0).max(5)).max(8).optional(),
      labelers: z.number().min(0).max(5).optional(),
    })
    .default(DEFAULT_EVALUATION),
  teacher: z
    .strictObject({
      size: sizeSchema.default(DEFAULT_TEACHER.size),
      trunk: z.partialRecord(z.enum(TRUNK_STAGES), settingsRecord).default({}),
    })
    .optional(),
  gold: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
});

/** What differs from the stages' own defaults, by task (measured; see the README's table). */
const TASK_SETTINGS: Record<string, Partial<Record<StageName, Settings>>> = {
  chat: {
    sft: { steps: 700, learningRate: 2e-3 },
    preferences: { pairs: 9000 },
    reward: { steps: 500 },
    ppo: { iterations: 100, learningRate: 2e-4, klCoef: 0.1 },
    dpo: { steps: 450, beta: 1 },
  },
  tldr: {
    sft: { steps: 100, learningRate: 1e-3 },
    ppo: { klCoef: 0.2 },
  },
};

/** The same by model size. */
const SIZE_SETTINGS: Partial<Record<ModelSize, Partial<Record<StageName, Settings>>>> = {
  small: { pretrain: { steps: 4000, learningRate: 2e-3 } },
  // not tuned: the learning rate goes on falling with the width, as from tiny to small
  medium: { pretrain: { steps: 4000, learningRate: 1e-3 } },
};

/** The settings a stage has on a task and size when nobody changes anything. */
export const defaultSettings = (task: string, stage: StageName, size: ModelSize = 'tiny'): Settings => ({
  ...STAGES[stage].settings.parse({}),
  ...TASK_SETTINGS[task]?.[stage],
  ...SIZE_SETTINGS[size]?.[stage],
});

/** A stage's settings in a configuration: defaults with the given changes on top. */
export const resolvedSettings = (
  config: Pick<LabConfig, 'task' | 'size'>,
  stage: StageName,
  changes: Settings = {},
): Settings => ({ ...defaultSettings(config.task, stage, config.size), ...given(changes) });

/** Without what is there, but undefined: that says no more than what is not there. */
export const given = (changes: Settings): Settings =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));

/** The plan without what is switched off, however that is written: equal plans are written alike. */
export const plainPlan = (plan: EvaluationPlan): EvaluationPlan =>
  Object.fromEntries(
    Object.entries(given({ ...plan })).filter(
      ([, value]) => value !== false && !(Array.isArray(value) && value.length === 0),
    ),
  ) as unknown as EvaluationPlan;

export interface ConfigProblem {
  /** Address of what is wrong, for example `ppo.klCoef`, `ppo/sft.steps` or `seed`. */
  path: string;
  message: Message;
}

/**
 * Ids that an arm may not have: addresses begin with them, or (`constructor`) every object already has something
 * of that name.
 */
const RESERVED = ['teacher', 'evaluation', 'constructor'];

/** Every problem of a configuration; empty when it can run. */
export function configProblems(config: LabConfig): ConfigProblem[] {
  const shape = shapeProblems(labConfigSchema, config);
  if (shape.length > 0) return shape;
  const problems: ConfigProblem[] = [];
  const check = (path: string, stage: StageName, changes: Settings = {}) => {
    const settings = resolvedSettings(config, stage, changes);
    const errors = settingErrors(STAGES[stage].settings, settings);
    for (const e of errors) problems.push({ path: `${path}.${e.name}`, message: e.message });
    if (errors.length > 0) return;
    for (const p of STAGES[stage].check?.(settings as never) ?? [])
      problems.push({ path: `${path}.${p.name}`, message: p.message });
  };
  for (const stage of TRUNK_STAGES) {
    check(stage, stage, config.trunk[stage]);
    check(`teacher/${stage}`, stage, config.teacher?.trunk[stage]);
  }
  const ids = new Set<string>(TRUNK_STAGES);
  for (const arm of config.arms) {
    if (RESERVED.includes(arm.id))
      problems.push({ path: arm.id, message: { code: 'name.reserved', values: {} } });
    if (ids.has(arm.id)) problems.push({ path: arm.id, message: { code: 'name.twice', values: {} } });
    ids.add(arm.id);
    check(arm.id, arm.stage, arm.settings);
    for (const stage of TRUNK_STAGES) check(`${arm.id}/${stage}`, stage, arm.trunk?.[stage]);
  }
  return problems;
}

/** A fresh configuration for a task: PPO and DPO from one trunk. */
export const defaultLabConfig = (task = 'review'): LabConfig =>
  labConfigSchema.parse({
    task,
    arms: [
      { id: 'ppo', name: 'PPO', stage: 'ppo', settings: {} },
      { id: 'dpo', name: 'DPO', stage: 'dpo', settings: {} },
    ],
  });
