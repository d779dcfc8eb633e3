import * as tf from '@tensorflow/tfjs-core';
import type { LanguageModel, LossTerm, Matrix, UpdateReport } from '../../engine/types';
import { numeric, share } from '../contract/figures';
import { defineStage, streamOf, type MetricsEvent, type Parents, type StageContext } from '../contract/stage';
import { grpoLoss } from '../losses/grpo';
import { deadGroups, groupAdvantages, groupDeviation } from '../maths/groups';
import { selectRows } from '../maths/matrix';
import { mean } from '../maths/statistics';
import { Arm, ARM_FIGURES, ARM_HEADLINE } from '../training/arm';
import { cutInto } from '../training/batches';
import { ANSWER_METRICS, answerMetrics, AnswerSampler, type ScoredAnswers } from '../training/groups';
import { DivergenceGuard } from '../training/guard';
import { adamw, warmupSchedule } from '../training/optimizer';
import { grpoFormula } from './grpo.formula';
import { grpoProblems, settings, type GrpoSettings } from './grpo.settings';

/** Rounds of drawing that dynamic sampling may take for one iteration. */
const MOST_ROUNDS = 4;

/** Answers that are trained on, and what all that was drawn looked like. */
interface Experience {
  /** Of groups that are not dead, if any are left. */
  kept: { answers: ScoredAnswers; rows: number[]; advantages: number[] }[];
  metrics: Record<string, number>;
  samples: number;
  tokens: number;
}

/**
 * Group relative policy optimisation (Shao et al. 2024): several answers to each prompt, the mean of their scores as
 * baseline, so that no value function is needed; PPO's clipped ratio; the KL to the reference in the loss. Switches give
 * Dr. GRPO (Liu et al. 2025: no deviation, constant length divisor) and DAPO (Yu et al. 2025: token-level mean,
 * clip-higher, dynamic sampling).
 */
export const grpo = defineStage({
  name: 'grpo',
  version: 1,
  settings,
  check: grpoProblems,
  inputs: ['sft', 'reward'],
  place: { kind: 'offered', armName: 'GRPO' },
  learnsFrom: 'reward',
  comparedWith: 'sft',
  fit: 'rl',
  answersPrompts: () => true,
  metrics: {
    ...ANSWER_METRICS,
    reward_std: 'reward',
    frac_reward_zero_std: 'reward',
    'loss/policy_avg': 'policy',
    'policy/approxkl_avg': 'policy',
    'policy/clipfrac_avg': 'policy',
    'val/ratio': 'policy',
    'val/ratio_var': 'policy',
    'val/ratio_first': 'policy',
    grad_norm: 'optimiser',
    iteration: 'hidden',
  },
  figures: {
    ...ARM_FIGURES,
    clipFraction: share({ group: 'steps' }),
    ratioSpread: numeric(2, { group: 'steps' }),
    deadGroups: share({ group: 'steps' }),
  },
  headline: ARM_HEADLINE,
  formula: grpoFormula,
  async *run(context, s, parents) {
    const arm = await Arm.open(context, parents);
    try {
      const rows = train(context, s, parents, arm.policy, arm.reference);
      return yield* arm.run(s.iterations, rows, (seen) => {
        const average = (name: string) => mean(seen.flatMap((row) => row.metrics[name] ?? []));
        return {
          clipFraction: average('policy/clipfrac_avg'),
          ratioSpread: Math.sqrt(average('val/ratio_var')),
          deadGroups: average('frac_reward_zero_std'),
        };
      });
    } finally {
      arm.dispose();
    }
  },
});

