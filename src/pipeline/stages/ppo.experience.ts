import type { Batch, HostOutputs, LanguageModel, Matrix, Wanted } from '../../engine/types';
import type { Rng } from '../../random/rng';
import type { RewardModelArtifact, StageContext } from '../contract/stage';
import { present } from '../contract/present';
import { evaluateTogether } from '../contract/rule-model';
import { goldOf, sequence, type PromptSource } from '../data/tokens';
import { explainedVariance, generalizedAdvantages, whiten } from '../maths/advantages';
import { klEstimators, penalisedRewards } from '../maths/kl';
import { rowSums, zeros } from '../maths/matrix';
import { mean } from '../maths/statistics';
import { normalised } from '../measures/evaluate';
import type { PpoSettings } from './ppo.settings';

/** One batch of on-policy answers with everything the update needs; matrices are [B, C]. */
export interface Experience {
  batch: Batch;
  oldLogProbs: Matrix;
  oldValues: Matrix;
  advantages: Matrix;
  returns: Matrix;
  /** Token by token, for those who look inside. */
  inside: Inside;
  metrics: Record<string, number>;
  /** Mean sequence KL to the reference, nats. */
  kl: number;
  tokens: number;
}

/** What advantages were made of; matrices are [B, C]. */
export interface Inside {
  referenceLogProbs: Matrix;
  rewards: Matrix;
  rawAdvantages: Matrix;
  gold: readonly number[];
  scores: readonly number[];
  klCoef: number;
}

/** Everyone in PPO. */
export interface PpoModels {
  policy: LanguageModel;
  reference: LanguageModel;
  reward: LanguageModel;
  normaliser: Pick<RewardModelArtifact, 'mean' | 'deviation'>;
  /** A value model of its own; null where the policy has the value head, or where there is none. */
  value: LanguageModel | null;
}

/** Samples answers, scores them and turns scores into advantages: one readback for the answers, one for the rest. */
export async function collect(
  context: StageContext,
  s: PpoSettings,
  models: PpoModels,
  streams: { prompts: PromptSource; noise: Rng },
  klCoef: number,
): Promise<Experience> {
  const { prompts: asked, ids } = streams.prompts(s.rolloutBatch);
  const want = { logProbs: true, entropy: true, values: s.valueModel === 'shared' };
  const rollout = await models.policy.generate(ids, {
    want,
    onlyIfKnown: true, // else in one round trip with the passes of the others
    maxNewTokens: context.task.maxNewTokens,
    temperature: 1,
    noiseKey: streams.noise.uint32(),
  });
  const batch = ids.map((p, i) => sequence(p, rollout.completions[i]!));
  const { old, oldValues, referenceLogProbs, proxy } = await scored(
    context,
    s,
    models,
    batch,
    want,
    rollout.outputs,
  );
  const { mask } = old;

  const gold = asked.map((prompt, i) => goldOf(context.task, prompt, rollout.completions[i]!).total);
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
    inside: { referenceLogProbs, rewards, rawAdvantages: advantages, gold, scores, klCoef },
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
    },
  };
}

/** The passes over the answers that sampling did not tell already, together. */
async function scored(
  { engine }: StageContext,
  s: PpoSettings,
  models: PpoModels,
  batch: Batch,
  want: Wanted,
  sampled: HostOutputs | undefined,
) {
  const [reference, reward, ...others] = await evaluateTogether(engine, [
    { model: models.reference, batch, want: { logProbs: true } },
    { model: models.reward, batch, want: { scores: true } },
    ...(models.value ? [{ model: models.value, batch, want: { values: true } }] : []),
    ...(sampled ? [] : [{ model: models.policy, batch, want }]),
  ]);
  const old = sampled ?? others.at(-1)!;
  return {
    old,
    oldValues: valuesOf(s, old, others[0]),
    referenceLogProbs: reference!.logProbs!,
    proxy: normalised(reward!.scores!, models.normaliser),
  };
}

/** V(state before each completion token); 0 without a value model. */
function valuesOf(s: PpoSettings, old: HostOutputs, separate: HostOutputs | undefined): Matrix {
  switch (s.valueModel) {
    case 'shared':
      return old.values!;
    case 'separate':
      return separate!.values!;
    case 'none':
      return zeros(old.mask.rows, old.mask.cols);
  }
}
