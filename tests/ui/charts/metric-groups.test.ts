import { describe, expect, it } from 'vitest';
import { groupOf, metricSections } from '../../../src/ui/charts/metric-groups';

describe('metrics', () => {
  it('stand under the heading they belong to', () => {
    expect(groupOf('dpo', 'loss')).toBe('loss');
    expect(groupOf('dpo', 'rewards/margins')).toBe('reward');
    expect(groupOf('ppo', 'val/explained_var')).toBe('value');
    expect(groupOf('ppo', 'val/ratio')).toBe('policy');
    expect(groupOf('ppo', 'something_new')).toBe('optimiser');
  });

  it('include the held-out measurements of an arm and leave out the iteration counter', () => {
    const point = { update: 1, samples: 1, labels: 0, tokens: 1, seconds: 1, kl: 0 };
    const evaluation = { eosRate: 1, length: 2, distinct1: 3, distinct2: 4, entropy: 5 } as never;
    const sections = metricSections('ppo', new Map([['iteration', [{ ...point, value: 1 }]]]), [
      { ...point, updates: 1, evaluation },
    ]);
    expect(sections.map((s) => s.group)).toEqual(['heldOut']);
    expect(sections[0]!.metrics.map((m) => m.name)).toContain('eval/eosRate');
  });
});
