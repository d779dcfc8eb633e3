import { expect, it } from 'vitest';
import { loadDemo } from '../../../src/headless/demos';
import { defaultLabConfig, type LabConfig } from '../../../src/pipeline/lab/config';
import { buildGraph } from '../../../src/pipeline/lab/graph';
import { sharedWork } from '../../../src/pipeline/lab/shared';

const of = (config: LabConfig, isToDo: (id: string) => boolean = () => true) =>
  sharedWork(buildGraph(config), config, ({ id }) => isToDo(id));

it('draws once for frontier and best-of-n, as many answers as the one that wants most, and scores them once', async () => {
  const { config } = await loadDemo('ppo-vs-dpo');
  const { nodes, given } = of(config);
  expect(nodes.map(({ stage, inputs, settings }) => ({ stage, inputs, settings }))).toEqual([
    { stage: 'samples', inputs: { sft: 'sft' }, settings: { prompts: 128, count: 256 } },
    { stage: 'scores', inputs: { reward: 'reward' }, settings: {} },
  ]);
  expect([...given.keys()].sort()).toEqual(['best-of-n', 'frontier', nodes[1]!.id].sort());
  expect(given.get('frontier')).toEqual({ samples: nodes[0]!.id, scores: nodes[1]!.id });
});

it('samples once where every arm has a reward model of its own, and shares no scores then', async () => {
  const { config } = await loadDemo('reward-model');
  const { nodes, given } = of(config);
  expect(nodes.map(({ stage }) => stage)).toEqual(['samples']);
  expect(given.size).toBe(config.arms.filter(({ stage }) => stage === 'best-of-n').length);
});

it('leaves a single arm to itself, and what has its result', async () => {
  const { config } = await loadDemo('ppo-vs-dpo');
  expect(of(config, (id) => id !== 'frontier').nodes).toEqual([]);
  expect(of(defaultLabConfig()).nodes).toEqual([]);
});

it('has another key for other weights, other prompts and other scores', async () => {
  const { config } = await loadDemo('ppo-vs-dpo');
  const keys = (changes: Partial<LabConfig>) => of({ ...config, ...changes }).nodes.map(({ key }) => key);
  const before = keys({});
  expect(keys({})).toEqual(before);
  const [otherSft, otherReward, otherPrompts] = [
    keys({ trunk: { sft: { steps: 7 } } }),
    keys({ trunk: { reward: { steps: 7 } } }),
    keys({ evaluation: { ...config.evaluation, prompts: 64 } }),
  ] as const;
  expect(otherSft[0]).not.toBe(before[0]);
  expect(otherReward[0]).toBe(before[0]);
  expect(otherReward[1]).not.toBe(before[1]);
  expect(otherPrompts[0]).not.toBe(before[0]);
  expect(otherPrompts[1]).not.toBe(before[1]);
});
