import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction, Matrix } from '../../engine/types';
import { maskedMean } from './masked';

/** Both losses below are −Σ logProbs / Σ mask. */
function linearWeights({ data }: Matrix): Float32Array {
  const count = data.reduce((sum, m) => sum + m, 0);
  return data.map((m) => -m / count);
}

/**
 * Cross-entropy of the completion tokens (EOS included), nats per token:
 * L = −Σ mask·log π / Σ mask. Prompt and padding carry no loss. Also the pretraining loss, where the
 * whole document is the completion.
 */
export const negativeLogLikelihood: LossFunction = ({ logProbs, mask }) => ({
  loss: tf.neg(maskedMean(logProbs, mask)) as tf.Scalar,
});

/** The same with the policy's mean entropy as a metric; wants `entropy` besides `logProbs`. */
export const sftLoss: LossFunction = (outputs) => ({
  ...negativeLogLikelihood(outputs),
  metrics: { entropy: maskedMean(outputs.entropy, outputs.mask) },
});

negativeLogLikelihood.linearWeights = linearWeights;
sftLoss.linearWeights = linearWeights;

/** The language-model loss as a second term of another loss, `coef` times; its value as a metric. */
export function weightedLikelihood(coef: number, metric: string): LossFunction {
  const form: LossFunction = (outputs) => {
    const { loss } = negativeLogLikelihood(outputs);
    return { loss: tf.mul(coef, loss) as tf.Scalar, metrics: { [metric]: loss } };
  };
  return Object.assign(form, {
    kernel: {
      operation: 'likelihoodLoss',
      likely: 'all rows',
      likelihoodCoef: coef,
      unlikelihoodCoef: 0,
      metrics: [metric],
    },
  } satisfies Pick<LossFunction, 'kernel'>);
}
