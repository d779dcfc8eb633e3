import { STAGES, type StageName } from '../stages';
import type { GraphNode } from './graph';

/**
 * The model that an arm starts from. Its KL, its win rate and its distance from the best reachable reward are all
 * measured against this model, so only arms with the same one may stand in one list.
 */
export interface Reference {
  /** Id of its node. */
  id: string;
  /** How it was made: `sft`, `pretrain` (no SFT at all), or `distil` (the student of a teacher). */
  stage: StageName;
  /** Other arms of the run are compared with another model of the same kind, and this is not the shared one. */
  isOwn: boolean;
}

/** By arm. An arm that is compared with no other model is not in it. */
export type References = Readonly<Record<string, Reference>>;

/** What is needed of the nodes of a graph. */
type Node = Pick<GraphNode, 'id' | 'stage' | 'inputs'>;

/** What each of the arms is compared with, from the graph of the run. */
export function referencesOf(nodes: readonly Node[], arms: readonly string[]): References {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const found = arms.flatMap((arm) => {
    const node = byId.get(arm);
    const start = node?.inputs.sft === undefined ? undefined : byId.get(node.inputs.sft);
    return node && start && STAGES[node.stage].comparedWith === 'sft' ? [{ arm, start }] : [];
  });
  const isOwn = (start: Node) =>
    start.id.includes('/') &&
    found.some((other) => other.start.stage === start.stage && other.start.id !== start.id);
  return Object.fromEntries(
    found.map(({ arm, start }) => [arm, { id: start.id, stage: start.stage, isOwn: isOwn(start) }]),
  );
}

/** The references of a run, each once, the one that most arms have first. */
export function distinctReferences(references: References): Reference[] {
  const uses = new Map<string, { reference: Reference; count: number }>();
  for (const reference of Object.values(references)) {
    const known = uses.get(reference.id);
    if (known) known.count++;
    else uses.set(reference.id, { reference, count: 1 });
  }
  return [...uses.values()].sort((a, b) => b.count - a.count).map((use) => use.reference);
}

/** Arms in lists that may be compared: those with the same reference together, the longest list first. */
export const byReference = <T extends { id: string }>(
  arms: readonly T[],
  references: References,
): { reference: Reference; arms: T[] }[] =>
  distinctReferences(
    Object.fromEntries(arms.flatMap(({ id }) => (references[id] ? [[id, references[id]] as const] : []))),
  ).map((reference) => ({
    reference,
    arms: arms.filter(({ id }) => references[id]?.id === reference.id),
  }));

/** Signs of the second reference, the third and so on; the first has none. */
const SIGNS = ['†', '‡', '§', '¶'];

/** How charts and tables say what their arms are compared with: the reference of most arms in words, the others by a sign. */
export interface Against {
  /** What most arms are compared with; undefined where no arm is compared with anything. */
  main: Reference | undefined;
  others: { sign: string; reference: Reference }[];
  references: References;
}

export function againstOf(references: References): Against {
  const [main, ...rest] = distinctReferences(references);
  const others = rest.map((reference, i) => ({ sign: SIGNS[i] ?? '*', reference }));
  return { main, others, references };
}

/** The sign of an arm that is not compared with what most arms are; empty for those that are. */
export const signOf = ({ references, others }: Against, id: string): string =>
  others.find(({ reference }) => reference.id === references[id]?.id)?.sign ?? '';
