import * as tf from '@tensorflow/tfjs-core';
import { logSigmoid } from './masked';

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
