import type { AdamWOptions, LossTerm } from '../engine/types';
import { MODEL_SIZES, type GptConfig } from '../model/config';
import { trainingFlops } from '../model/cost';
import { initialWeights } from '../model/parameters';
import { negativeLogLikelihood } from '../pipeline/losses/sft';
import { rngFrom } from '../random/rng';

/** What one training step works on: B rows of T tokens through one model. */
export interface Shape {
  name: string;
  config: GptConfig;
  rows: number;
  length: number;
}

/** The toy world's vocabulary; random tokens serve as well as real ones. */
const VOCABULARY = 357;

/**
 * `nano`, `tiny` and `small` as in the lab, on a batch like the lab's. `overhead` has next to no
 * arithmetic: what remains is the price of asking the device. `medium` is the lab's own pretraining batch.
 * `tinygpt` is a shape of another trainer, see published.ts.
 */
export const SHAPES = {
  overhead: shape('overhead', { nPositions: 64, nEmbd: 64, nLayer: 2, nHead: 4 }, 1, 8),
  nano: shape('nano', MODEL_SIZES.nano, 64, 48),
  tiny: shape('tiny', MODEL_SIZES.tiny, 64, 48),
  small: shape('small', MODEL_SIZES.small, 64, 48),
  medium: shape('medium', MODEL_SIZES.medium, 32, 128),
  tinygpt: shape('tinygpt', { nPositions: 96, nEmbd: 128, nLayer: 4, nHead: 4 }, 16, 96, 256),
} satisfies Record<string, Shape>;

export type ShapeName = keyof typeof SHAPES;

export function shape(
  name: string,
  size: Omit<GptConfig, 'vocabSize'>,
  rows: number,
  length: number,
  vocabSize = VOCABULARY,
): Shape {
  return { name, config: { ...size, vocabSize }, rows, length };
}

/** The same model on two short rows (or one, where it is wide): fifty steps of it are cheap even in plain JavaScript. */
export const checkShape = (s: Shape): Shape =>
  s.config.nEmbd < 256 ? { ...s, rows: 2, length: Math.min(16, s.length) } : { ...s, rows: 1, length: 8 };

/** Every contender trains with these (gpt-tfjs: without the decay, which it cannot switch on). */
export const ADAM: AdamWOptions = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.95,
  epsilon: 1e-8,
  weightDecay: 0.01,
  maxGradNorm: 1,
};

const BATCHES = 4;

/** A few batches of random tokens, the same for every contender; step s uses batch s modulo their number. */
export function batchesOf({ config, rows, length }: Shape): number[][][] {
  const rng = rngFrom(2, 'bench');
  const row = () => Array.from({ length }, () => rng.int(3, config.vocabSize - 1));
  return Array.from({ length: BATCHES }, () => Array.from({ length: rows }, row));
}

export const weightsOf = ({ config }: Shape): Float32Array => initialWeights(config, rngFrom(1, 'bench'));

/** The pretraining loss on one batch. */
export const termOf = (batch: readonly (readonly number[])[]): LossTerm => ({
  batch: batch.map((ids) => ({ ids, start: 1 })),
  want: { logProbs: true },
  loss: negativeLogLikelihood,
});

/** Useful floating-point operations of one training step. */
export const flopsPerStep = ({ config, rows, length }: Shape): number => trainingFlops(config, rows, length);

/** Rollouts as in the lab: 16 tokens of prompt, 24 new ones; `<eos>` banned, so that every row runs on. */
export const ROLLOUT = { prompt: 16, fresh: 24, banned: [2] };
