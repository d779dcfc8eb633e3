import { message, type Message } from '../../messages';
import type { LabConfig } from '../../pipeline/lab/config';
import { defaultSettings } from '../../pipeline/lab/config';
import type { Graph, GraphNode } from '../../pipeline/lab/graph';
import type { DpoSettings } from '../../pipeline/stages/dpo';
import type { PpoSettings } from '../../pipeline/stages/ppo.settings';
import type { RewardSettings } from '../../pipeline/stages/reward';
import type { SftSettings } from '../../pipeline/stages/sft';
import { streamOf } from '../../pipeline/contract/stage';
import { shuffledBatches } from '../../pipeline/training/batches';
import { taskByName } from '../../world';

/** Settings of one arm under the names of the scripts. */
export type ArmSettings = Record<string, unknown>;

/** What a setting of the lab becomes: arguments of TRL, or why there are none. */
export interface Mapped {
  settings?: ArmSettings;
  refused: Message[];
}

/** Batches of rows in the order in which a stage learns from its pairs. */
function orderOf(
  config: LabConfig,
  seed: number,
  stage: string,
  s: { steps: number; batchSize: number },
  pairs: number,
) {
  const order = streamOf({ seed, task: taskByName(config.task) }, stage, 'order');
  const batches = shuffledBatches(pairs, s.batchSize, (xs) => order.shuffle(xs));
  return Array.from({ length: s.steps }, () => batches.next().value!);
}

/**
 * DPO as TRL's DPOTrainer has it. Label smoothing ε, which its `sigmoid` ignores, is the sum
 * 2(1 − ε)·sigmoid − (1 − 2ε)·robust, whose terms are −(1 − ε) log σ(x) − ε log σ(−x).
 */
export function dpoSettings(s: DpoSettings): Mapped {
  const refused: Message[] = [];
  if (s.lossType === 'ipo') refused.push(message('trl.ipo', {}));
  if (s.referenceFree) refused.push(message('trl.referenceFree', {}));
  const smoothing = s.lossType === 'sigmoid' ? s.labelSmoothing : 0;
  if (smoothing === 0.5) refused.push(message('trl.halfSmoothing', {}));
  if (refused.length > 0) return { refused };
  const terms: [string, number][] =
    smoothing > 0
      ? [
          ['sigmoid', 2 * (1 - smoothing)],
          ['robust', -(1 - 2 * smoothing)],
        ]
      : [[s.lossType, 1]];
  if (s.sftCoef > 0) terms.push(['sft', s.sftCoef]);
  return {
    refused,
    settings: {
      steps: s.steps,
      batch_size: s.batchSize,
      learning_rate: s.learningRate,
      schedule: 'constant',
      warmup: 10,
      beta: s.beta,
      loss_type: terms.map(([name]) => name),
      loss_weights: terms.map(([, weight]) => weight),
      label_smoothing: smoothing,
      first_loss: s.sftCoef > 0 ? null : s.lossType === 'hinge' ? 1 : Math.LN2,
    },
  };
}

/** The largest divisor of `n` that is at most `most`. */
const divisor = (n: number, most: number): number => {
  let d = Math.min(n, most);
  while (n % d !== 0) d--;
  return d;
};

/** PPO's settings for GRPO and RLOO, which draw several answers to each prompt in place of a value model. */
export function groupSettings(s: PpoSettings): Mapped {
  const refused: Message[] = [];
  if (s.clipRange === null) refused.push(message('trl.noClip', {}));
  if (s.rewardSource === 'gold') refused.push(message('trl.goldReward', {}));
  if (s.pretrainCoef > 0) refused.push(message('trl.pretrainMix', {}));
  if (s.gamma < 1) refused.push(message('trl.discount', {}));
  if (refused.length > 0) return { refused };
  const minibatches = divisor(s.rolloutBatch, s.minibatches);
  return {
    refused,
    settings: {
      steps: s.iterations * minibatches * s.epochs,
      rollouts: s.rolloutBatch,
      minibatches,
      minibatch: s.rolloutBatch / minibatches,
      epochs: s.epochs,
      num_generations: Math.max(2, divisor(s.rolloutBatch, 8)),
      learning_rate: s.learningRate,
      schedule: 'constant',
      warmup: 5 * minibatches * s.epochs,
      kl_coef: s.klCoef,
      clip_range: s.clipRange,
      missing_eos_penalty: s.missingEosPenalty,
      whiten: s.whitenAdvantages,
    },
  };
}

