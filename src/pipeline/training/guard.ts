import type { LanguageModel, UpdateReport } from '../../engine/types';
import { message } from '../../messages';
import { DivergedError } from '../contract/stage';

/**
 * Watches a training run for numbers that are no longer finite. Keeps the last good weights, so that a
 * run that breaks loses at most one logging interval.
 */
export class DivergenceGuard {
  private good: { update: number; weights: Float32Array } | undefined;

  constructor(
    private readonly stage: string,
    private readonly model: LanguageModel,
    private readonly learningRate: number,
  ) {}

  /** Call before the first update: a run that breaks at once falls back to where it began. */
  async start(): Promise<void> {
    this.good = { update: 0, weights: await this.model.weights() };
  }

  /** Call with every report that was read, best with the weights after it. Throws a DivergedError that names the update and the likely cause. */
  async check(update: number, report: Pick<UpdateReport, 'loss' | 'gradNorm' | 'weights'>): Promise<void> {
    if (Number.isFinite(report.loss) && Number.isFinite(report.gradNorm)) {
      const weights = report.weights ?? (await this.model.weights());
      if (weights.every(Number.isFinite)) {
        this.good = { update, weights };
        return;
      }
    }
    const what = Number.isFinite(report.loss) ? 'weights' : 'loss';
    throw new DivergedError(
      this.stage,
      update,
      message('stage.notFinite', { what, learningRate: this.learningRate }),
      this.good && {
        update: this.good.update,
        artifact: { kind: 'model', config: this.model.config, weights: this.good.weights },
      },
    );
  }
}

/** Updates whose numbers are read back: the first, the last, and about `rows` in between. */
export const isLogged = (update: number, updates: number, rows = 100): boolean =>
  update === 1 || update === updates || update % Math.max(1, Math.round(updates / rows)) === 0;
