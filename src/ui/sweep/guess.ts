import { MODEL_SIZES, type ModelSize } from '../../model/config';
import { trainingFlops } from '../../model/cost';
import { VOCABULARY_SIZE } from '../../model/tokens';
import type { EvaluationPlan } from '../../pipeline/contract/stage';
import type { GraphNode } from '../../pipeline/lab/graph';
import { workOf, type Pace } from '../../pipeline/lab/queue';
import { STAGES } from '../../pipeline/stages';
import type { EngineReport } from '../../worker/api';

/** Rows and words of the training step that engines are timed by (`engine/create.ts`), of the model `tiny`. */
const TRIAL = { rows: 32, length: 48 };

/** Passes over a sample of training, in training steps of one row: a pair has two answers and a reference. */
const PASSES = { labels: 3, reward: 8, text: 1, demonstrations: 1 } as const;

const stepOf = (size: ModelSize): number =>
  trainingFlops({ ...MODEL_SIZES[size], vocabSize: VOCABULARY_SIZE }, TRIAL.rows, TRIAL.length);

/** Milliseconds of a training step of the chosen engine, where it was timed. */
export const msPerStep = ({ info, considered }: EngineReport): number | undefined =>
  considered.find(({ backend, kind }) => backend === info.backend && kind === info.kind)?.msPerStep;

/** What stages take by the speed test of the engine: right within a factor of a few, for want of anything better. */
export const guesses = (nodes: readonly GraphNode[], plan: EvaluationPlan, ms: number): Pace[] =>
  nodes.map(({ stage, size, settings }) => {
    const { learnsFrom, place } = STAGES[stage];
    const measured = place.kind === 'trunk' ? 0 : 2 * (plan.times * plan.prompts + plan.finalPrompts);
    const rows = workOf(settings) * (learnsFrom ? PASSES[learnsFrom] : 2) + measured;
    const seconds = ((ms / 1000) * (rows / TRIAL.rows) * stepOf(size)) / stepOf('tiny');
    return { stage, size, settings, seconds };
  });
