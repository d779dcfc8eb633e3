import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { Batch, LanguageModel, LossFunction } from '../../engine/types';
import { flag, integer, number } from '../contract/settings';
import { writeFormula } from '../contract/formula';
import { present } from '../contract/present';
import {
  defineStage,
  parent,
  streamOf,
  type MetricsEvent,
  type PreferencePair,
  type StageContext,
} from '../contract/stage';
import { sequence } from '../data/tokens';
import { ktoLoss } from '../losses/kto';
import { rowSums } from '../maths/matrix';
import { mean } from '../maths/statistics';
import { Arm, ARM_FIGURES, ARM_HEADLINE } from '../training/arm';
import { shuffledBatches } from '../training/batches';
import { DivergenceGuard, isLogged } from '../training/guard';
import { adamw, warmupSchedule } from '../training/optimizer';

const settings = z.object({
  steps: integer(120, 1, 10_000, {
    label: 'steps',
    unit: 'updates',
    typical: [60, 250],
    effect: 'More steps: further from SFT; the same answers are seen again.',
  }),
  batchSize: integer(64, 2, 512, {
    label: 'batch size',
    unit: 'answers',
    typical: [32, 128],
    effect: 'Larger: smoother gradients and a better estimate of the KL that it is compared with.',
  }),
  learningRate: number(1e-4, 0, 1, {
    label: 'learning rate',
    symbol: '\\eta',
    typical: [5e-5, 5e-4],
    effect: 'Higher: moves further per answer.',
  }),
  beta: number(0.5, 0.001, 10, {
    label: 'beta',
    symbol: '\\beta',
    unit: 'reward per nat',
    typical: [0.1, 1],
    effect: 'Higher: gains and losses saturate sooner, so the policy stays closer to SFT.',
  }),
  paired: flag(false, {
    label: 'both answers of a pair',
    effect: 'Off: one answer of each comparison is kept, as thumbs up or down; on: both are.',
  }),
  desirableWeight: number(1, 0, 10, {
    label: 'weight of good answers',
    symbol: '\\lambda_D',
    typical: [0.5, 2],
    effect: 'Higher: good answers pull more; balance it against rarer bad ones.',
    advanced: true,
  }),
  undesirableWeight: number(1, 0, 10, {
    label: 'weight of bad answers',
    symbol: '\\lambda_U',
    typical: [0.5, 2],
    effect: 'Higher: bad answers push more; people weigh losses more than gains.',
    advanced: true,
  }),
});

export type KtoSettings = z.infer<typeof settings>;

/** An answer with a thumb up or down. */
interface Judged {
  prompt: readonly number[];
  answer: readonly number[];
  good: boolean;
}

/**
 * Kahneman–Tversky optimisation (Ethayarajh et al. 2024): every answer is labelled good or bad by itself, no pairs are
 * needed. z₀, the KL that an answer's gain is compared with, is estimated on the batch's prompts with each other's
 * answers and held at 0 or above, as in the authors' code and TRL.
 */
export const kto = defineStage({
  name: 'kto',
  version: 1,
  settings,
  inputs: ['sft', 'preferences', 'reward'], // the reward model only measures
  place: { kind: 'offered', armName: 'KTO' },
  learnsFrom: 'labels',
  comparedWith: 'sft',
  fit: 'rl',
  answersPrompts: () => true,
  metrics: {
    loss: 'loss',
    'rewards/chosen': 'reward',
    'rewards/rejected': 'reward',
    'rewards/margins': 'reward',
    'logps/chosen': 'logps',
    'logps/rejected': 'logps',
    kl: 'reward',
    grad_norm: 'optimiser',
  },
  figures: ARM_FIGURES,
  headline: ARM_HEADLINE,
  formula: () =>
    writeFormula('loss', (symbol, update) => {
      const beta = symbol('beta', '\\beta');
      return [
        `\\mathcal L_{\\mathrm{good}}=${symbol('desirableWeight', '\\lambda_D')}\\big(1-\\sigma(${beta}(h-z_0))\\big)`,
        `\\mathcal L_{\\mathrm{bad}}=${symbol('undesirableWeight', '\\lambda_U')}\\big(1-\\sigma(${beta}(z_0-h))\\big)`,
        'h=\\log\\frac{\\pi_\\theta(y)}{\\pi_{\\mathrm{ref}}(y)}',
        'z_0=\\max\\big(0,\\mathrm{KL}(\\pi_\\theta\\|\\pi_{\\mathrm{ref}})\\big)',
        update(),
      ];
    }),
  async *run(context, s, parents) {
    const arm = await Arm.open(context, parents);
    try {
      const { pairs } = parent(parents, 'preferences');
      return yield* arm.run(s.steps, train(context, s, pairs, arm.policy, arm.reference));
    } finally {
      arm.dispose();
    }
  },
});

