import { describe, expect, it } from 'vitest';
import { defaultLabConfig, type ArmConfig } from '../../../src/pipeline/lab/config';
import { buildGraph } from '../../../src/pipeline/lab/graph';
import { labelsUsed } from '../../../src/pipeline/lab/labels';

const used = (stage: ArmConfig['stage'], samples: number, settings = {}): number => {
  const config = {
    ...defaultLabConfig(),
    trunk: { preferences: { pairs: 1000 } },
    arms: [{ id: 'x', name: 'x', stage, settings }],
  };
  const graph = buildGraph(config);
  return labelsUsed(graph.at(-1)!, graph)(samples);
};

describe('labels that have been used', () => {
  it('by what learns from pairs: as many as it has seen, each once', () => {
    expect(used('dpo', 320)).toBe(320);
    expect(used('dpo', 4000)).toBe(1000);
    expect(used('kto', 4000)).toBe(1000);
  });

  it('by what learns from a reward model: all of that model before it begins', () => {
    expect(used('ppo', 0)).toBe(1000);
    expect(used('best-of-n', 8)).toBe(1000);
  });

  it('with the gold reward: none', () => {
    expect(used('ppo', 99, { rewardSource: 'gold' })).toBe(0);
    expect(used('tilt', 99, { reward: 'gold' })).toBe(0);
  });

  it('by online DPO: those of every round, unless the reward model gives them', () => {
    expect(used('online-dpo', 4000, { labels: 'labeler' })).toBe(4000);
    expect(used('online-dpo', 0, { labels: 'reward-model' })).toBe(1000);
  });
});
