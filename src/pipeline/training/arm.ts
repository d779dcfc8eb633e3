import type { LanguageModel } from '../../engine/types';
import { DISPLACEMENT_FIGURES, displacement } from '../measures/displacement';
import { unpackedBaseline } from '../measures/baseline';
import { DERIVED_FIGURES } from '../measures/derived';
import { createEvaluator, EVALUATION_FIGURES, type Evaluator, type Measured } from '../measures/evaluate';
import { LABELER_FIGURES, labelerWinRates } from '../measures/labeler-panel';
import { fitOveroptimization, PEAK_FIGURES, type PathPoint } from '../maths/overoptimization';
import { atTemperatures } from '../measures/temperatures';
import type { FigureDeclarations } from '../contract/figures';
import {
  modelOf,
  parent,
  type LanguageModelArtifact,
  type MetricsEvent,
  type Parents,
  type PreferencePair,
  type StageContext,
  type StageEvent,
  type StageResult,
} from '../contract/stage';
import { alignmentTax, TAX_FIGURES } from '../measures/tax';

/** What the summary of an arm may hold that is measured like all others. */
export const ARM_FIGURES = {
  ...EVALUATION_FIGURES,
  ...DERIVED_FIGURES,
  ...DISPLACEMENT_FIGURES,
  ...PEAK_FIGURES,
  ...LABELER_FIGURES,
  ...TAX_FIGURES,
} satisfies FigureDeclarations;

/** What stands beside an arm that is measured against SFT. */
export const ARM_HEADLINE = (['winRate', 'gold', 'kl'] as const).map((figure) => ({
  figure,
  from: 'evaluation' as const,
}));

/** What every alignment arm has in common: a policy and its frozen reference, both SFT, and the yardstick. */
export class Arm {
  /** Where the arm has been: the evaluations so far. */
  private readonly path: PathPoint[] = [];
  private lastMeasured: number | undefined;

  private constructor(
    private readonly context: StageContext,
    private readonly evaluator: Evaluator,
    readonly policy: LanguageModel,
    readonly reference: LanguageModel,
    private readonly heldOutPairs: readonly PreferencePair[],
  ) {}

  static async open(context: StageContext, parents: Parents): Promise<Arm> {
    const sft = parent(parents, 'sft');
    const known = parents.baseline && unpackedBaseline(parents.baseline);
    const evaluator = await createEvaluator(context, sft, parents.reward, known);
    const heldOutPairs = parents.preferences ? parent(parents, 'preferences').heldOut : [];
    return new Arm(context, evaluator, modelOf(context, sft), evaluator.reference, heldOutPairs);
  }

  /**
   * The whole arm: training rows in between the first and the last measurement, and what came of it. `updates` is how
   * many were planned; `more` adds headline figures of the rows. Without a row nothing has been trained: the arm is
   * then measured as it began.
   */
  async *run(
    updates: number,
    rows: AsyncGenerator<MetricsEvent, void, void>,
    more: (rows: readonly MetricsEvent[]) => Record<string, number> = () => ({}),
  ): AsyncGenerator<StageEvent, StageResult<LanguageModelArtifact>, void> {
    const seen: MetricsEvent[] = [];
    for await (const event of this.watch(updates, rows)) {
      if (event.type === 'metrics') seen.push(event);
      yield event;
    }
    return yield* this.finish(seen.at(-1) ?? { update: 0, updates, samples: 0, tokens: 0 }, more(seen));
  }

  /** The update after which the policy was last measured on the way; undefined before the first time. */
  get measuredAt(): number | undefined {
    return this.lastMeasured;
  }

  /** Passes training rows on and measures the policy at the start and at even intervals. */
  private async *watch(
    updates: number,
    rows: AsyncGenerator<MetricsEvent, void, void>,
  ): AsyncGenerator<StageEvent, void, void> {
    yield await this.measure({ update: 0, updates, samples: 0, tokens: 0 });
    const every = updates / this.context.evaluation.times;
    let due = every;
    for await (const row of rows) {
      yield row;
      if (row.update >= updates || row.update < due) continue;
      while (due <= row.update) due += every;
      yield await this.measure(row);
    }
  }

  private async measure(
    at: Pick<MetricsEvent, 'update' | 'updates' | 'samples' | 'tokens'>,
  ): Promise<StageEvent> {
    const { update, updates, samples, tokens } = at;
    const { prompts } = this.context.evaluation;
    this.lastMeasured = update;
    const { evaluation } = await (update === 0
      ? this.evaluator.evaluateSft(prompts) // nothing has been trained
      : this.evaluator.evaluate(this.policy, prompts));
    this.path.push(evaluation);
    return {
      type: 'evaluation',
      update,
      updates,
      samples,
      tokens,
      evaluation,
      weights: await this.policy.weights(),
    };
  }

  /** The final evaluation, as an event and as the arm's result. */
  async *finish(
    last: Pick<MetricsEvent, 'update' | 'updates' | 'samples' | 'tokens'>,
    more: Record<string, number> = {},
  ): AsyncGenerator<StageEvent, StageResult<LanguageModelArtifact>, void> {
    const measured = await this.evaluator.evaluate(this.policy, this.context.evaluation.finalPrompts);
    const evaluation = {
      ...measured.evaluation,
      ...(this.context.evaluation.tax ? await alignmentTax(this.context, this.policy) : {}),
    };
    const weights = await this.policy.weights();
    const { update, updates, samples, tokens } = last;
    yield { type: 'evaluation', update, updates, samples, tokens, evaluation, weights };
    return {
      artifact: { kind: 'model', config: this.policy.config, weights },
      summary: { ...evaluation, ...(await this.extras(measured)), ...more },
      answers: measured.answers,
    };
  }

  /** Further headline figures: where the path peaked, and whatever else the run asks for. */
  private async extras({ evaluation, completions, answers }: Measured): Promise<Record<string, number>> {
    const { evaluator, context, policy, reference, heldOutPairs } = this;
    const { temperatures = [], labelers } = context.evaluation;
    return {
      ...fitOveroptimization('rl', [...this.path, evaluation]),
      ...(heldOutPairs.length ? await displacement(policy, reference, heldOutPairs) : {}),
      ...(await atTemperatures(context, policy, evaluator, temperatures, answers.gold)),
      ...(labelers === undefined ? {} : labelerWinRates(context, evaluator, completions, labelers)),
    };
  }

  dispose(): void {
    this.evaluator.dispose();
    this.policy.dispose();
  }
}
