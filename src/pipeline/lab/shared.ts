import { versionOf, type SharedRole } from '../contract/stage';
import { STAGES } from '../stages';
import type { LabConfig } from './config';
import { keyOf, type Graph, type GraphNode } from './graph';

/**
 * Work that several arms need, each piece once: nodes of their own beside the graph. It follows from what the arms
 * build on, so no key of theirs depends on it, and an arm without it computes the same itself.
 */
export interface Shared {
  /** In an order in which every input comes before its users. */
  nodes: Graph;
  /** Which of them a node is given, by the id of the node. */
  given: ReadonlyMap<string, Partial<Record<SharedRole, string>>>;
}

/** Two arms run side by side: waiting for a baseline would save neither of them time. */
const ENOUGH = 3;

/** What those nodes of the graph share that are still to be computed. */
export function sharedWork(
  graph: Graph,
  { task, evaluation, gold }: Pick<LabConfig, 'task' | 'evaluation' | 'gold'>,
  isToDo: (node: GraphNode) => boolean,
): Shared {
  const nodes: GraphNode[] = [];
  const given = new Map<string, Partial<Record<SharedRole, string>>>();
  const keys = new Map(graph.map(({ id, key }) => [id, key]));

  const add = (
    stage: SharedRole,
    { seed, size }: GraphNode,
    inputs: GraphNode['inputs'],
    settings: GraphNode['settings'],
    samples?: GraphNode,
  ): GraphNode => {
    const version = versionOf(STAGES[stage], settings as never);
    const from = [...Object.entries(inputs), ...(samples ? [['samples', samples.id] as const] : [])];
    const causes = from.map(([role, id]) => [role, keys.get(id)]);
    const key = keyOf({
      stage,
      version,
      settings,
      seed,
      size,
      task,
      inputs: causes,
      ...(gold ? { gold } : {}),
    });
    const id = `${stage} ${from.map(([, input]) => input).join(', ')}`;
    const node = { id, name: id, stage, size, settings, seed, inputs, key, shippable: false };
    nodes.push(node);
    keys.set(id, key);
    return node;
  };

  const give = (id: string, what: Partial<Record<SharedRole, string>>) =>
    given.set(id, { ...given.get(id), ...what });

  const { prompts, finalPrompts } = evaluation;
  const measured = graph.filter(
    (node) => isToDo(node) && node.inputs.sft && STAGES[node.stage].comparedWith === 'sft',
  );
  for (const [sft, group] of severalBy(measured, ({ inputs }) => inputs.sft!, ENOUGH)) {
    const baseline = add('baseline', group[0]!, { sft }, { prompts: Math.max(prompts, finalPrompts) });
    for (const { id } of group) give(id, { baseline: baseline.id });
  }

  const users = graph.filter((node) => isToDo(node) && node.inputs.sft && answersOf(node));
  for (const [sft, group] of severalBy(users, ({ inputs }) => inputs.sft!)) {
    const count = Math.max(...group.map(answersOf));
    const samples = add('samples', group[0]!, { sft }, { prompts, count });
    for (const { id } of group) give(id, { samples: samples.id });
    for (const [reward, judged] of severalBy(group, ({ inputs }) => inputs.reward!)) {
      const scores = add('scores', judged[0]!, { reward }, {}, samples);
      give(scores.id, { samples: samples.id });
      for (const { id } of judged) give(id, { scores: scores.id });
    }
  }
  return { nodes, given };
}

/** Answers of SFT to each prompt that a node looks at; 0: none. */
const answersOf = ({ stage, settings }: GraphNode): number =>
  STAGES[stage].referenceAnswers?.(settings as never) ?? 0;

/** Lists of nodes of the same name, with so many different results at least. */
function severalBy(nodes: Graph, nameOf: (node: GraphNode) => string, least = 2): [string, GraphNode[]][] {
  const lists = new Map<string, GraphNode[]>();
  for (const node of nodes) lists.set(nameOf(node), [...(lists.get(nameOf(node)) ?? []), node]);
  return [...lists].filter(([, list]) => new Set(list.map(({ key }) => key)).size >= least);
}
