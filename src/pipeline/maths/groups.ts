import { mean, sum } from './statistics';

/** How the rewards of a group become advantages: divided by the group's deviation (GRPO) or not (Dr. GRPO). */
export type GroupScale = 'deviation' | 'none';

/** Keeps a group of equal rewards from dividing by 0; as in TRL. */
const EPSILON = 1e-4;

/**
 * Advantages of answers in groups of `size` that answer one prompt each, [groups · size]: reward minus the mean of its
 * group, divided by the group's sample deviation (n − 1) plus 1e-4 for `deviation` (Shao et al. 2024 §4.1.2), or left as
 * it is (Liu et al. 2025, Dr. GRPO). A group of equal rewards has advantage 0. Throws a RangeError unless whole groups
 * of at least two are given.
 */
export function groupAdvantages(rewards: readonly number[], size: number, scale: GroupScale): number[] {
  return groupsOf(rewards, size).flatMap((group) => {
    const centre = mean(group);
    const divisor = scale === 'deviation' ? deviation(group) + EPSILON : 1;
    return group.map((r) => (r - centre) / divisor);
  });
}

/**
 * Leave-one-out advantages, [groups · size]: reward minus the mean of the other rewards of its group, an unbiased
 * baseline (Kool et al. 2019; Ahmadian et al. 2024 eq. 8). It is size/(size − 1) times reward minus the group's mean.
 * Throws a RangeError as above.
 */
export function leaveOneOutAdvantages(rewards: readonly number[], size: number): number[] {
  return groupsOf(rewards, size).flatMap((group) => {
    const total = sum(group);
    return group.map((r) => r - (total - r) / (size - 1));
  });
}

/** Which groups are dead: all rewards equal, so that nothing can be learned from them, [groups]. */
export const deadGroups = (rewards: readonly number[], size: number): boolean[] =>
  groupsOf(rewards, size).map((group) => group.every((r) => r === group[0]));

/** Mean over the groups of the sample deviation of their rewards. */
export const groupDeviation = (rewards: readonly number[], size: number): number =>
  mean(groupsOf(rewards, size).map(deviation));

function groupsOf(rewards: readonly number[], size: number): number[][] {
  if (!(size >= 2 && rewards.length % size === 0))
    throw new RangeError(`${rewards.length} rewards are no whole groups of ${size}, at least 2`);
  return Array.from({ length: rewards.length / size }, (_, g) => rewards.slice(g * size, (g + 1) * size));
}

function deviation(group: readonly number[]): number {
  const centre = mean(group);
  return Math.sqrt(group.reduce((sum, r) => sum + (r - centre) ** 2, 0) / (group.length - 1));
}
