import type { LanguageModel } from '../engine/types';
import { createEvaluator, type Evaluator } from './evaluate';
import {
  modelOf,
  parent,
  type LanguageModelArtifact,
  type MetricsEvent,
  type Parents,
  type StageContext,
  type StageEvent,
  type StageResult,
} from './stage';
import { alignmentTax } from './tax';

/** What every alignment arm has in common: a policy and its frozen reference, both SFT, and the yardstick. */
export class Arm {
  private constructor(
    private readonly context: StageContext,
    private readonly evaluator: Evaluator,
    readonly policy: LanguageModel,
    readonly reference: LanguageModel,
  ) {}

  static async open(context: StageContext, parents: Parents): Promise<Arm> {
    const sft = parent(parents, 'sft');
    const evaluator = await createEvaluator(context, sft, parents.reward);
    return new Arm(context, evaluator, modelOf(context, sft), modelOf(context, sft));
  }

  /** Passes training rows on and measures the policy at the start and at even intervals. */
  async *watch(
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
    const evaluation = await this.evaluator.evaluate(this.policy, this.context.evaluation.prompts);
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
  ): AsyncGenerator<StageEvent, StageResult<LanguageModelArtifact>, void> {
    const evaluation = {
      ...(await this.evaluator.evaluate(this.policy, this.context.evaluation.finalPrompts)),
      ...(this.context.evaluation.tax ? await alignmentTax(this.context, this.policy) : {}),
    };
    const weights = await this.policy.weights();
    const { update, updates, samples, tokens } = last;
    yield { type: 'evaluation', update, updates, samples, tokens, evaluation, weights };
    return {
      artifact: { kind: 'model', config: this.policy.config, weights },
      summary: { ...evaluation },
    };
  }

  dispose(): void {
    this.evaluator.dispose();
    this.policy.dispose();
    this.reference.dispose();
  }
}
