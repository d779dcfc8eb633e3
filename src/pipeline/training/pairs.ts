import * as tf from '@tensorflow/tfjs-core';
import type { LanguageModel, LossFunction } from '../../engine/types';
import {
  streamOf,
  type MetricDeclarations,
  type MetricsEvent,
  type PreferencePair,
  type StageContext,
} from '../contract/stage';
import { sequence } from '../data/tokens';
import { dpoLoss, type DpoOptions } from '../losses/dpo';
import { maskedMean, shareGreater } from '../losses/masked';
import { rowSums } from '../maths/matrix';
import { shuffledBatches } from './batches';
import { DivergenceGuard, isLogged } from './guard';
import { adamw, warmupSchedule } from './optimizer';

/** What `trainOnPairs` logs. */
export const PAIR_METRICS = {
  loss: 'loss',
  'rewards/chosen': 'reward',
  'rewards/rejected': 'reward',
  'rewards/margins': 'reward',
  'rewards/accuracies': 'loss',
  'logps/chosen': 'logps',
  'logps/rejected': 'logps',
  'logps/ref_chosen': 'logps',
  'logps/ref_rejected': 'logps',
  grad_norm: 'optimiser',
} satisfies MetricDeclarations;

/** How DPO trains on pairs. */
export interface PairTraining extends DpoOptions {
  /** Updates. */
  steps: number;
  /** Pairs per update. */
  batchSize: number;
  learningRate: number;
  /** Weight of the negative log-likelihood of the chosen answers. */
  sftCoef: number;
}

/** The DPO loop on a fixed set of pairs; `stage` names its streams. Rows count from 1. */
export async function* trainOnPairs(
  context: StageContext,
  stage: 'dpo' | 'online-dpo',
  s: PairTraining,
  pairs: readonly PreferencePair[],
  policy: LanguageModel,
  reference: LanguageModel,
): AsyncGenerator<MetricsEvent, void, void> {
  const guard = new DivergenceGuard(stage, policy, s.learningRate);
  await guard.start();
  const order = streamOf(context, stage, 'order');
  const batches = shuffledBatches(pairs.length, s.batchSize, (xs) => order.shuffle(xs));
  const cached = new Map<PreferencePair, { chosen: number; rejected: number }>();
  let samples = 0;
  let tokens = 0;

  for (let update = 1; update <= s.steps; update++) {
    const drawn = batches.next().value!.map((i) => pairs[i]!);
    const batch = chosenThenRejected(drawn);
    samples += drawn.length;
    tokens += batch.reduce((sum, row) => sum + row.ids.length, 0);
    await cacheReference(drawn);
    const report = await policy.update(
      [{ batch, want: { logProbs: true }, loss: lossOn(drawn) }],
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

  /** Log-probs of the frozen reference, summed over completion tokens; each pair is scored once. */
  async function cacheReference(drawn: readonly PreferencePair[]): Promise<void> {
    const missing = drawn.filter((p) => !cached.has(p));
    if (missing.length === 0) return;
    const { logProbs } = await reference.evaluate(chosenThenRejected(missing), { logProbs: true });
    const sums = rowSums(logProbs!);
    missing.forEach((pair, i) => cached.set(pair, { chosen: sums[i]!, rejected: sums[missing.length + i]! }));
  }

  function lossOn(drawn: readonly PreferencePair[]): LossFunction {
    return ({ logProbs, mask }) => {
      const n = drawn.length;
      const sums = tf.sum(logProbs, 1) as tf.Tensor1D; // 0 outside the mask
      const chosen = tf.slice1d(sums, 0, n);
      const rejected = tf.slice1d(sums, n, n);
      const referenceChosen = tf.tensor1d(drawn.map((p) => cached.get(p)!.chosen));
      const referenceRejected = tf.tensor1d(drawn.map((p) => cached.get(p)!.rejected));
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
  }
}

/** The chosen answers of all pairs, then the rejected ones. */
export const chosenThenRejected = (pairs: readonly PreferencePair[]) => [
  ...pairs.map((p) => sequence(p.prompt, p.chosen)),
  ...pairs.map((p) => sequence(p.prompt, p.rejected)),
];
