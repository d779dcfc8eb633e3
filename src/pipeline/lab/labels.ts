import { STAGES } from '../stages';
import { isLadder } from '../stages/traits';
import type { GraphNode } from './graph';

type Labelled = Pick<GraphNode, 'id' | 'stage' | 'settings' | 'inputs'>;

/**
 * Labelled comparisons that an arm has used when it has seen so many samples, each counted once. What learns from a
 * reward model has used all of that model's before it begins; with the gold reward, or from demonstrations, none.
 */
export function labelsUsed(arm: Labelled, nodes: readonly Labelled[]): (samples: number) => number {
  const { stage, settings } = arm;
  const { learnsFrom } = STAGES[stage];
  if (settings['rewardSource'] === 'gold' || settings['reward'] === 'gold') return () => 0;
  const pairs = pairsUnder(arm, nodes) ?? 0;
  if (learnsFrom === 'labels') {
    if (settings['labels'] === 'labeler') return (samples) => samples; // drawn and labelled afresh
    if (settings['labels'] === undefined) return (samples) => Math.min(samples, pairs);
  } else if (learnsFrom !== 'reward' && !isLadder(arm)) return () => 0;
  return () => pairs;
}

function pairsUnder(arm: Labelled, nodes: readonly Labelled[]): number | undefined {
  const { preferences, reward } = arm.inputs;
  const of = (id: string | undefined) => nodes.find((node) => node.id === id);
  const pairs = of(preferences)?.settings['pairs'];
  if (typeof pairs === 'number') return pairs;
  const under = of(reward);
  return under && pairsUnder(under, nodes);
}
