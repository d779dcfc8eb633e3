import * as tf from '@tensorflow/tfjs-core';
import type { LanguageModel, LossFunction } from '../../engine/types';
import {
  streamOf,
  type MetricDeclarations,
  type MetricsEvent,
  type PreferencePair,
  type StageContext,
} from '../contract/stage';
import { shareGreater } from '../losses/masked';
import { meanLogProbs } from '../losses/reference-free';
import { shuffledBatches } from './batches';
import { DivergenceGuard, isLogged } from './guard';
import { adamw, warmupSchedule } from './optimizer';
import { chosenThenRejected } from './pairs';

/** What every method without a reference logs; rewards are β times the mean log-prob per token. */
export const REFERENCE_FREE_METRICS = {
  loss: 'loss',
  'rewards/chosen': 'reward',
  'rewards/rejected': 'reward',
  'rewards/margins': 'reward',
  'rewards/accuracies': 'loss',
  'logps/chosen': 'logps',
  'logps/rejected': 'logps',
  grad_norm: 'optimiser',
} satisfies MetricDeclarations;

/** A loss on the mean log-probs per token of P chosen and P rejected answers, [P] each, nats. */
export type PairLoss = (
  chosen: tf.Tensor1D,
  rejected: tf.Tensor1D,
) => { loss: tf.Scalar; metrics?: Record<string, tf.Scalar> };

export interface ReferenceFreeTraining {
  /** Updates. */
  steps: number;
  /** Pairs per update. */
  batchSize: number;
  learningRate: number;
  /** Reward per nat and token, for the logged rewards. */
  beta: number;
}

/** The loop on a fixed set of pairs without a reference model; `stage` names the streams. Rows count from 1. */
export async function* trainWithoutReference(
  context: StageContext,
  stage: 'simpo' | 'orpo',
  s: ReferenceFreeTraining,
  pairs: readonly PreferencePair[],
  policy: LanguageModel,
  lossOf: PairLoss,
): AsyncGenerator<MetricsEvent, void, void> {
  const guard = new DivergenceGuard(stage, policy, s.learningRate);
  await guard.start();
  const order = streamOf(context, stage, 'order');
  const batches = shuffledBatches(pairs.length, s.batchSize, (xs) => order.shuffle(xs));
  let samples = 0;
  let tokens = 0;
  for (let update = 1; update <= s.steps; update++) {
    const drawn = batches.next().value!.map((i) => pairs[i]!);
    const batch = chosenThenRejected(drawn);
    samples += drawn.length;
    tokens += batch.reduce((sum, row) => sum + row.ids.length, 0);
    const report = await policy.update(
      [{ batch, want: { logProbs: true }, loss: onHalves(lossOf, drawn.length, s.beta) }],
      adamw(warmupSchedule(update - 1, s.learningRate, 10)),
      isLogged(update, s.steps),
    );
    if (!report) continue;
    await guard.check(update, report);
    yield {
      type: 'metrics',
      update,
      updates: s.steps,
      samples,
      tokens,
      metrics: { loss: report.loss, ...report.metrics, grad_norm: report.gradNorm },
    };
  }
}

/** The loss on a batch of `pairs` chosen answers and then as many rejected ones. */
const onHalves =
  (lossOf: PairLoss, pairs: number, beta: number): LossFunction =>
  ({ logProbs, mask }) => {
    const means = meanLogProbs(logProbs, mask);
    const sums = tf.sum(logProbs, 1) as tf.Tensor1D; // 0 outside the mask
    const halves = (x: tf.Tensor1D) => [tf.slice1d(x, 0, pairs), tf.slice1d(x, pairs, pairs)] as const;
    const [chosen, rejected] = halves(means);
    const [chosenSums, rejectedSums] = halves(sums);
    const { loss, metrics } = lossOf(chosen, rejected);
    const mean = (x: tf.Tensor) => tf.mean(x) as tf.Scalar;
    return {
      loss,
      metrics: {
        'rewards/chosen': mean(tf.mul(beta, chosen)),
        'rewards/rejected': mean(tf.mul(beta, rejected)),
        'rewards/margins': mean(tf.mul(beta, tf.sub(chosen, rejected))),
        'rewards/accuracies': shareGreater(chosen, rejected),
        'logps/chosen': mean(chosenSums),
        'logps/rejected': mean(rejectedSums),
        ...metrics,
      },
    };
  };
