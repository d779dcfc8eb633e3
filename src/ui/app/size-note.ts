import { MODEL_SIZES, SHIPPED_SIZES, type GptConfig, type ModelSize } from '../../model/config';
import { trainingFlops } from '../../model/cost';
import { VOCABULARY_SIZE } from '../../model/tokens';
import type { LabConfig } from '../../pipeline/lab/config';

/** A model size that a run begins to pretrain, and what that costs. */
export interface SizeNote {
  size: ModelSize;
  /** Arithmetic of a pretraining step of equally many rows, as a multiple of tiny's. */
  times: number;
}

/** The sizes of a configuration of which no base model is ready-made, each once. */
export function sizeNotes({ size, arms, teacher }: Pick<LabConfig, 'size' | 'arms' | 'teacher'>): SizeNote[] {
  const used = [size, ...arms.map((arm) => arm.size), teacher?.size];
  const open = used.filter((s): s is ModelSize => s !== undefined && !SHIPPED_SIZES.includes(s));
  return [...new Set(open)].map((s) => ({ size: s, times: stepCost(s) / stepCost('tiny') }));
}

/** Operations of a pretraining step per row: a row fills the context. */
function stepCost(size: ModelSize): number {
  const config: GptConfig = { ...MODEL_SIZES[size], vocabSize: VOCABULARY_SIZE };
  return trainingFlops(config, 1, config.nPositions);
}
