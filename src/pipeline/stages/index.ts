import { aiFeedback } from './ai-feedback';
import { bestOfN } from './best-of-n';
import { distil } from './distil';
import { dpo } from './dpo';
import { fewShot } from './few-shot';
import { instruct } from './instruct';
import { onlineDpo } from './online-dpo';
import { ppo } from './ppo';
import { preferences } from './preferences';
import { preferredFt } from './preferred-ft';
import { pretrain } from './pretrain';
import { probe } from './probe';
import { reward } from './reward';
import { sft } from './sft';
import type { Stage, StageName } from '../contract/stage';
import { tilt } from './tilt';
import { unlikelihood } from './unlikelihood';

/** Every stage by name. Adding one is one file and its line here. */
export const STAGES: Record<StageName, Stage<never>> = {
  pretrain,
  sft,
  preferences,
  reward,
  distil,
  'ai-feedback': aiFeedback,
  ppo,
  dpo,
  'online-dpo': onlineDpo,
  'preferred-ft': preferredFt,
  unlikelihood,
  'best-of-n': bestOfN,
  tilt,
  probe,
  instruct,
  'few-shot': fewShot,
};

/** The arms that the page offers to add: they start from the trunk and are compared with each other. */
export const ARM_STAGES = ['ppo', 'dpo'] as const satisfies readonly StageName[];

/** Further arms, behind the lecture's demos. Every one but the last two is measured like PPO and DPO. */
export const LECTURE_STAGES = [
  'online-dpo',
  'preferred-ft',
  'unlikelihood',
  'best-of-n',
  'tilt',
  'probe',
  'instruct',
  'few-shot',
] as const satisfies readonly StageName[];
export type ArmStage = (typeof ARM_STAGES)[number] | (typeof LECTURE_STAGES)[number];

export const TRUNK_STAGES = [
  'pretrain',
  'sft',
  'preferences',
  'reward',
  'distil',
  'ai-feedback',
] as const satisfies readonly StageName[];
export type TrunkStage = (typeof TRUNK_STAGES)[number];
