import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction, Matrix } from '../../engine/types';
import { rowSums } from '../maths/matrix';
import { logSigmoid, maskedMean, shareGreater } from './masked';

export type DpoLossType = 'sigmoid' | 'ipo' | 'hinge';

export interface DpoOptions {
  /** Strength of the implicit KL constraint. */
  beta: number;
  lossType: DpoLossType;
  /** Assumed probability that a label is flipped (conservative DPO, Mitchell 2023); sigmoid only. */
  labelSmoothing: number;
  /** Treats the reference as uniform: its log-ratio is 0 inside the loss. */
  referenceFree: boolean;
}

export interface DpoLoss {
  /** Per pair, [P]. */
  losses: tf.Tensor1D;
  /** Implicit rewards β·(log π − log π_ref) against the given reference, [P], no gradient intended. */
  chosenRewards: tf.Tensor1D;
  rejectedRewards: tf.Tensor1D;
}

/**
 * DPO on log-probs summed over completion tokens, [P] each (nats).
 * sigmoid: −log σ(βh) (Rafailov et al. 2023 eq. 7), with label smoothing −(1−ε)log σ(βh) − ε log σ(−βh);
 * IPO: (h − 1/(2β))² (Azar et al. 2023 eq. 17); hinge: max(0, 1 − βh) (SLiC, Zhao et al. 2023);
 * h = (log π_c − log π_r) − (log ref_c − log ref_r). At the reference itself the sigmoid loss is ln 2.
 */
export function dpoLoss(
  policyChosen: tf.Tensor1D,
  policyRejected: tf.Tensor1D,
  referenceChosen: tf.Tensor1D,
  referenceRejected: tf.Tensor1D,
  { beta, lossType, labelSmoothing, referenceFree }: DpoOptions,
): DpoLoss {
  const policyLogRatio = tf.sub(policyChosen, policyRejected);
  const h = referenceFree
    ? policyLogRatio
    : tf.sub(policyLogRatio, tf.sub(referenceChosen, referenceRejected));
  const scaled = tf.mul(beta, h);
  let losses: tf.Tensor;
  switch (lossType) {
    case 'sigmoid':
      losses = tf.neg(
        tf.add(
          tf.mul(1 - labelSmoothing, logSigmoid(scaled)),
          tf.mul(labelSmoothing, logSigmoid(tf.neg(scaled))),
        ),
      );
      break;
    case 'ipo':
      losses = tf.square(tf.sub(h, 1 / (2 * beta)));
      break;
    case 'hinge':
      losses = tf.relu(tf.sub(1, scaled));
      break;
    default:
      lossType satisfies never;
      throw new RangeError(`unknown DPO loss: ${String(lossType)}`);
  }
  return {
    losses: losses as tf.Tensor1D,
    chosenRewards: tf.mul(beta, tf.sub(policyChosen, referenceChosen)) as tf.Tensor1D,
    rejectedRewards: tf.mul(beta, tf.sub(policyRejected, referenceRejected)) as tf.Tensor1D,
  };
}

/** DPO's options and the weight of the negative log-likelihood of the chosen answers. */
export interface PairLossOptions extends DpoOptions {
  sftCoef: number;
}

/**
 * DPO over a batch of the chosen answers of all pairs, then the rejected ones; `reference` holds the log-probs of the
 * frozen reference, [B, C], 0 outside the mask. Wants logProbs.
 */
export function dpoOnPairs(reference: Matrix, s: PairLossOptions): LossFunction {
  const form: LossFunction = ({ logProbs, mask }) => {
    const n = reference.rows / 2;
    const sums = tf.sum(logProbs, 1) as tf.Tensor1D; // 0 outside the mask
    const chosen = tf.slice1d(sums, 0, n);
    const rejected = tf.slice1d(sums, n, n);
    const referenceSums = Float32Array.from(rowSums(reference));
    const referenceChosen = tf.tensor1d(referenceSums.subarray(0, n));
    const referenceRejected = tf.tensor1d(referenceSums.subarray(n));
    const { losses, chosenRewards, rejectedRewards } = dpoLoss(
      chosen,
      rejected,
      referenceChosen,
      referenceRejected,
      s,
    );
    const mean = (x: tf.Tensor) => tf.mean(x) as tf.Scalar;
    let loss = mean(losses);
    if (s.sftCoef > 0) {
      const cols = logProbs.shape[1];
      const onChosen = maskedMean(
        tf.slice2d(logProbs, [0, 0], [n, cols]),
        tf.slice2d(mask, [0, 0], [n, cols]),
      );
      loss = tf.sub(loss, tf.mul(s.sftCoef, onChosen)) as tf.Scalar;
    }
    return {
      loss,
      metrics: {
        'rewards/chosen': mean(chosenRewards),
        'rewards/rejected': mean(rejectedRewards),
        'rewards/margins': mean(tf.sub(chosenRewards, rejectedRewards)),
        'rewards/accuracies': shareGreater(chosenRewards, rejectedRewards),
        'logps/chosen': mean(chosen),
        'logps/rejected': mean(rejected),
        'logps/ref_chosen': mean(referenceChosen),
        'logps/ref_rejected': mean(referenceRejected),
      },
    };
  };
  const { beta, lossType, labelSmoothing, referenceFree, sftCoef } = s;
  return Object.assign(form, {
    kernel: {
      operation: 'preferenceLoss',
      ...{ reference, beta, lossType, labelSmoothing, referenceFree, sftCoef },
      metrics: [
        'rewards/chosen',
        'rewards/rejected',
        'rewards/margins',
        'rewards/accuracies',
        'logps/chosen',
        'logps/rejected',
        'logps/ref_chosen',
        'logps/ref_rejected',
      ],
    },
  } satisfies Pick<LossFunction, 'kernel'>);
}