async function* train(
  context: StageContext,
  s: KtoSettings,
  pairs: readonly PreferencePair[],
  policy: LanguageModel,
  reference: LanguageModel,
): AsyncGenerator<MetricsEvent, void, void> {
  const judged = thumbs(pairs, s.paired, streamOf(context, 'kto', 'thumbs').shuffle(pairs.map((_, i) => i)));
  const guard = new DivergenceGuard('kto', policy, s.learningRate);
  await guard.start();
  const order = streamOf(context, 'kto', 'order');
  const batches = shuffledBatches(judged.length, s.batchSize, (xs) => order.shuffle(xs));
  const anchors = new Map<Judged, number>();
  let samples = 0;
  let tokens = 0;
  for (let update = 1; update <= s.steps; update++) {
    const drawn = batches.next().value!.map((i) => judged[i]!);
    const batch = drawn.map(({ prompt, answer }) => sequence(prompt, answer));
    // every prompt with the next one's answer: what the policy says whatever it was asked
    const mismatched = drawn.map(({ prompt }, i) => sequence(prompt, drawn[(i + 1) % drawn.length]!.answer));
    const [mine, theirs] = [await sums(policy, mismatched), await sums(reference, mismatched)];
    const z0 = Math.max(0, mean(mine.map((m, i) => m - theirs[i]!)));
    await anchor(drawn);
    samples += drawn.length;
    tokens += batch.reduce((sum, row) => sum + row.ids.length, 0);
    const report = await policy.update(
      [
        {
          batch,
          want: { logProbs: true },
          loss: lossOn(
            drawn,
            drawn.map((d) => anchors.get(d)!),
            z0,
            s,
          ),
        },
      ],
      adamw(warmupSchedule(update - 1, s.learningRate, 10)),
      isLogged(update, s.steps),
    );
    if (!report) continue;
    await guard.check(update, report);
    const { chosen, rejected, logpsChosen, logpsRejected } = report.metrics;
    const both = drawn.some((d) => d.good) && drawn.some((d) => !d.good);
    yield {
      type: 'metrics',
      update,
      updates: s.steps,
      samples,
      tokens,
      metrics: {
        loss: report.loss,
        ...present({
          'rewards/chosen': finite(chosen!),
          'rewards/rejected': finite(rejected!),
          'rewards/margins': both ? chosen! - rejected! : undefined,
          'logps/chosen': finite(logpsChosen!),
          'logps/rejected': finite(logpsRejected!),
        }),
        kl: z0,
        grad_norm: report.gradNorm,
      },
    };
  }
  /** log π_ref of answers that were not drawn before: each is scored once. */
  async function anchor(drawn: readonly Judged[]): Promise<void> {
    const missing = drawn.filter((d) => !anchors.has(d));
    if (missing.length === 0) return;
    const found = await sums(
      reference,
      missing.map(({ prompt, answer }) => sequence(prompt, answer)),
    );
    missing.forEach((d, i) => anchors.set(d, found[i]!));
  }
}

/** Log-probs summed over the completion tokens of each row, nats. */
const sums = async (model: LanguageModel, rows: Batch): Promise<Float64Array> =>
  rowSums((await model.evaluate(rows, { logProbs: true })).logProbs!);

/** Nothing where a batch had no such answer. */
const finite = (x: number): number | undefined => (Number.isFinite(x) ? x : undefined);

/** One answer of each pair, good and bad in turn along a random order, or both answers. */
function thumbs(pairs: readonly PreferencePair[], paired: boolean, order: readonly number[]): Judged[] {
  const good = ({ prompt, chosen }: PreferencePair): Judged => ({ prompt, answer: chosen, good: true });
  const bad = ({ prompt, rejected }: PreferencePair): Judged => ({ prompt, answer: rejected, good: false });
  return order.flatMap((i, at) => {
    const pair = pairs[i]!;
    return paired ? [good(pair), bad(pair)] : at % 2 === 0 ? [good(pair)] : [bad(pair)];
  });
}

function lossOn(
  drawn: readonly Judged[],
  reference: readonly number[],
  z0: number,
  s: KtoSettings,
): LossFunction {
  return ({ logProbs }) => {
    const sums = tf.sum(logProbs, 1) as tf.Tensor1D; // 0 outside the mask
    const good = tf.tensor1d(drawn.map((d) => Number(d.good)));
    const bad = tf.sub(1, good);
    const { losses, rewards } = ktoLoss(sums, tf.tensor1d([...reference]), good, z0, s);
    const among = (x: tf.Tensor, which: tf.Tensor) => {
      const count = tf.sum(which);
      return tf.div(tf.sum(tf.mul(x, which)), tf.where(tf.greater(count, 0), count, NaN)) as tf.Scalar;
    };
    return {
      loss: tf.mean(losses) as tf.Scalar,
      metrics: {
        chosen: among(rewards, good),
        rejected: among(rewards, bad),
        logpsChosen: among(sums, good),
        logpsRejected: among(sums, bad),
      },
    };
  };
}
