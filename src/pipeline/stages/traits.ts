import {
  parseFigure as parse,
  type FigureDeclarations,
  type FigureInfo,
  type FigureName,
} from '../contract/figures';
import type { StageFormula } from '../contract/formula';
import { STAGES, TRUNK_STAGES, type ArmStage, type StageName } from '.';

/** A stage in a run, as much of it as traits depend on; settings that are not given are the stage's defaults. */
export interface StageInUse {
  stage: StageName;
  settings: Readonly<Record<string, unknown>>;
}

const complete = ({ stage, settings }: StageInUse): never =>
  ({ ...STAGES[stage].settings.parse({}), ...settings }) as never;

/** No method but the best that any could do. */
export const isLimit = (use: StageInUse): boolean => STAGES[use.stage].isLimit?.(complete(use)) ?? false;

/** Its artifact answers the task's prompts as a policy of its own. */
export const answersPrompts = (use: StageInUse): boolean =>
  STAGES[use.stage].answersPrompts?.(complete(use)) ?? false;

/** It answers the held-out prompts once each, so that its arm is compared with others in pairs. */
export const hasAnswers = ({ stage }: Pick<StageInUse, 'stage'>): boolean =>
  STAGES[stage].answersPrompts !== undefined;

/** The formula under these settings; undefined where none is shown. */
export const formulaOf = (use: StageInUse): StageFormula | undefined =>
  STAGES[use.stage].formula?.(complete(use));

/** Measurements are a ladder of choices, not a way in time. */
export const isLadder = ({ stage }: Pick<StageInUse, 'stage'>): boolean => STAGES[stage].course === 'ladder';

/** Name of a fresh arm. */
export function armName(stage: ArmStage): string {
  const { place } = STAGES[stage];
  return 'armName' in place ? place.armName : stage;
}

/** Every figure that some stage declares; what several declare they declare alike. */
export const FIGURES: FigureDeclarations = (() => {
  const all: Record<string, FigureInfo> = {};
  for (const { figures } of Object.values(STAGES))
    for (const [name, info] of Object.entries(figures)) all[name] = { ...info, ...all[name] };
  return all;
})();

const VOCABULARY = { figures: FIGURES, stages: TRUNK_STAGES };

/** Takes the name of a figure apart. */
export const parseFigure = (name: string): FigureName => parse(name, VOCABULARY);

/** What is known of a figure by name; of one that nobody declares, that it is a number. */
export function figureInfo(name: string): FigureInfo {
  const { base } = parseFigure(name);
  return (Object.hasOwn(FIGURES, base) ? FIGURES[base] : undefined) ?? { kind: 'number', digits: 1 };
}
