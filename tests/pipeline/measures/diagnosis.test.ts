import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { diagnose, type Row } from '../../../src/pipeline/measures/diagnosis';

type Nodes = { id: string; events: Row[] }[];
const recorded = new Map<string, Nodes>();

/** Rows of an arm as they were recorded. */
function rowsOf(demo: string, arm: string): Row[] {
  let nodes = recorded.get(demo);
  if (!nodes) {
    const path = new URL(`../../../demos/${demo}/recording.json`, import.meta.url);
    ({ nodes } = JSON.parse(readFileSync(path, 'utf8')) as { nodes: Nodes });
    recorded.set(demo, nodes);
  }
  return nodes.find((node) => node.id === arm)!.events;
}
const kinds = (rows: Row[]) => diagnose(rows).map((finding) => finding.kind);

describe('what is wrong with a recorded run', () => {
  it.each(['ppo-no-kl', 'few-labels', 'noisy'])(
    'names over-optimisation of %s, from the peak of gold on',
    (arm) => {
      const rows = rowsOf('overoptimization', arm);
      expect(kinds(rows)).toEqual(['overoptimised']);
      const golds = rows.filter((row) => row.type === 'evaluation').map((row) => row.evaluation.gold!);
      const { update } = diagnose(rows)[0]!;
      const peak = rows.find(
        (row) => row.type === 'evaluation' && row.evaluation.gold === Math.max(...golds),
      )!;
      expect(update).toBe(peak.update);
    },
  );

  it('names a fooled reward model whose score only stayed', () =>
    expect(kinds(rowsOf('dpo', 'dpo-002'))).toEqual(['fooled']));

  it('names an exploded ratio, with the update at which it did, and a policy that says one thing only', () => {
    const rows = rowsOf('ppo', 'broken');
    expect(kinds(rows).slice(0, 2)).toEqual(['ratioExploded', 'oneThing']);
    const { update } = diagnose(rows)[0]!;
    const wild = rows.filter((row) => row.type === 'metrics' && row.metrics['val/ratio_var']! > 1);
    expect(update).toBe(wild[0]!.update);
    expect(kinds(rowsOf('ppo', 'lr-high'))).toContain('ratioExploded');
    expect(kinds(rowsOf('ppo', 'lr-high'))).not.toContain('oneThing');
    expect(kinds(rowsOf('ppo', 'no-clip-8'))).toContain('ratioExploded');
  });

  it.each([
    ['overoptimization', 'ppo'],
    ['overoptimization', 'best-of-n'],
    ['ppo-vs-dpo', 'ppo'],
    ['ppo-vs-dpo', 'dpo'],
    ['ppo-vs-dpo', 'online'],
    ['ppo-vs-dpo', 'frontier'],
    ['ppo', 'ppo'],
    ['ppo', 'kl-1'],
    ['dpo', 'dpo'],
    ['dpo', 'ipo'],
    ['summaries', 'ppo'],
    ['summaries', 'dpo'],
    ['dialogue', 'ppo'],
    ['zephyr', 'no-dsft'],
  ])('has nothing to say of a healthy one: %s, %s', (demo, arm) =>
    expect(diagnose(rowsOf(demo, arm))).toEqual([]),
  );

  it('says nothing before anything was measured', () => expect(diagnose([])).toEqual([]));

  const group = (update: number, share: number): Row => ({ type: 'metrics', update, metrics: { frac_reward_zero_std: share } }); // prettier-ignore
  it('names dead groups only while they last, from where they began', () => {
    const rows = [0.1, 0.95, 1, 1].map((share, i) => group(i + 1, share));
    expect(diagnose(rows)).toEqual([{ kind: 'deadGroups', update: 2 }]);
    expect(diagnose([...rows, group(5, 0.2)])).toEqual([]);
    expect(diagnose(rows.slice(0, 3))).toEqual([]);
  });
});
