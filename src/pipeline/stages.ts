import { dpo } from './dpo';
import { ppo } from './ppo';
import { preferences } from './preferences';
import { pretrain } from './pretrain';
import { reward } from './reward';
import { sft } from './sft';
import type { Stage, StageName } from './stage';

/** Every stage by name. Adding one is one file and its line here. */
export const STAGES: Record<StageName, Stage<never>> = { pretrain, sft, preferences, reward, ppo, dpo };

/** Stages that can be an arm: they start from the trunk and are compared with each other. */
export const ARM_STAGES = ['ppo', 'dpo'] as const satisfies readonly StageName[];
export type ArmStage = (typeof ARM_STAGES)[number];

export const TRUNK_STAGES = [
  'pretrain',
  'sft',
  'preferences',
  'reward',
] as const satisfies readonly StageName[];
export type TrunkStage = (typeof TRUNK_STAGES)[number];
