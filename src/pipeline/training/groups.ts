import type { Batch, LanguageModel, Matrix } from '../../engine/types';
import type { Rng } from '../../random/rng';
import {
  modelOf,
  parent,
  streamOf,
  type MetricDeclarations,
  type Parents,
  type RewardModelArtifact,
  type StageContext,
} from '../contract/stage';
import { ownData } from '../contract/own';
import { choice, number, ownSetting } from '../contract/settings';
import { goldOf, sequence, trainingPrompts, type PromptSource } from '../data/tokens';
import { klEstimators } from '../maths/kl';
import { rowSums } from '../maths/matrix';
import { mean } from '../maths/statistics';
import { normalisedScores } from '../measures/evaluate';

/** What the answers of an iteration log, under PPO's names. */
export const ANSWER_METRICS = {
  'objective/kl': 'reward',
  'objective/kl_k3': 'reward',
  'objective/entropy': 'policy',
  'objective/scores': 'reward',
  'objective/gold': 'reward',
  'objective/proxy': 'reward',
  'val/num_eos_tokens': 'policy',
  'val/length': 'policy',
} satisfies MetricDeclarations;

/** On-policy answers, those to one prompt in a row; matrices are [B, C]. */
export interface ScoredAnswers {
  batch: Batch;
  mask: Matrix;
  logProbs: Matrix;
  reference: Matrix;
  /** log π − log π_ref of each whole answer, nats, [B]. */
  kl: Float64Array;
  /** The same by the k3 estimator. */
  k3: Float64Array;
  /** Entropy summed over each answer, nats, [B]. */
  entropy: Float64Array;
  /** What is learned from: the score, less the penalty where an answer does not end, [B]. */
  scores: number[];
  gold: number[];
  proxy: number[];
  finished: boolean[];
  tokens: number;
}

/** Settings of a stage that say how answers are scored. */
export const SCORING_SETTINGS = {
  missingEosPenalty: number(1, 0, 20, {
    label: 'missing-EOS penalty',
    unit: 'reward',
    typical: [0, 2],
    effect: 'Subtracted when an answer does not end; 0 lets answers run on.',
    advanced: true,
  }),
  rewardSource: choice(['proxy', 'gold'], 'proxy', {
    label: 'reward',
    effect:
      'Proxy: the reward model, as in practice; gold: the true reward, which nobody has outside this lab.',
    advanced: true,
  }),
  ownPrompts: ownSetting('prompts', {
    label: 'own prompts',
    effect:
      'Prompts that you brought to learn on, in place of the world’s; it is measured on the world’s held-out ones.',
    advanced: true,
  }),
};

export interface ScoringOptions {
  /** Answers to each prompt. */
  size: number;
  rewardSource: 'proxy' | 'gold';
  missingEosPenalty: number;
  /** Hash of a person's own prompts; null: those of the world. */
  ownPrompts: string | null;
}

/** Asks the policy each prompt several times and scores the answers. */
export class AnswerSampler {
  private readonly prompts: PromptSource;
  private readonly noise: Rng;
  private readonly rewardArtifact: RewardModelArtifact;
  private readonly rewardModel: LanguageModel;

  /** `stage` names the streams. */
  constructor(
    private readonly context: StageContext,
    stage: string,
    parents: Parents,
    private readonly policy: LanguageModel,
    private readonly reference: LanguageModel,
    private readonly options: ScoringOptions,
  ) {
    const own = options.ownPrompts === null ? null : ownData(context, 'prompts', options.ownPrompts);
    this.prompts = trainingPrompts(context.task, streamOf(context, stage, 'prompts'), own);
    this.noise = streamOf(context, stage, 'noise');
    this.rewardArtifact = parent(parents, 'reward');
    this.rewardModel = modelOf(context, this.rewardArtifact);
  }

  /** Answers of the policy as it is now to `count` fresh prompts. */
  async draw(count: number): Promise<ScoredAnswers> {
    const { context, policy, options } = this;
    const { task } = context;
    const drawn = this.prompts(count);
    const repeated = <T>(xs: readonly T[]) =>
      xs.flatMap((x) => Array.from({ length: options.size }, () => x));
    const asked = repeated(drawn.prompts);
    const ids = repeated(drawn.ids);
    const { completions, finished } = await policy.generate(ids, {
      maxNewTokens: task.maxNewTokens,
      temperature: 1,
      noiseKey: this.noise.uint32(),
    });
    const batch = ids.map((prompt, i) => sequence(prompt, completions[i]!));
    const mine = await policy.evaluate(batch, { logProbs: true, entropy: true });
    const { logProbs: reference } = await this.reference.evaluate(batch, { logProbs: true });
    const proxy = Array.from(await normalisedScores(this.rewardModel, this.rewardArtifact, ids, completions));
    const gold = asked.map((prompt, i) => goldOf(task, prompt, completions[i]!).total);
    const source = options.rewardSource === 'gold' ? gold : proxy;
    const [logProbs, mask] = [mine.logProbs!, mine.mask];
    return {
      batch,
      mask,
      logProbs,
      reference: reference!,
      kl: rowSums(klEstimators.k1(logProbs, reference!, mask)),
      k3: rowSums(klEstimators.k3(logProbs, reference!, mask)),
      entropy: rowSums(mine.entropy!),
      scores: source.map((score, i) => score - (finished[i] ? 0 : options.missingEosPenalty)),
      gold,
      proxy,
      finished,
      tokens: batch.reduce((sum, row) => sum + row.ids.length, 0),
    };
  }

  dispose(): void {
    this.rewardModel.dispose();
  }
}

/** The rows of `ANSWER_METRICS`. */
export const answerMetrics = (a: ScoredAnswers): Record<string, number> => ({
  'objective/kl': mean(a.kl),
  'objective/kl_k3': mean(a.k3),
  'objective/entropy': mean(a.entropy),
  'objective/scores': mean(a.scores),
  'objective/gold': mean(a.gold),
  'objective/proxy': mean(a.proxy),
  'val/num_eos_tokens': a.finished.filter(Boolean).length,
  'val/length': mean(a.batch.map((row) => row.ids.length - row.start)),
});
