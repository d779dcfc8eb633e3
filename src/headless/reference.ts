import type { LabConfig } from '../pipeline/lab/config';
import { buildGraph } from '../pipeline/lab/graph';
import { referencesOf, type Reference, type References } from '../pipeline/lab/reference';
import type { StageName } from '../pipeline/stages';

const NAMES: Partial<Record<StageName, string>> = {
  sft: 'SFT',
  pretrain: 'the base model',
  distil: 'the teacher’s student',
};

/** "SFT"; one that is not the shared one with its id: "SFT (long/sft)". */
export const referenceName = ({ id, stage, isOwn }: Reference): string =>
  `${NAMES[stage] ?? stage}${isOwn ? ` (${id})` : ''}`;

/** What the arms of a configuration are compared with. */
export const referencesIn = (config: LabConfig): References =>
  referencesOf(
    buildGraph(config),
    config.arms.map((arm) => arm.id),
  );

/** Ids of arms in lists that may be compared, each with its opponent; those that have none last. */
export function comparable(
  ids: readonly string[],
  references: References,
): { against: string | undefined; ids: string[] }[] {
  const lists = new Map<string | undefined, { against: string | undefined; ids: string[] }>();
  for (const id of ids) {
    const reference = references[id];
    const list = lists.get(reference?.id) ?? { against: reference && referenceName(reference), ids: [] };
    lists.set(reference?.id, { ...list, ids: [...list.ids, id] });
  }
  return [...lists.values()].sort((a, b) => Number(!a.against) - Number(!b.against));
}
