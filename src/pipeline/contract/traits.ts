import type { Role } from './artifacts';
import type { FigureDeclarations } from './figures';
import type { StageFormula } from './formula';

/**
 * Where a stage stands. `trunk`: under the arms, where it usually fills some roles and may fill others if an arm
 * asks for it. `offered`: an arm that the page offers to add. `lecture`: an arm that comes with demos. `shared`: beside
 * the arms, work that several of them need.
 */
export type Place =
  | { kind: 'trunk'; fills: readonly Role[]; mayFill: readonly Role[] }
  | { kind: 'offered'; armName: string }
  | { kind: 'lecture'; armName: string }
  | { kind: 'shared' };

/** Headings that training metrics stand under; `hidden` ones only repeat the horizontal axis. */
export const METRIC_GROUPS = ['loss', 'reward', 'logps', 'policy', 'value', 'heldOut', 'optimiser'] as const;
export type MetricGroup = (typeof METRIC_GROUPS)[number];
export type MetricDeclarations = Readonly<Record<string, MetricGroup | 'hidden'>>;

/**
 * A figure that stands beside the stage in the picture of the pipeline: of its latest evaluation, or of its summary
 * and until that is there the first of these metrics that was logged, under the name `meanwhile` if it is another.
 */
export type Headline =
  | { figure: string; from: 'evaluation' }
  | { figure: string; from: 'summary'; until: readonly string[]; meanwhile?: string };

/** Curve that describes how the true reward follows √KL along the way of an arm (Gao et al. 2022). */
export type FitForm = 'rl' | 'best-of-n';

/** What a stage is, for everything that treats stages alike: graph, charts, tables, samples, command line. */
export interface StageTraits<Settings> {
  place: Place;
  /** What its training looks at; null where nothing is trained. */
  learnsFrom: 'text' | 'demonstrations' | 'labels' | 'reward' | null;
  /** Training metrics and measurements it logs, by heading. */
  metrics: MetricDeclarations;
  /** What stands in its summary. */
  figures: FigureDeclarations;
  headline: readonly Headline[];
  /** A way in time, or a ladder of points to choose from. Default: a way in time. */
  course?: 'run' | 'ladder';
  /**
   * What an arm is measured against: SFT's answers to the same prompts, nothing (`itself`: it is the model that
   * would be the reference), or right answers to questions (`tasks`). Default: SFT.
   */
  comparedWith?: 'sft' | 'itself' | 'tasks';
  fit?: FitForm;
  /** It belongs to no task: the same result whatever the task. */
  taskFree?: true;
  /**
   * How many answers of SFT to each prompt of an evaluation it looks at. They are drawn once for all arms of a run, as
   * many as the one that wants most; an arm is given them or draws the same itself.
   */
  referenceAnswers?(settings: Settings): number;
  /** Its artifact answers the task's prompts as a policy of its own. Default: no. */
  answersPrompts?(settings: Settings): boolean;
  /** No method but the best that any could do. Default: no. */
  isLimit?(settings: Settings): boolean;
  /** What it minimises, or how labels come about, under these settings. */
  formula?(settings: Settings): StageFormula;
}
