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
  const [, samples, scores] = nodes;
  expect(nodes.map(({ stage, inputs, settings }) => ({ stage, inputs, settings }))).toEqual([
    { stage: 'baseline', inputs: { sft: 'sft' }, settings: { prompts: 512 } },
    { stage: 'samples', inputs: { sft: 'sft' }, settings: { prompts: 128, count: 256 } },
    { stage: 'scores', inputs: { reward: 'reward' }, settings: {} },
  ]);
  const users = [...given].flatMap(([id, { samples: drawn }]) => (drawn ? [id] : []));
  expect(users.sort()).toEqual(['best-of-n', 'frontier', scores!.id].sort());
  expect(given.get('frontier')).toMatchObject({ samples: samples!.id, scores: scores!.id });
});

it('draws what arms are compared with once, for every arm on that SFT and no other', async () => {
  const { config } = await loadDemo('ppo-vs-dpo');
  const { nodes, given } = of(config);
  for (const { id } of config.arms) expect(given.get(id)).toMatchObject({ baseline: nodes[0]!.id });
  const other = { ...config.arms[0]!, trunk: { sft: { steps: 7 } } };
  const apart = of({ ...config, arms: [other, ...config.arms.slice(1)] });
  expect(apart.given.get(other.id)?.baseline).toBeUndefined();
  expect(apart.given.get('dpo')?.baseline).toBe(nodes[0]!.id);
});

it('samples once where every arm has a reward model of its own, and shares no scores then', async () => {
  const { config } = await loadDemo('reward-model');
  const { nodes, given } = of(config);
  expect(nodes.map(({ stage }) => stage).filter((stage) => stage !== 'baseline')).toEqual(['samples']);
  expect([...given.values()].filter(({ samples }) => samples).length).toBe(
    config.arms.filter(({ stage }) => stage === 'best-of-n').length,
  );
});

it('leaves a single arm to itself, and what has its result', async () => {
  const { config } = await loadDemo('ppo-vs-dpo');
  const without = of(config, (id) => id !== 'frontier').nodes;
  expect(without.map(({ stage }) => stage)).toEqual(['baseline']);
  expect(of(config, (id) => id === 'frontier').nodes).toEqual([]);
  expect(of(defaultLabConfig()).nodes).toEqual([]);
});

it('has another key for other weights, other prompts and other scores', async () => {
  const { config } = await loadDemo('ppo-vs-dpo');
  const keys = (changes: Partial<LabConfig>) =>
    of({ ...config, ...changes })
      .nodes.slice(1)
      .map(({ key }) => key);
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
