import type { LabConfig } from '../lab/config';
import type { NodeView } from '../lab/lab';
import type { FinishedArm } from '../measures/derived';
import { isLimit } from '../stages/traits';

/** What `derivedFigures` needs, of the arms that end with a place in the plane of reward and KL. */
export function finishedArms(nodes: readonly NodeView[], config: LabConfig): FinishedArm[] {
  const arms = new Set(config.arms.map((a) => a.id));
  return nodes.flatMap(({ node, run }) => {
    const { summary, answers } = run?.result ?? {};
    if (!arms.has(node.id) || summary?.['gold'] === undefined || summary['kl'] === undefined) return [];
    const evaluations = run!.events.flatMap((e) => (e.type === 'evaluation' ? [e.evaluation] : []));
    const final = { gold: summary['gold'], kl: summary['kl'] };
    const reference = node.inputs.sft;
    return [{ id: node.id, isLimit: isLimit(node), reference, final, evaluations, answers }];
  });
}
