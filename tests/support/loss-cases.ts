import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction, Wanted } from '../../src/engine/types';
import { dpoLoss, type DpoOptions } from '../../src/pipeline/losses/dpo';
import { GRPO_NORMALISATIONS, grpoLoss } from '../../src/pipeline/losses/grpo';
import { ktoLoss } from '../../src/pipeline/losses/kto';
import { maskedMean, shareGreater } from '../../src/pipeline/losses/masked';
import { ppoPolicyLoss, ppoValueLoss } from '../../src/pipeline/losses/ppo';
import { meanLogProbs, orpoOddsLoss, simpoLoss } from '../../src/pipeline/losses/reference-free';
import { reinforceLoss } from '../../src/pipeline/losses/reinforce';
import { pairwiseRewardLoss, rewardModelLoss } from '../../src/pipeline/losses/reward';
import { negativeLogLikelihood, sftLoss } from '../../src/pipeline/losses/sft';
import { unlikelihoodLoss } from '../../src/pipeline/losses/unlikelihood';

/** Every loss of src/pipeline/losses with its settings, as stages use it, for rows of completions below. */
export interface LossCase {
  name: string;
  want: Wanted;
  loss: LossFunction;
}

/** Tokens of the completions of each row: chosen answers, then rejected ones. */
export const LENGTHS = [4, 2, 5, 1, 3, 5];
const [B, C, P] = [LENGTHS.length, Math.max(...LENGTHS), LENGTHS.length / 2];

/** Reproducible numbers of about the size of x, [B, C]. */
const spread = (scale: number, shift: number) =>
  Array.from({ length: B * C }, (_, i) => shift + scale * Math.sin(1.7 * i + 10 * scale));

const dpo =
  (options: DpoOptions, sftCoef = 0): LossFunction =>
  ({ logProbs, mask }) => {
    const sums = tf.sum(logProbs, 1) as tf.Tensor1D;
    const [chosen, rejected] = [tf.slice1d(sums, 0, P), tf.slice1d(sums, P, P)];
    const [a, b] = [tf.tensor1d([-6.1, -2.5, -7.3]), tf.tensor1d([-1.9, -4.4, -6.6])];
    const { losses, chosenRewards, rejectedRewards } = dpoLoss(chosen, rejected, a, b, options);
    const onChosen = maskedMean(tf.slice2d(logProbs, [0, 0], [P, C]), tf.slice2d(mask, [0, 0], [P, C]));
    return {
      loss: tf.sub(tf.mean(losses), tf.mul(sftCoef, onChosen)) as tf.Scalar,
      metrics: {
        chosen: tf.mean(chosenRewards) as tf.Scalar,
        margins: tf.mean(tf.sub(chosenRewards, rejectedRewards)) as tf.Scalar,
        accuracies: shareGreater(chosenRewards, rejectedRewards),
        reference: tf.mean(a) as tf.Scalar, // of numbers that were never on the device
      },
    };
  };

const dpoCases = (['sigmoid', 'ipo', 'hinge'] as const).flatMap((lossType) =>
  [
    { labelSmoothing: 0, referenceFree: false, sftCoef: 0 },
    { labelSmoothing: 0.1, referenceFree: true, sftCoef: 0.3 },
  ].map(({ sftCoef, ...options }): LossCase => ({
    name: `DPO ${lossType} ${JSON.stringify(options)}`,
    want: { logProbs: true },
    loss: dpo({ beta: 0.3, lossType, ...options }, sftCoef),
  })),
);

const ppo = (clip: number | null, valueClip: number | null): LossCase => ({
  name: `PPO clip ${clip}, value clip ${valueClip}`,
  want: { logProbs: true, entropy: true, values: true },
  loss: ({ logProbs, entropy, values, mask }) => {
    const [oldLogProbs, advantages] = [tf.tensor2d(spread(0.4, -1.5), [B, C]), tf.tensor2d(spread(1, 0), [B, C])]; // prettier-ignore
    const [oldValues, returns] = [tf.tensor2d(spread(0.5, 0), [B, C]), tf.tensor2d(spread(0.7, 0.1), [B, C])]; // prettier-ignore
    const policy = ppoPolicyLoss(logProbs, oldLogProbs, advantages, mask, clip);
    const value = ppoValueLoss(values, oldValues, returns, mask, valueClip);
    const meanEntropy = maskedMean(entropy, mask);
    const { loss, ...metrics } = policy;
    return {
      loss: tf.addN([loss, tf.mul(0.5, value.loss), tf.mul(-0.05, meanEntropy)]) as tf.Scalar,
      metrics: { ...metrics, valueLoss: value.loss, valueClip: value.clipFraction, entropy: meanEntropy },
    };
  },
});

