import { z } from 'zod';
import type { LanguageModel } from '../../engine/types';
import { Arm, ARM_FIGURES, ARM_HEADLINE } from '../training/arm';
import { DivergenceGuard, isLogged } from '../training/guard';
import { sftLoss } from '../losses/sft';
import { adamw, cosineSchedule } from '../training/optimizer';
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
import { sequence } from '../data/tokens';

const settings = z.object({
  steps: integer(120, 1, 10_000, {
    label: 'steps',
    unit: 'updates',
    typical: [60, 250],
    effect: 'More steps: closer to the chosen answers; the same answers are seen again.',
  }),
  batchSize: integer(32, 1, 256, {
    label: 'batch size',
    unit: 'answers',
    typical: [16, 64],
    effect: 'Larger: smoother gradients, more work per step.',
  }),
  learningRate: number(5e-4, 0, 1, {
    label: 'learning rate',
    symbol: '\\eta',
    typical: [1e-4, 2e-3],
    effect: 'Higher: imitates the chosen answers sooner.',
  }),
});

export type PreferredFtSettings = z.infer<typeof settings>;

/**
 * Fine-tuning on the chosen answers only ("Preferred-FT", a baseline of Rafailov et al. 2023): the rejected
 * answers are thrown away, so nothing says what to avoid.
 */
export const preferredFt = defineStage({
  name: 'preferred-ft',
  version: 1,
  settings,
  inputs: ['sft', 'preferences', 'reward'], // the reward model only measures
  place: { kind: 'lecture', armName: 'Preferred-FT' },
  learnsFrom: 'labels',
  comparedWith: 'sft',
  fit: 'rl',
  answersPrompts: () => true,
  metrics: { loss: 'loss', entropy: 'policy', num_tokens: 'optimiser', grad_norm: 'optimiser' },
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
  s: PreferredFtSettings,
  pairs: readonly PreferencePair[],
  policy: LanguageModel,
): AsyncGenerator<MetricsEvent, void, void> {
  const guard = new DivergenceGuard('preferred-ft', policy, s.learningRate);
  await guard.start();
  const order = streamOf(context, 'preferred-ft', 'order');
  const batches = shuffledBatches(pairs.length, s.batchSize, (xs) => order.shuffle(xs));
  let samples = 0;
  let tokens = 0;
  for (let update = 1; update <= s.steps; update++) {
    const batch = batches.next().value!.map((i) => sequence(pairs[i]!.prompt, pairs[i]!.chosen));
    samples += batch.length;
    tokens += batch.reduce((sum, row) => sum + row.ids.length, 0);
    const report = await policy.update(
      [{ batch, want: { logProbs: true, entropy: true }, loss: sftLoss }],
      adamw(cosineSchedule(update - 1, s.steps, s.learningRate, 10)),
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
      metrics: { loss: report.loss, ...report.metrics, num_tokens: tokens, grad_norm: report.gradNorm },
    };
  }
}
