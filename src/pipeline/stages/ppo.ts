import * as tf from '@tensorflow/tfjs-core';
import { ppoFormula } from './ppo.formula';
import { numeric, share } from '../contract/figures';
import type {
  AdamWOptions,
  Batch,
  HostOutputs,
  LanguageModel,
  LossTerm,
  Matrix,
  UpdateReport,
} from '../../engine/types';
import { withFreshHead } from '../../model/parameters';
import { packedCorpus } from '../../world';
import { explainedVariance, generalizedAdvantages, whiten } from '../maths/advantages';
import { Arm, ARM_FIGURES, ARM_HEADLINE } from '../training/arm';
import { normalisedScores } from '../measures/evaluate';
import { DivergenceGuard } from '../training/guard';
import { adaptKlCoef, klEstimators, penalisedRewards } from '../maths/kl';
import { maskedMean } from '../losses/masked';
import { ppoPolicyLoss, ppoValueLoss } from '../losses/ppo';
import { negativeLogLikelihood } from '../losses/sft';
import { rowSums, selectRows, zeros } from '../maths/matrix';
import { cutInto } from '../training/batches';
import { adamw, warmupSchedule } from '../training/optimizer';
import { corpusBatch } from '../data/corpus';
import { present } from '../contract/present';
import {
  defineStage,
  modelOf,
  parent,
  streamOf,
  type MetricsEvent,
  type Parents,
  type StageContext,
} from '../contract/stage';
import { mean } from '../maths/statistics';
import { drawPrompts, goldOf, sequence } from '../data/tokens';
import { ppoProblems, ppoVersion, settings, type PpoSettings } from './ppo.settings';