/** PPO's settings for TRL's former PPOTrainer, which steps once an iteration. */
export function ppoSettings(s: PpoSettings): Mapped {
  const { refused } = groupSettings({ ...s, gamma: 1 });
  if (refused.length > 0) return { refused };
  const minibatches = divisor(s.rolloutBatch, s.minibatches);
  return {
    refused,
    settings: {
      steps: s.iterations,
      rollouts: s.rolloutBatch,
      minibatches,
      epochs: s.epochs,
      learning_rate: s.learningRate,
      kl_coef: s.klCoef,
      clip_range: s.clipRange,
      value_clip: s.valueClip ?? 1e9,
      value_coef: s.valueCoef,
      gamma: s.gamma,
      lambda: s.gaeLambda,
      missing_eos_penalty: s.missingEosPenalty,
    },
  };
}

export interface BundleSettings {
  /** By script, then by arm. */
  scripts: Record<string, Record<string, ArmSettings>>;
  /** Rows of the pairs in each batch, likewise, where the order is known. */
  orders: Record<'reward' | 'dpo', Record<string, number[][]>>;
  /** By arm, why a script of the bundle does not run it. */
  refused: { arm: string; reason: Message }[];
}

/** What the scripts of a bundle are run with; `pairs` is the number of labelled pairs. */
export function bundleSettings(config: LabConfig, graph: Graph, pairs: number): BundleSettings {
  const refused: BundleSettings['refused'] = [];
  const nodeOf = (id: string) => graph.find((node) => node.id === id);
  const settingsOf = <S>(stage: 'sft' | 'reward') =>
    (nodeOf(stage)?.settings ?? defaultSettings(config.task, stage, config.size)) as unknown as S;
  const sft = settingsOf<SftSettings>('sft');
  const reward = settingsOf<RewardSettings>('reward');
  const scripts: BundleSettings['scripts'] = {
    sft: { sft: training(sft, 'cosine', 10) },
    reward: { reward: training(reward, 'cosine', 5) },
    dpo: {},
    kto: {},
    grpo: {},
    rloo: {},
    ppo: {},
  };
  const orders: BundleSettings['orders'] = {
    reward: { reward: orderOf(config, nodeOf('reward')?.seed ?? config.seed, 'reward', reward, pairs) },
    dpo: {},
  };
  const add = (script: string, arm: string, { settings, refused: why }: Mapped) => {
    if (settings) scripts[script]![arm] = settings;
    for (const reason of why)
      if (!refused.some((r) => r.arm === arm && r.reason.code === reason.code)) refused.push({ arm, reason });
  };
  const arms = graph.filter((node) => config.arms.some((arm) => arm.id === node.id));
  for (const { id, stage, settings, seed } of armsOrDefaults(config, arms))
    if (stage === 'dpo') {
      const s = settings as unknown as DpoSettings;
      add('dpo', id, dpoSettings(s));
      orders.dpo[id] = orderOf(config, seed, 'dpo', s, pairs);
      scripts['kto']![id] = { ...training(s, 'constant', 10), beta: s.beta };
    } else if (stage === 'ppo') {
      const s = settings as unknown as PpoSettings;
      add('grpo', id, groupSettings(s));
      add('rloo', id, groupSettings(s));
      add('ppo', id, ppoSettings(s));
    } else refused.push({ arm: id, reason: message('trl.stage', { stage }) });
  return { scripts, orders, refused };
}

const training = (
  s: { steps: number; batchSize: number; learningRate: number },
  schedule: 'cosine' | 'constant',
  warmup: number,
): ArmSettings => ({
  steps: s.steps,
  batch_size: s.batchSize,
  learning_rate: s.learningRate,
  schedule,
  warmup,
});

/** The run's arms; a method that it does not have is there with the task's default settings. */
function armsOrDefaults(
  config: LabConfig,
  arms: Graph,
): Pick<GraphNode, 'id' | 'stage' | 'settings' | 'seed'>[] {
  const missing = (['dpo', 'ppo'] as const).filter((stage) => !arms.some((arm) => arm.stage === stage));
  const defaults = missing.map((stage) => ({
    id: stage,
    stage,
    settings: defaultSettings(config.task, stage, config.size),
    seed: config.seed,
  }));
  return [...arms, ...defaults];
}
