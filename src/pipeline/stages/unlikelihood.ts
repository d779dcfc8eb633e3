import { z } from 'zod';
import type { LanguageModel } from '../../engine/types';
import { Arm, ARM_FIGURES, ARM_HEADLINE } from '../training/arm';
import { DivergenceGuard, isLogged } from '../training/guard';
import { unlikelihoodOnPairs } from '../losses/unlikelihood';
import { adamw, warmupSchedule } from '../training/optimizer';
import { chosenThenRejected } from '../training/pairs';
import { shuffledBatches } from '../training/batches';
import { integer, number } from '../contract/settings';
import {
  defineStage,
  parent,
  streamOf,
  type MetricsEvent,
  type PreferencePair,
  type StageContext,
} from '../contract/stage';

const settings = z.object({
  steps: integer(120, 1, 10_000, {
    label: 'steps',
    unit: 'updates',
    typical: [60, 250],
    effect: 'More steps: further from SFT.',
  }),
  batchSize: integer(32, 1, 256, {
    label: 'batch size',
    unit: 'pairs',
    typical: [16, 64],
    effect: 'Larger: smoother gradients, more work per step.',
  }),
  learningRate: number(2e-4, 0, 1, {
    label: 'learning rate',
    symbol: '\\eta',
    typical: [5e-5, 5e-4],
    effect: 'Higher: moves further per pair.',
  }),
  coefficient: number(0.5, 0, 10, {
    label: 'unlikelihood coefficient',
    symbol: '\\alpha',
    typical: [0.1, 1],
    effect: 'Higher: pushes rejected answers away harder; too high and the text falls apart.',
  }),
});

export type UnlikelihoodSettings = z.infer<typeof settings>;

/**
 * Likelihood of the chosen, unlikelihood of the rejected answers (Welleck et al. 2019; a baseline of
 * Rafailov et al. 2023): L = −mean log p(chosen tokens) − α·mean log(1 − p(rejected tokens)). Unlike DPO it
 * has no reference: it also forbids the good tokens of rejected answers.
 */
export const unlikelihood = defineStage({
  name: 'unlikelihood',
  version: 1,
  settings,
  inputs: ['sft', 'preferences', 'reward'], // the reward model only measures
  place: { kind: 'lecture', armName: 'Unlikelihood' },
  learnsFrom: 'labels',
  comparedWith: 'sft',
  fit: 'rl',
  answersPrompts: () => true,
  metrics: {
    loss: 'loss',
    'loss/likelihood': 'loss',
    'loss/unlikelihood': 'loss',
    'logps/chosen': 'logps',
    'logps/rejected': 'logps',
    grad_norm: 'optimiser',
  },
  figures: ARM_FIGURES,
  headline: ARM_HEADLINE,
  async *run(context, s, parents) {
    const arm = await Arm.open(context, parents);
    try {
      const { pairs } = parent(parents, 'preferences');
      return yield* arm.run(s.steps, train(context, s, pairs, arm.policy));
    } finally {
      arm.dispose();
    }
  },
});

async function* train(
  context: StageContext,
  s: UnlikelihoodSettings,
  pairs: readonly PreferencePair[],
  policy: LanguageModel,
): AsyncGenerator<MetricsEvent, void, void> {
  const guard = new DivergenceGuard('unlikelihood', policy, s.learningRate);
  await guard.start();
  const order = streamOf(context, 'unlikelihood', 'order');
  const batches = shuffledBatches(pairs.length, s.batchSize, (xs) => order.shuffle(xs));
  let samples = 0;
  let tokens = 0;
  for (let update = 1; update <= s.steps; update++) {
    const drawn = batches.next().value!.map((i) => pairs[i]!);
    const batch = chosenThenRejected(drawn);
    samples += drawn.length;
    tokens += batch.reduce((sum, row) => sum + row.ids.length, 0);
    const report = await policy.update(
      [{ batch, want: { logProbs: true }, loss: unlikelihoodOnPairs(s.coefficient) }],
      adamw(warmupSchedule(update - 1, s.learningRate, 10)),
      isLogged(update, s.steps) && 'weights',
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