/** One batch of on-policy answers with everything the update needs; matrices are [B, C]. */
interface Experience {
  batch: Batch;
  oldLogProbs: Matrix;
  oldValues: Matrix;
  advantages: Matrix;
  returns: Matrix;
  metrics: Record<string, number>;
  /** Mean sequence KL to the reference, nats. */
  kl: number;
  tokens: number;
}

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
      const rows = train(context, s, parents, arm.policy, arm.reference);
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
  policy: LanguageModel,
  reference: LanguageModel,
): AsyncGenerator<MetricsEvent, void, void> {
  const rewardArtifact = parent(parents, 'reward');
  const rewardModel = modelOf(context, rewardArtifact);
  // The policy's scalar head becomes the value head: it starts at zero.
  policy.setWeights(withFreshHead(policy.config, await policy.weights()));
  const valueModel =
    s.valueModel === 'separate'
      ? context.engine.createModel(
          rewardArtifact.config,
          withFreshHead(rewardArtifact.config, rewardArtifact.weights),
        )
      : null;
  const stream = (purpose: string) => streamOf(context, 'ppo', purpose);
  const [prompts, noise, order, mix] = [stream('prompts'), stream('noise'), stream('order'), stream('mix')];
  const corpus = s.pretrainCoef > 0 ? packedCorpus(stream('corpus'), 200_000) : null;
  const guard = new DivergenceGuard('ppo', policy, s.learningRate);
  await guard.start();
  let klCoef = s.klCoef;
  let tokens = 0;

  try {
    for (let iteration = 1; iteration <= s.iterations; iteration++) {
      const experience = await collect(iteration);
      const { reports, trained } = await optimise(
        experience,
        warmupSchedule(iteration - 1, s.learningRate, 5),
      );
      tokens += experience.tokens + trained;
      await guard.check(iteration, reports[reports.length - 1]!);
      const average = (name: string) => mean(reports.map((r) => r.metrics[name] ?? 0));
      yield {
        type: 'metrics',
        update: iteration,
        updates: s.iterations,
        samples: iteration * s.rolloutBatch,
        tokens,
        metrics: {
          ...experience.metrics,
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
    rewardModel.dispose();
    valueModel?.dispose();
  }

  /** Samples answers, scores them and turns scores into advantages. */
  async function collect(iteration: number): Promise<Experience> {
    const { prompts: asked, ids } = drawPrompts(context.task, prompts, 'train', s.rolloutBatch);
    const want = { logProbs: true, entropy: true, values: s.valueModel === 'shared' };
    const rollout = await policy.generate(ids, {
      want,
      maxNewTokens: context.task.maxNewTokens,
      temperature: 1,
      noiseKey: noise.uint32(),
    });
    const batch = ids.map((p, i) => sequence(p, rollout.completions[i]!));

    const old = rollout.outputs!;
    const { mask } = old;
    const oldValues = await valuesOf(batch, old);
    const referenceLogProbs = (await reference.evaluate(batch, { logProbs: true })).logProbs!;

    const gold = asked.map((prompt, i) => goldOf(context.task, prompt, rollout.completions[i]!).total);
    const proxy = await normalisedScores(rewardModel, rewardArtifact, ids, rollout.completions);
    const scores = (s.rewardSource === 'gold' ? gold : Array.from(proxy)).map(
      (score, i) => score + s.rewardShift - (rollout.finished[i] ? 0 : s.missingEosPenalty),
    );

    const k1 = klEstimators.k1(old.logProbs!, referenceLogProbs, mask);
    const k3 = klEstimators.k3(old.logProbs!, referenceLogProbs, mask);
    const kl = mean(rowSums(k1));
    const rewards = penalisedRewards(k1, mask, scores, klCoef);
    const { advantages, returns } = generalizedAdvantages(rewards, oldValues, mask, s.gamma, s.gaeLambda);

    return {
      batch,
      oldLogProbs: old.logProbs!,
      oldValues,
      advantages: s.whitenAdvantages ? whiten(advantages, mask) : advantages,
      returns,
      kl,
      tokens: batch.reduce((sum, row) => sum + row.ids.length, 0),
      metrics: {
        'objective/kl': kl,
        'objective/kl_k3': mean(rowSums(k3)),
        'objective/entropy': mean(rowSums(old.entropy!)),
        'objective/scores': mean(scores),
        'objective/non_score_reward': -klCoef * kl,
        'objective/rlhf_reward': mean(scores) - klCoef * kl,
        'objective/gold': mean(gold),
        'objective/proxy': mean(proxy),
        'val/num_eos_tokens': rollout.finished.filter(Boolean).length,
        'val/length': mean(rollout.completions.map((c) => c.length)),
        ...present({ 'val/explained_var': explainedVariance(oldValues, returns, mask) }),
        iteration,
      },
    };
  }

  /** V(state before each completion token); 0 without a value model. */
  async function valuesOf(batch: Batch, old: HostOutputs): Promise<Matrix> {
    switch (s.valueModel) {
      case 'shared':
        return old.values!;
      case 'separate':
        return (await valueModel!.evaluate(batch, { values: true })).values!;
      case 'none':
        return zeros(old.mask.rows, old.mask.cols);
    }
  }

  /** Several epochs of minibatch updates on one batch of experience, and the tokens that they trained on. */
  async function optimise(experience: Experience, learningRate: number) {
    const optimizer = adamw(learningRate, { beta2: 0.95, epsilon: 1e-5 });
    const reports: UpdateReport[] = [];
    let trained = 0;
    for (let epoch = 0; epoch < s.epochs; epoch++) {
      const rows = order.shuffle(experience.batch.map((_, i) => i));
      for (const part of cutInto(rows, s.minibatches)) {
        const report = await step(experience, part, optimizer);
        reports.push(report);
        trained += part.reduce((sum, row) => sum + experience.batch[row]!.ids.length, 0);
        const tooFar = s.targetKl !== null && report.metrics['approxKl']! > s.targetKl;
        if (tooFar || !Number.isFinite(report.loss)) return { reports, trained };
      }
    }
    return { reports, trained };
  }

  /** One clipped policy and value update on the given rows. */
  async function step(
    e: Experience,
    rows: readonly number[],
    optimizer: AdamWOptions,
  ): Promise<UpdateReport> {
    const batch = rows.map((r) => e.batch[r]!);
    const cols = Math.max(...batch.map((row) => row.ids.length - row.start));
    const tensor = (m: Matrix) => {
      const part = selectRows(m, rows, cols);
      return tf.tensor2d(part.data, [part.rows, part.cols]);
    };
    const valueLossOf = (values: tf.Tensor, mask: tf.Tensor) =>
      ppoValueLoss(values, tensor(e.oldValues), tensor(e.returns), mask, s.valueClip);

    const terms: LossTerm[] = [
      {
        batch,
        want: { logProbs: true, entropy: true, values: s.valueModel === 'shared' },
        loss: (outputs) => {
          const { logProbs, entropy, mask } = outputs;
          const policyLoss = ppoPolicyLoss(
            logProbs,
            tensor(e.oldLogProbs),
            tensor(e.advantages),
            mask,
            s.clipRange,
          );
          const meanEntropy = maskedMean(entropy, mask);
          let loss = tf.sub(policyLoss.loss, tf.mul(s.entropyCoef, meanEntropy)) as tf.Scalar;
          const metrics: Record<string, tf.Scalar> = {
            policyLoss: policyLoss.loss,
            clipFraction: policyLoss.clipFraction,
            approxKl: policyLoss.approxKl,
            ratio: policyLoss.ratioMean,
            ratioVar: policyLoss.ratioVar,
            entropy: meanEntropy,
          };
          if (s.valueModel === 'shared') {
            const valueLoss = valueLossOf(outputs.values, mask);
            loss = tf.add(loss, tf.mul(s.valueCoef, valueLoss.loss)) as tf.Scalar;
            metrics['valueLoss'] = valueLoss.loss;
            metrics['valueClipFraction'] = valueLoss.clipFraction;
          }
          return { loss, metrics };
        },
      },
    ];
    if (corpus) {
      const offsets = Array.from({ length: 16 }, () => mix.int(0, corpus.length - 50));
      terms.push({
        batch: corpusBatch(corpus, offsets, 49),
        want: { logProbs: true },
        loss: (outputs) => {
          const { loss } = negativeLogLikelihood(outputs);
          return { loss: tf.mul(s.pretrainCoef, loss) as tf.Scalar, metrics: { pretrainLoss: loss } };
        },
      });
    }
    const report = (await policy.update(terms, optimizer, true))!;
    if (valueModel) {
      const value = await valueModel.update(
        [
          {
            batch,
            want: { values: true },
            loss: ({ values, mask }) => {
              const { loss, clipFraction } = valueLossOf(values, mask);
              return { loss, metrics: { valueLoss: loss, valueClipFraction: clipFraction } };
            },
          },
        ],
        optimizer,
        true,
      );
      Object.assign(report.metrics, value!.metrics);
    }
    return report;
  }
}
