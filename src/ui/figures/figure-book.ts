import type { Figures } from '../../pipeline/records/claims';
import { derivedFigures, type FinishedArm } from '../../pipeline/measures/derived';
import { partnersOf } from '../../pipeline/records/partners';
import type { StoredRun } from '../../pipeline/records/recording';
import { formatFigure, type FigureName } from '../../pipeline/contract/figures';
import { STAGES } from '../../pipeline/stages';
import { FIGURES, isLimit, parseFigure } from '../../pipeline/stages/traits';
import { spreadOf, type Spread } from '../../pipeline/records/verdict';
import { latestMetric } from '../store/series';
import type { StageModel } from '../store/snapshot';

/** A figure of this run: final, or the latest so far. */
export interface LiveFigure {
  value: number;
  final: boolean;
}

/** `reward.accuracy` as stage of the trunk and figure; undefined for a figure of the arm itself. */
function trunkFigure(name: string): { stage: string; figure: string } | undefined {
  const { stage, ...figure } = parseFigure(name);
  return stage === undefined ? undefined : { stage, figure: formatFigure(figure) };
}

/** The stage of this kind that an arm builds on, directly or not. */
export function ancestorOf(
  stages: readonly StageModel[],
  arm: StageModel,
  kind: string,
): StageModel | undefined {
  const inputs = Object.values(arm.inputs).flatMap((id) => stages.find((s) => s.id === id) ?? []);
  const direct = inputs.find((s) => s.stage === kind);
  if (direct) return direct;
  for (const input of inputs) {
    const found = ancestorOf(stages, input, kind);
    if (found) return found;
  }
  return undefined;
}

/** A figure of one stage, without looking at what it builds on. */
export function figureOf(stage: StageModel, name: string): LiveFigure | undefined {
  const final = stage.summary?.[name];
  if (stage.status === 'done') return final === undefined ? undefined : { value: final, final: true };
  if (stage.status !== 'running' && stage.status !== 'paused') return undefined;
  const evaluation = stage.evaluations.at(-1)?.evaluation as Record<string, number | undefined> | undefined;
  const value = evaluation?.[name] ?? latestMetric(stage.rows, name);
  return value === undefined ? undefined : { value, final: false };
}

const known = new WeakMap<readonly FinishedArm[], Record<string, Record<string, number>>>();

/** Figures that exist only between arms: gap to the limit, win rates over each other. Of arms that are done. */
function betweenArms(stages: readonly StageModel[]): Record<string, Record<string, number>> {
  const arms = finishedArms(stages);
  let derived = known.get(arms);
  if (!derived) known.set(arms, (derived = derivedFigures(arms)));
  return derived;
}

let last: { summaries: unknown[]; arms: FinishedArm[] } = { summaries: [], arms: [] };

/** The same list while no arm has been added or redone: comparing all pairs takes a while. */
function finishedArms(stages: readonly StageModel[]): FinishedArm[] {
  const done = stages.filter((s) => s.isArm && s.status === 'done' && s.summary);
  const summaries = done.map((s) => s.summary);
  const same =
    summaries.length === last.summaries.length && summaries.every((s, i) => s === last.summaries[i]);
  if (!same) last = { summaries, arms: done.flatMap(finished) };
  return last.arms;
}

function finished(arm: StageModel): FinishedArm[] {
  const { id, inputs, summary, evaluations, answers } = arm;
  const { gold, kl } = summary!;
  if (gold === undefined || kl === undefined) return [];
  const path = evaluations.map((p) => p.evaluation);
  return [
    { id, isLimit: isLimit(arm), reference: inputs.sft, final: { gold, kl }, evaluations: path, answers },
  ];
}

/** Final figures of the stages whose results belong to the settings in the form. */
export function finalFigures(stages: readonly StageModel[]): Figures {
  const between = betweenArms(stages);
  return Object.fromEntries(
    stages.flatMap((s) =>
      s.status === 'done' && s.summary ? [[s.id, { ...between[s.id], ...s.summary }] as const] : [],
    ),
  );
}

/** A model that is measured as it is would be compared with what it started from: itself. */
const isAgainstItself = (arm: StageModel, name: string): boolean =>
  STAGES[arm.stage].comparedWith === 'itself' && FIGURES[name]?.relative === true;

/** All figures of all arms, of this run and of the recorded seeds. */
export class FigureBook {
  readonly arms: readonly StageModel[];
  private readonly final: Figures;

  constructor(
    private readonly stages: readonly StageModel[],
    /** Runs of the lesson as it was set up; none while they are not to be shown. */
    readonly runs: readonly StoredRun[],
    /** Stages and arms that these runs are about. */
    private readonly unchanged: ReadonlySet<string>,
  ) {
    this.arms = stages.filter((s) => s.isArm);
    this.final = finalFigures(stages);
  }

  live(arm: StageModel, name: string): LiveFigure | undefined {
    if (isAgainstItself(arm, name)) return undefined;
    const under = trunkFigure(name);
    if (under) {
      const stage = ancestorOf(this.stages, arm, under.stage);
      return stage && figureOf(stage, under.figure);
    }
    const value = this.final[arm.id]?.[name];
    return typeof value === 'number' ? { value, final: true } : figureOf(arm, name);
  }

  /** Over the recorded seeds. What compares two arms is there while neither has been changed. */
  recorded(arm: StageModel, name: string): Spread | undefined {
    const about = [arm.id, ...partnersOf(name, this.arms)];
    if (!about.every((id) => this.unchanged.has(id)) || isAgainstItself(arm, name)) return undefined;
    const under = trunkFigure(name);
    const stage = under && ancestorOf(this.stages, arm, under.stage);
    const values = this.runs
      .map(({ summary }) =>
        under ? summary.trunk[stage?.id ?? '']?.[under.figure] : summary.arms[arm.id]?.[name],
      )
      .filter((value) => typeof value === 'number');
    return values.length ? spreadOf(values) : undefined;
  }

  /** Some arm has it, now or recorded. */
  has(name: string): boolean {
    return this.arms.some((arm) => this.live(arm, name) ?? this.recorded(arm, name));
  }

  /** This run's value, else the mean of the recorded seeds. */
  value(arm: StageModel, name: string): number | undefined {
    return this.live(arm, name)?.value ?? this.recorded(arm, name)?.mean;
  }

  /** Where an arm stands on an axis: a setting of it or of its trunk, or one of its figures. */
  position(arm: StageModel, name: string): number | undefined {
    const setting = this.setting(arm, name);
    return typeof setting === 'number' ? setting : this.value(arm, name);
  }

  /** A setting of an arm (`clusters`) or of the trunk under it (`sft.source`). */
  setting(arm: StageModel, name: string): unknown {
    const under = trunkFigure(name);
    if (!under) return (arm.made ?? arm).settings[name];
    const stage = ancestorOf(this.stages, arm, under.stage);
    return (stage?.made ?? stage)?.settings[under.figure];
  }

  /** The variations of a figure that some arm has: temperatures, opponents. */
  variationsOf(base: string): FigureName[] {
    const names = this.arms.flatMap((arm) => [
      ...Object.keys(this.final[arm.id] ?? {}),
      ...this.runs.flatMap((run) => Object.keys(run.summary.arms[arm.id] ?? {})),
    ]);
    return [...new Set(names)].map(parseFigure).filter((name) => name.base === base);
  }
}
