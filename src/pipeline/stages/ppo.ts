import { ppoFormula } from './ppo.formula';
import { numeric, share } from '../contract/figures';
import { withFreshHead } from '../../model/parameters';
import { packedCorpus } from '../../world';
import { Arm, ARM_FIGURES, ARM_HEADLINE } from '../training/arm';
import { DivergenceGuard } from '../training/guard';
import { adaptKlCoef } from '../maths/kl';
import { warmupSchedule } from '../training/optimizer';
import {
  defineStage,
  modelOf,
  parent,
  streamOf,
  type MetricsEvent,
  type Parents,
  type StageContext,
} from '../contract/stage';
import { ownData } from '../contract/own';
import { trainingPrompts } from '../data/tokens';
import { mean } from '../maths/statistics';
import { collect, type PpoModels } from './ppo.experience';
import { ppoProblems, ppoVersion, settings, type PpoSettings } from './ppo.settings';
import { recordsOf } from './ppo.records';
import { optimise } from './ppo.updates';

/**
 * PPO for RLHF (Schulman et al. 2017; Ziegler et al. 2019; Ouyang et al. 2022): rollouts from the current
 * policy, per-token KL penalty in the reward, score on the last token, GAE, then several epochs of
 * minibatch updates of the clipped objective.
 */
export const ppo = defineStage({
  name: 'ppo',
  version: ppoVersion,
  settings,
  check: ppoProblems,
  inputs: ['sft', 'reward'],
  place: { kind: 'offered', armName: 'PPO' },
  learnsFrom: 'reward',
  comparedWith: 'sft',
  fit: 'rl',
  answersPrompts: () => true,
  metrics: {
    'objective/kl': 'reward',
    'objective/kl_k3': 'reward',
    'objective/entropy': 'policy',
    'objective/scores': 'reward',
    'objective/non_score_reward': 'reward',
    'objective/rlhf_reward': 'reward',
    'objective/gold': 'reward',
    'objective/proxy': 'reward',
    'loss/policy_avg': 'policy',
    'loss/value_avg': 'value',
    'loss/pretrain_avg': 'loss',
    'policy/approxkl_avg': 'policy',
    'policy/clipfrac_avg': 'policy',
    'policy/entropy_avg': 'policy',
    'val/num_eos_tokens': 'policy',
    'val/length': 'policy',
    'val/explained_var': 'value',
    'val/clipfrac_avg': 'value',
    'val/ratio': 'policy',
    'val/ratio_var': 'policy',
    'val/ratio_first': 'policy',
    'val/epochs': 'policy',
    grad_norm: 'optimiser',
    kl_coef: 'optimiser',
    iteration: 'hidden',
  },
  figures: {
    ...ARM_FIGURES,
    clipFraction: share({ group: 'steps' }),
    ratioSpread: numeric(2, { group: 'steps' }),
  },
  headline: ARM_HEADLINE,
  formula: ppoFormula,
  async *run(context, s, parents) {
    const arm = await Arm.open(context, parents);
    try {
      const rows = train(context, s, parents, arm);
      return yield* arm.run(s.iterations, rows, (seen) => {
        const average = (name: string) => mean(seen.map((row) => row.metrics[name]!));
        return {
          clipFraction: average('policy/clipfrac_avg'),
          ratioSpread: Math.sqrt(average('val/ratio_var')),
        };
      });
    } finally {
      arm.dispose();
    }
  },
});

async function* train(
  context: StageContext,
  s: PpoSettings,
  parents: Parents,
  arm: Arm,
): AsyncGenerator<MetricsEvent, void, void> {
  const { policy, reference } = arm;
  const rewardArtifact = parent(parents, 'reward');
  const reward = modelOf(context, rewardArtifact);
  // The policy's scalar head becomes the value head: it starts at zero.
  policy.setWeights(withFreshHead(policy.config, await policy.weights()));
  const value =
    s.valueModel === 'separate'
      ? context.engine.createModel(
          rewardArtifact.config,
          withFreshHead(rewardArtifact.config, rewardArtifact.weights),
        )
      : null;
  const models: PpoModels = { policy, reference, reward, normaliser: rewardArtifact, value };
  const stream = (purpose: string) => streamOf(context, 'ppo', purpose);
  const own = s.ownPrompts === null ? null : ownData(context, 'prompts', s.ownPrompts);
  const prompts = trainingPrompts(context.task, stream('prompts'), own);
  const asked = { prompts, noise: stream('noise') };
  const corpus = s.pretrainCoef > 0 ? packedCorpus(stream('corpus'), 200_000) : null;
  const drawn = { order: stream('order'), mix: corpus && { corpus, stream: stream('mix') } };
  const guard = new DivergenceGuard('ppo', policy, s.learningRate);
  await guard.start();
  let klCoef = s.klCoef;
  let tokens = 0;

  try {
    for (let iteration = 1; iteration <= s.iterations; iteration++) {
      const experience = await collect(context, s, models, asked, klCoef);
      const learningRate = warmupSchedule(iteration - 1, s.learningRate, 5);
      const { reports, trained } = await optimise(s, models, experience, learningRate, drawn);
      tokens += experience.tokens + trained;
      await guard.check(iteration, reports[reports.length - 1]!);
      // of the first update after a measurement: its answers are those of the policy that was measured
      const records = arm.measuredAt === iteration - 1 ? await recordsOf(experience, policy) : undefined;
      const average = (name: string) => mean(reports.map((r) => r.metrics[name] ?? 0));
      yield {
        type: 'metrics',
        update: iteration,
        updates: s.iterations,
        samples: iteration * s.rolloutBatch,
        tokens,
        ...(records ? { records } : {}),
        metrics: {
          ...experience.metrics,
          iteration,
          'loss/policy_avg': average('policyLoss'),
          'loss/value_avg': average('valueLoss'),
          'policy/approxkl_avg': average('approxKl'),
          'policy/clipfrac_avg': average('clipFraction'),
          'policy/entropy_avg': average('entropy'),
          'val/clipfrac_avg': average('valueClipFraction'),
          'val/ratio': average('ratio'),
          'val/ratio_var': average('ratioVar'),
          'val/ratio_first': reports[0]!.metrics['ratio']!,
          'val/epochs': reports.length / s.minibatches,
          grad_norm: mean(reports.map((r) => r.gradNorm)),
          kl_coef: klCoef,
          ...(corpus ? { 'loss/pretrain_avg': average('pretrainLoss') } : {}),
        },
      };
      if (s.adaptiveKlTarget !== null)
        klCoef = adaptKlCoef(klCoef, experience.kl, {
          target: s.adaptiveKlTarget,
          horizon: s.adaptiveKlHorizon,
          samples: s.rolloutBatch,
        });
    }
  } finally {
    reward.dispose();
    value?.dispose();
  }
}
