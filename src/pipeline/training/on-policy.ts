import type { LanguageModel } from '../../engine/types';
import { integer, number } from '../contract/settings';
import type { MetricDeclarations, MetricsEvent, Parents, StageContext } from '../contract/stage';
import { reinforceLoss } from '../losses/reinforce';
import { mean } from '../maths/statistics';
import { ANSWER_METRICS, answerMetrics, AnswerSampler, SCORING_SETTINGS } from './groups';
import { DivergenceGuard } from './guard';
import { adamw, warmupSchedule } from './optimizer';

/** What `trainOnPolicy` logs. */
export const ON_POLICY_METRICS = {
  ...ANSWER_METRICS,
  'objective/non_score_reward': 'reward',
  'objective/rlhf_reward': 'reward',
  'loss/policy_avg': 'policy',
  grad_norm: 'optimiser',
  iteration: 'hidden',
} satisfies MetricDeclarations;

/** Settings that every stage of this loop has. */
export const ON_POLICY_SETTINGS = {
  iterations: integer(60, 1, 2000, {
    label: 'iterations',
    unit: 'updates',
    typical: [30, 120],
    effect: 'More: further from SFT, more reward, more risk of over-optimisation.',
  }),
  learningRate: number(1e-3, 0, 1, {
    label: 'learning rate',
    symbol: '\\eta',
    typical: [3e-4, 3e-3],
    effect: 'Higher: faster; nothing clips a step that is too large.',
  }),
  klCoef: number(0.05, 0, 10, {
    label: 'KL coefficient',
    symbol: '\\beta',
    unit: 'reward per nat',
    typical: [0.02, 0.3],
    effect: 'Higher: stays closer to SFT; 0 invites over-optimisation of the proxy.',
  }),
  ...SCORING_SETTINGS,
};

export interface OnPolicyTraining {
  iterations: number;
  /** Prompts per iteration, and answers to each. */
  prompts: number;
  size: number;
  learningRate: number;
  /** Reward per nat of KL, taken off the score of the whole answer. */
  klCoef: number;
  rewardSource: 'proxy' | 'gold';
  missingEosPenalty: number;
  ownPrompts: string | null;
}

/**
 * The loop of REINFORCE on whole answers: draw, score, one update. Reward of an answer: score − klCoef·(log π − log π_ref)
 * (Ahmadian et al. 2024 §2.1); `advantagesOf` takes its baseline off. Rows count from 1; `stage` names the streams.
 */
export async function* trainOnPolicy(
  context: StageContext,
  stage: 'reinforce' | 'rloo',
  s: OnPolicyTraining,
  parents: Parents,
  policy: LanguageModel,
  reference: LanguageModel,
  advantagesOf: (rewards: readonly number[]) => number[],
): AsyncGenerator<MetricsEvent, void, void> {
  const sampler = new AnswerSampler(context, stage, parents, policy, reference, s);
  const guard = new DivergenceGuard(stage, policy, s.learningRate);
  await guard.start();
  let samples = 0;
  let tokens = 0;
  try {
    for (let iteration = 1; iteration <= s.iterations; iteration++) {
      const answers = await sampler.draw(s.prompts);
      const rewards = answers.scores.map((score, i) => score - s.klCoef * answers.kl[i]!);
      const report = (await policy.update(
        [{ batch: answers.batch, want: { logProbs: true }, loss: reinforceLoss(advantagesOf(rewards)) }],
        adamw(warmupSchedule(iteration - 1, s.learningRate, 5), { beta2: 0.95, epsilon: 1e-5 }),
        true,
      ))!;
      samples += answers.batch.length;
      tokens += 2 * answers.tokens; // drawn and trained on
      await guard.check(iteration, report);
      const metrics = answerMetrics(answers);
      yield {
        type: 'metrics',
        update: iteration,
        updates: s.iterations,
        samples,
        tokens,
        metrics: {
          ...metrics,
          'objective/non_score_reward': -s.klCoef * metrics['objective/kl']!,
          'objective/rlhf_reward': mean(rewards),
          'loss/policy_avg': report.loss,
          grad_norm: report.gradNorm,
          iteration,
        },
      };
    }
  } finally {
    sampler.dispose();
  }
}
