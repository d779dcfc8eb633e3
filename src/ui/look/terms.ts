import type { Matrix } from '../../engine/types';
import type { TokenRecord } from '../../pipeline/contract/rollout';
import { generalizedAdvantages } from '../../pipeline/maths/advantages';
import type { StageModel } from '../store/snapshot';

/** A token's part of PPO's objective (Schulman et al. 2017 eq. 7): what is to be raised. */
export interface PpoTerm {
  ratio: number;
  clipped: number;
  /** ρ A, clip(ρ) A, and the lower of the two. */
  free: number;
  held: number;
  objective: number;
  /** The clip has taken the gradient away. */
  isStopped: boolean;
}

/** Of a ratio and an advantage; a clip range of null clips nothing. */
export function ppoTerm(ratio: number, advantage: number, clip: number | null): PpoTerm {
  const clipped = clip === null ? ratio : Math.min(1 + clip, Math.max(1 - clip, ratio));
  const [free, held] = [ratio * advantage, clipped * advantage];
  return { ratio, clipped, free, held, objective: Math.min(free, held), isStopped: held < free };
}

/** What DPO makes of a pair (Rafailov et al. 2023 eq. 7); log-probs summed over the answers, nats. */
export interface DpoTerm {
  /** log π − log π_ref of the chosen and of the rejected answer. */
  chosen: number;
  rejected: number;
  /** β (chosen − rejected). */
  margin: number;
  /** −log σ(margin). */
  loss: number;
  /** σ(−margin): how strongly the pair pulls. */
  weight: number;
}

export function dpoTerm(chosen: number, rejected: number, beta: number): DpoTerm {
  const margin = beta * (chosen - rejected);
  const loss = margin > 0 ? Math.log1p(Math.exp(-margin)) : -margin + Math.log1p(Math.exp(margin));
  return { chosen, rejected, margin, loss, weight: 1 / (1 + Math.exp(margin)) };
}

/** An answer token by token, as far as it is known. */
export interface Strip {
  /** Ids with `<bos>`, and the answer. */
  prompt: readonly number[];
  completion: readonly number[];
  /** log π and log π_ref of every token, nats. */
  own: readonly number[];
  reference: readonly number[];
  /** log π after the update that learned from it. */
  after?: readonly number[];
  values?: readonly number[];
  rewards?: readonly number[];
  rawAdvantages?: readonly number[];
  advantages?: readonly number[];
  gold?: number;
  score?: number;
}

export const stripOfRecord = (r: TokenRecord): Strip => ({
  prompt: r.prompt,
  completion: r.completion,
  own: r.oldLogProbs,
  reference: r.referenceLogProbs,
  after: r.newLogProbs,
  values: r.values,
  rewards: r.rewards,
  rawAdvantages: r.rawAdvantages,
  advantages: r.advantages,
  gold: r.gold,
  score: r.score,
});

/** What PPO would be told about an answer that it has not learned from: rewards and advantages, not whitened. */
export function withAdvantages(
  strip: Strip,
  { settings, stage }: Pick<StageModel, 'settings' | 'stage'>,
): Strip {
  const { values, score, own, reference } = strip;
  if (stage !== 'ppo' || !values || score === undefined) return strip;
  const n = own.length;
  const beta = Number(settings['klCoef']);
  const rewards = own.map((log, i) => -beta * (log - reference[i]!) + (i === n - 1 ? score : 0));
  const matrix = (data: readonly number[]): Matrix => ({ rows: 1, cols: n, data: Float32Array.from(data) });
  const { advantages } = generalizedAdvantages(
    matrix(rewards),
    matrix(values),
    matrix(own.map(() => 1)),
    Number(settings['gamma']),
    Number(settings['gaeLambda']),
  );
  return { ...strip, rewards, rawAdvantages: Array.from(advantages.data) };
}

/** log π − log π_ref of every token, nats. */
export const logRatios = ({ own, reference }: Strip): number[] => own.map((log, i) => log - reference[i]!);

/** Height of a token's bar: the advantage that trained it, else what it adds to the KL. */
export const barsOf = (strip: Strip): readonly number[] =>
  strip.advantages ?? strip.rawAdvantages ?? logRatios(strip);

/** Where two answers part: the first token that differs. */
export function partingOf(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((id, i) => id !== b[i]);
  return at < 0 ? a.length : at;
}
