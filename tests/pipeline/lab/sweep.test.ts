import { describe, expect, it } from 'vitest';
import { configProblems, defaultLabConfig } from '../../../src/pipeline/lab/config';
import { buildGraph } from '../../../src/pipeline/lab/graph';
import { configOf, graphsOf, runsOf, sweepOf, trunkUnder } from '../../../src/pipeline/lab/sweep';

const config = defaultLabConfig();

describe('a sweep', () => {
  const sweep = sweepOf(config, [4, 7], { id: 'dpo', setting: 'beta', values: [0.1, 0.5, 2] });

  it('is an arm for each value, on the trunk that all share, with every seed', () => {
    expect(configProblems(sweep.config)).toEqual([]);
    expect(sweep.config.arms.map(({ name, settings }) => [name, settings])).toEqual([
      ['DPO beta=0.1', { beta: 0.1 }],
      ['DPO beta=0.5', {}], // the default
      ['DPO beta=2', { beta: 2 }],
    ]);
    expect(sweep.config.seed).toBe(4);
    expect(sweep.axis).toMatchObject({
      stage: 'dpo',
      places: [{ value: 0.1 }, { value: 0.5 }, { value: 2 }],
    });
    const runs = runsOf(sweep, graphsOf(sweep));
    expect(runs.map(({ arm, seed }) => `${arm} ${seed}`)).toEqual([
      'dpo-1 4',
      'dpo-2 4',
      'dpo-3 4',
      'dpo-1 7',
      'dpo-2 7',
      'dpo-3 7',
    ]);
    expect(new Set(runs.map(({ key }) => key)).size).toBe(6);
    expect(buildGraph(configOf(sweep, 7)).filter(({ stage }) => stage === 'sft')).toHaveLength(1);
  });

  it('has the keys of runs that were made one by one: nothing is trained twice', () => {
    const alone = buildGraph({
      ...config,
      seed: 7,
      arms: [{ id: 'x', name: 'x', stage: 'dpo', settings: { beta: 2 } }],
    });
    expect(runsOf(sweep, graphsOf(sweep)).at(-1)!.key).toBe(alone.at(-1)!.key);
  });

  it('changes a stage of the trunk under the arm and nothing beneath that', () => {
    const pairs = sweepOf(config, [1], { id: 'ppo/preferences', setting: 'pairs', values: [100, 200] });
    const graph = buildGraph(pairs.config);
    expect(graph.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        'ppo-1/preferences',
        'ppo-2/preferences',
        'ppo-1/reward',
        'ppo-2/reward',
        'sft',
      ]),
    );
    expect(graph.filter(({ stage }) => stage === 'sft')).toHaveLength(1);
    expect(pairs.axis!.stage).toBe('preferences');
  });

  it('of seeds alone leaves the arms as they are', () => {
    const { config: same, axis } = sweepOf(config, [3, 4]);
    expect(same).toEqual({ ...config, seed: 3 });
    expect(axis).toBeNull();
  });

  it('takes no id but those of arms and of what is under them', () => {
    expect(trunkUnder(config, 'dpo')).toEqual(['pretrain', 'sft', 'preferences', 'reward']);
    for (const id of ['sft', 'nobody', 'dpo/nothing'])
      expect(() => sweepOf(config, [1], { id, setting: 'steps', values: [1] })).toThrow(RangeError);
    expect(() => sweepOf(config, [])).toThrow(RangeError);
  });
});