async function* train(
  context: StageContext,
  s: GrpoSettings,
  parents: Parents,
  policy: LanguageModel,
  reference: LanguageModel,
): AsyncGenerator<MetricsEvent, void, void> {
  const { rewardSource, missingEosPenalty, ownPrompts } = s;
  const scoring = { size: s.groupSize, rewardSource, missingEosPenalty, ownPrompts };
  const sampler = new AnswerSampler(context, 'grpo', parents, policy, reference, scoring);
  const order = streamOf(context, 'grpo', 'order');
  const guard = new DivergenceGuard('grpo', policy, s.learningRate);
  await guard.start();
  let samples = 0;
  let tokens = 0;
  try {
    for (let iteration = 1; iteration <= s.iterations; iteration++) {
      const experience = await collect();
      samples += experience.samples;
      tokens += experience.tokens;
      const reports = await optimise(experience, warmupSchedule(iteration - 1, s.learningRate, 5));
      if (reports.length) await guard.check(iteration, reports.at(-1)!);
      yield {
        type: 'metrics',
        update: iteration,
        updates: s.iterations,
        samples,
        tokens,
        metrics: { ...experience.metrics, ...reported(reports), iteration },
      };
    }
  } finally {
    sampler.dispose();
  }

  /** Groups to learn from; with dynamic sampling until there are as many live ones as prompts were asked for. */
  async function collect(): Promise<Experience> {
    const drawn: ScoredAnswers[] = [];
    const kept: Experience['kept'] = [];
    const dead: boolean[] = [];
    let live = 0;
    for (let round = 0; round < (s.dynamicSampling ? MOST_ROUNDS : 1) && live < s.prompts; round++) {
      const answers = await sampler.draw(s.prompts);
      const now = deadGroups(answers.scores, s.groupSize);
      const groups = now.flatMap((d, g) => (s.dynamicSampling && d ? [] : [g])).slice(0, s.prompts - live);
      const rows = groups.flatMap((g) => Array.from({ length: s.groupSize }, (_, i) => g * s.groupSize + i));
      const advantages = groupAdvantages(answers.scores, s.groupSize, s.scale);
      drawn.push(answers);
      dead.push(...now);
      if (rows.length) kept.push({ answers, rows, advantages });
      live += groups.length;
    }
    const scores = drawn.flatMap((a) => a.scores);
    const every = drawn.map(answerMetrics);
    const metrics = Object.fromEntries(
      Object.keys(ANSWER_METRICS).map((name) => [name, mean(every.map((m) => m[name]!))]),
    );
    return {
      kept,
      metrics: {
        ...metrics,
        reward_std: groupDeviation(scores, s.groupSize),
        frac_reward_zero_std: mean(dead.map(Number)),
      },
      samples: scores.length,
      tokens: drawn.reduce((sum, a) => sum + a.tokens, 0),
    };
  }

  /** Several epochs of minibatch updates; none where every group was dead and thrown away. */
  async function optimise({ kept }: Experience, learningRate: number): Promise<UpdateReport[]> {
    const optimizer = adamw(learningRate, { beta2: 0.95, epsilon: 1e-5 });
    const all = kept.flatMap((part, at) => part.rows.map((row) => ({ at, row })));
    const reports: UpdateReport[] = [];
    if (all.length === 0) return reports;
    for (let epoch = 0; epoch < s.epochs; epoch++)
      for (const part of cutInto(order.shuffle(all), Math.min(s.minibatches, all.length))) {
        const report = (await policy.update([term(kept, part)], optimizer, true))!;
        tokens += part.reduce((sum, { at, row }) => sum + kept[at]!.answers.batch[row]!.ids.length, 0);
        reports.push(report);
        if (!Number.isFinite(report.loss)) return reports;
      }
    return reports;
  }

  function term(kept: Experience['kept'], part: readonly { at: number; row: number }[]): LossTerm {
    const batch = part.map(({ at, row }) => kept[at]!.answers.batch[row]!);
    const cols = Math.max(...batch.map((row) => row.ids.length - row.start));
    const gathered = (of: (a: ScoredAnswers) => Matrix) => {
      const data = new Float32Array(part.length * cols);
      part.forEach(({ at, row }, i) => {
        const from = of(kept[at]!.answers);
        data.set(selectRows(from, [row], Math.min(cols, from.cols)).data, i * cols);
      });
      return tf.tensor2d(data, [part.length, cols]);
    };
    return {
      batch,
      want: { logProbs: true },
      loss: ({ logProbs, mask }) => {
        const advantages = tf.tensor2d(part.map(({ at, row }) => [kept[at]!.advantages[row]!]));
        const { loss, clipFraction, approxKl, ratioMean, ratioVar } = grpoLoss(
          logProbs,
          gathered((a) => a.logProbs),
          gathered((a) => a.reference),
          advantages,
          mask,
          {
            clipRange: s.clipRange,
            clipHigh: s.clipHigh ?? s.clipRange ?? 0,
            beta: s.beta,
            normalisation: s.normalisation,
            maxLength: context.task.maxNewTokens,
          },
        );
        return { loss, metrics: { policyLoss: loss, clipFraction, approxKl, ratio: ratioMean, ratioVar } };
      },
    };
  }
}

/** Means over the updates of an iteration; nothing where there was none. */
function reported(reports: readonly UpdateReport[]): Record<string, number> {
  if (reports.length === 0) return {};
  const average = (name: string) => mean(reports.map((r) => r.metrics[name]!));
  return {
    'loss/policy_avg': average('policyLoss'),
    'policy/approxkl_avg': average('approxKl'),
    'policy/clipfrac_avg': average('clipFraction'),
    'val/ratio': average('ratio'),
    'val/ratio_var': average('ratioVar'),
    'val/ratio_first': reports[0]!.metrics['ratio']!,
    grad_norm: mean(reports.map((r) => r.gradNorm)),
  };
}
