import type { Place, Role, Stage } from '../contract/stage';
import { aiFeedback } from './ai-feedback';
import { baseline } from './baseline';
import { bestOfN } from './best-of-n';
import { distil } from './distil';
import { dpo } from './dpo';
import { fewShot } from './few-shot';
import { grpo } from './grpo';
import { instruct } from './instruct';
import { kto } from './kto';
import { onlineDpo } from './online-dpo';
import { orpo } from './orpo';
import { ownLabels } from './own-labels';
import { ppo } from './ppo';
import { preferences } from './preferences';
import { preferredFt } from './preferred-ft';
import { pretrain } from './pretrain';
import { probe } from './probe';
import { reinforce } from './reinforce';
import { reward } from './reward';
import { rloo } from './rloo';
import { samples } from './samples';
import { rule } from './rule';
import { scores } from './scores';
import { sft } from './sft';
import { simpo } from './simpo';
import { tilt } from './tilt';
import { unlikelihood } from './unlikelihood';

/** Every stage. Adding one is one file and its line here; what it is it says itself. */
const ALL = [
  pretrain,
  sft,
  preferences,
  reward,
  distil,
  aiFeedback,
  rule,
  ownLabels,
  ppo,
  dpo,
  grpo,
  rloo,
  reinforce,
  kto,
  orpo,
  simpo,
  onlineDpo,
  preferredFt,
  unlikelihood,
  bestOfN,
  tilt,
  probe,
  instruct,
  fewShot,
  samples,
  scores,
  baseline,
] as const;

type Known = (typeof ALL)[number];
export type StageName = Known['name'];
type NameOf<Kind extends Place['kind']> = Extract<Known, { place: { kind: Kind } }>['name'];
export type TrunkStage = NameOf<'trunk'>;
export type ArmStage = NameOf<'offered' | 'lecture'>;

/** Every stage by name. */
export const STAGES = Object.fromEntries(ALL.map((stage) => [stage.name, stage])) as unknown as Record<
  StageName,
  Stage<never>
>;

const namesOf = <Kind extends Place['kind']>(kind: Kind) =>
  ALL.filter((stage) => stage.place.kind === kind).map((stage) => stage.name) as NameOf<Kind>[];

/** The arms that the page offers to add: they start from the trunk and are compared with each other. */
export const ARM_STAGES: readonly NameOf<'offered'>[] = namesOf('offered');
/** Further arms, behind the lecture's demos. */
export const LECTURE_STAGES: readonly NameOf<'lecture'>[] = namesOf('lecture');
export const TRUNK_STAGES: readonly TrunkStage[] = namesOf('trunk');

type Fillers<S, R> = S extends {
  name: infer N;
  place: { kind: 'trunk'; fills: readonly (infer F)[]; mayFill: readonly (infer M)[] };
}
  ? R extends F | M
    ? N
    : never
  : never;
/** Trunk stages that usually or on demand fill a role. */
export type FillerOf<R extends Role> = Fillers<Known, R>;

const fills = (stage: TrunkStage, how: 'fills' | 'mayFill', role: Role): boolean => {
  const { place } = STAGES[stage];
  return place.kind === 'trunk' && place[how].includes(role);
};

/** The stages that may fill a role, the usual one first. */
export const fillersOf = <R extends Role>(role: R): readonly FillerOf<R>[] =>
  (['fills', 'mayFill'] as const).flatMap((how) =>
    TRUNK_STAGES.filter((stage) => fills(stage, how, role)),
  ) as FillerOf<R>[];

/** The trunk stage that fills a role where nothing else is asked for. */
export const usualFiller = (role: Role): TrunkStage => fillersOf(role)[0]!;

/** That a stage is the one that usually fills a role. */
export const isUsual = (stage: StageName, role: Role): boolean => usualFiller(role) === stage;

export const isTrunkStage = (name: string): name is TrunkStage =>
  (TRUNK_STAGES as readonly string[]).includes(name);
