import type { Role } from '../../pipeline/contract/stage';
import { fillersOf, STAGES, type StageName } from '../../pipeline/stages';

/**
 * The stage of the trunk, given by ids in their order, that the line to an arm begins at: the labels where the arm
 * learns from them as they were given, else the last stage that it builds on. Undefined where it has a trunk of its
 * own in place of every one of these.
 */
export function lineFrom(arm: StageName, trunk: readonly string[]): string | undefined {
  const { inputs, learnsFrom } = STAGES[arm];
  const roles: readonly Role[] =
    learnsFrom === 'labels' && inputs.includes('preferences') ? ['preferences'] : inputs;
  const sources = roles.flatMap((role): readonly string[] => fillersOf(role));
  return trunk.findLast((id) => sources.includes(id));
}