/** One advantage for each answer. */
const ADVANTAGES = [1.2, -0.4, 0, -1, 0.7, -0.5];

const onMeans = (
  name: string,
  lossOf: (chosen: tf.Tensor1D, rejected: tf.Tensor1D) => tf.Tensor,
): LossCase => ({
  name,
  want: { logProbs: true },
  loss: ({ logProbs, mask }) => {
    const means = meanLogProbs(logProbs, mask);
    return { loss: tf.mean(lossOf(tf.slice1d(means, 0, P), tf.slice1d(means, P, P))) as tf.Scalar };
  },
});

export const LOSS_CASES: LossCase[] = [
  { name: 'language model', want: { logProbs: true }, loss: negativeLogLikelihood },
  { name: 'SFT', want: { logProbs: true, entropy: true }, loss: sftLoss },
  {
    name: 'unlikelihood',
    want: { logProbs: true },
    loss: ({ logProbs, mask }) => ({ loss: unlikelihoodLoss(logProbs, mask) }),
  },
  { name: 'Bradley–Terry', want: { scores: true }, loss: rewardModelLoss },
  ...[0.3, 'of each pair'].map((margin): LossCase => ({
    name: `Bradley–Terry, margin ${margin}`,
    want: { scores: true },
    loss: ({ scores }) => {
      const [chosen, rejected] = [tf.slice1d(scores, 0, P), tf.slice1d(scores, P, P)];
      const by = typeof margin === 'number' ? margin : tf.tensor1d([0.1, 0, 1.5]);
      return { loss: tf.mean(pairwiseRewardLoss(chosen, rejected, by)) as tf.Scalar };
    },
  })),
  ...dpoCases,
  ...[0.2, null].flatMap((clip) => [0.2, null].map((valueClip) => ppo(clip, valueClip))),
  ...GRPO_NORMALISATIONS.map((normalisation): LossCase => ({
    name: `GRPO ${normalisation}`,
    want: { logProbs: true },
    loss: ({ logProbs, mask }) => {
      const [old, reference] = [tf.tensor2d(spread(0.4, -1.5), [B, C]), tf.tensor2d(spread(0.6, -1.4), [B, C])]; // prettier-ignore
      const options = { clipRange: 0.2, clipHigh: 0.28, beta: 0.1, normalisation, maxLength: 8 };
      const { loss, ...metrics } = grpoLoss(logProbs, old, reference, tf.tensor2d(ADVANTAGES, [B, 1]), mask, options); // prettier-ignore
      return { loss, metrics };
    },
  })),
  { name: 'REINFORCE', want: { logProbs: true }, loss: reinforceLoss(ADVANTAGES) },
  {
    name: 'KTO',
    want: { logProbs: true },
    loss: ({ logProbs }) => {
      const sums = tf.sum(logProbs, 1) as tf.Tensor1D;
      const reference = tf.tensor1d([-6.1, -2.5, -7.3, -1.9, -4.4, -6.6]);
      const options = { beta: 0.3, desirableWeight: 1.2, undesirableWeight: 0.8 };
      const { losses } = ktoLoss(sums, reference, tf.tensor1d([1, 1, 1, 0, 0, 0]), 0.4, options);
      return { loss: tf.mean(losses) as tf.Scalar };
    },
  },
  onMeans('SimPO', (chosen, rejected) => simpoLoss(chosen, rejected, { beta: 2, gamma: 0.5 })),
  onMeans('ORPO', (chosen, rejected) => tf.sub(orpoOddsLoss(chosen, rejected), chosen)),
  {
    name: "a student's own: squared margins of log-probs, and scores beside values",
    want: { logProbs: true, values: true, scores: true },
    loss: ({ logProbs, values, scores, mask }) => {
      const sums = tf.sum(logProbs, 1);
      const margins = tf.sub(tf.slice1d(sums as tf.Tensor1D, 0, P), tf.slice1d(sums as tf.Tensor1D, P, P));
      const rest = tf.sum(tf.square(tf.sub(tf.sum(tf.mul(values, mask), 1), scores)));
      return { loss: tf.add(tf.mean(tf.square(margins)), rest) as tf.Scalar };
    },
  },
];
