import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { dpoFormula } from './dpo.formula';
import type { LanguageModel, LossFunction } from '../../engine/types';
import { Arm, ARM_FIGURES, ARM_HEADLINE } from '../training/arm';
import { DivergenceGuard, isLogged } from '../training/guard';
import { dpoLoss } from '../losses/dpo';
import { maskedMean } from '../losses/masked';
import { rowSums } from '../maths/matrix';
import { adamw, warmupSchedule } from '../training/optimizer';
import { shuffledBatches } from './reward';
import { choice, flag, integer, number } from '../contract/settings';
import { defineStage, parent, streamOf, type MetricsEvent, type StageContext } from '../contract/stage';
import type { MetricDeclarations, PreferencePair } from '../contract/stage';
import { sequence } from '../data/tokens';

const settings = z.object({
  steps: integer(120, 1, 10_000, {
    label: 'steps',
    unit: 'updates',
    typical: [60, 250],
    effect: 'More steps: further from SFT; the same pairs are seen again.',
  }),
  batchSize: integer(32, 1, 256, {
    label: 'batch size',
    unit: 'pairs',
    typical: [16, 64],
    effect: 'Larger: smoother gradients, more work per step.',
  }),
  learningRate: number(1e-4, 0, 1, {
    label: 'learning rate',
    symbol: '\\eta',
    typical: [5e-5, 5e-4],
    effect: 'Higher: moves further per pair; too high and both log-probs collapse.',
  }),
  beta: number(0.5, 0.001, 10, {
    label: 'beta',
    symbol: '\\beta',
    unit: 'reward per nat',
    typical: [0.1, 1],
    effect: 'Higher: stays closer to SFT; low values let likelihoods drift.',
  }),
  lossType: choice(['sigmoid', 'ipo', 'hinge'], 'sigmoid', {
    label: 'loss',
    effect: 'Sigmoid: DPO as published; IPO: a squared target for the margin; hinge: SLiC.',
  }),
  labelSmoothing: number(0, 0, 0.5, {
    label: 'label smoothing',
    symbol: '\\varepsilon',
    typical: [0, 0.2],
    effect: 'Assumed share of flipped labels (sigmoid only).',
  }),
  sftCoef: number(0, 0, 10, {
    label: 'SFT term on chosen answers',
    typical: [0, 1],
    effect: 'Higher: keeps the chosen answers likely, against likelihood displacement.',
    advanced: true,
  }),
  referenceFree: flag(false, {
    label: 'reference-free',
    effect: 'On: compares raw log-probs; nothing holds the policy near SFT.',
    advanced: true,
  }),
});

export type DpoSettings = z.infer<typeof settings>;

/** What `trainOnPairs` logs. */
export const DPO_METRICS = {
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

/**
 * Direct preference optimisation (Rafailov et al. 2023): no reward model, no sampling; one classification
 * loss on log-prob ratios against the cached reference. Starts exactly at ln 2 (sigmoid).
 */
export const dpo = defineStage({
  name: 'dpo',
  version: 1,
  settings,
  inputs: ['sft', 'preferences', 'reward'], // the reward model only measures DPO; it never trains it
  place: { kind: 'offered', armName: 'DPO' },
  learnsFrom: 'labels',
  comparedWith: 'sft',
  fit: 'rl',
  answersPrompts: () => true,
  metrics: DPO_METRICS,
  figures: ARM_FIGURES,
  headline: ARM_HEADLINE,
  formula: dpoFormula,
  async *run(context, s, parents) {
    const arm = await Arm.open(context, parents);
    let last: MetricsEvent | undefined;
    try {
      const { pairs } = parent(parents, 'preferences');
      for await (const event of arm.watch(
        s.steps,
        trainOnPairs(context, 'dpo', s, pairs, arm.policy, arm.reference),
      )) {
        if (event.type === 'metrics') last = event;
        yield event;
      }
      return yield* arm.finish(last!);
    } finally {
      arm.dispose();
    }
  },
});

/** The DPO loop on a fixed set of pairs; `stage` names its streams. Rows count from 1. */
export async function* trainOnPairs(
  context: StageContext,
  stage: 'dpo' | 'online-dpo',
  s: DpoSettings,
  pairs: readonly PreferencePair[],
  policy: LanguageModel,
  reference: LanguageModel,
): AsyncGenerator<MetricsEvent, void, void> {
  const guard = new DivergenceGuard(stage, policy, s.learningRate);
  await guard.start();
  const order = streamOf(context, stage, 'order');
  const batches = shuffledBatches(pairs.length, s.batchSize, (xs) => order.shuffle(xs));
  const cached = new Map<PreferencePair, { chosen: number; rejected: number }>();
  let tokens = 0;

  for (let update = 1; update <= s.steps; update++) {
    const drawn = batches.next().value!.map((i) => pairs[i]!);
    const batch = chosenThenRejected(drawn);
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
      samples: update * s.batchSize,
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
          'rewards/accuracies': mean(tf.cast(tf.greater(chosenRewards, rejectedRewards), 'float32')),
          'logps/chosen': mean(chosen),
          'logps/rejected': mean(rejected),
          'logps/ref_chosen': mean(referenceChosen),
          'logps/ref_rejected': mean(referenceRejected),
        },
      };
    };
  }
}

const chosenThenRejected = (pairs: readonly PreferencePair[]) => [
  ...pairs.map((p) => sequence(p.prompt, p.chosen)),
  ...pairs.map((p) => sequence(p.prompt, p.rejected)),
];
