import { describe, expect, it } from 'vitest';
import { buildGraph, keyOf } from '../../../src/pipeline/lab/graph';
import {
  defaultLabConfig,
  SHIPPED_SEED,
  type LabConfig,
  type Settings,
} from '../../../src/pipeline/lab/config';
import { versionOf, type Stage } from '../../../src/pipeline/contract/stage';
import type { ArmStage, TrunkStage } from '../../../src/pipeline/stages';
import { aiFeedback } from '../../../src/pipeline/stages/ai-feedback';
import { bestOfN } from '../../../src/pipeline/stages/best-of-n';
import { dpo } from '../../../src/pipeline/stages/dpo';
import { onlineDpo } from '../../../src/pipeline/stages/online-dpo';
import { ppo } from '../../../src/pipeline/stages/ppo';
import { reward } from '../../../src/pipeline/stages/reward';

const base = defaultLabConfig();
const keys = (config: LabConfig) => Object.fromEntries(buildGraph(config).map((n) => [n.id, n.key]));
const node = (config: LabConfig, id: string) => buildGraph(config).find((n) => n.id === id)!;

/** Ids of the nodes whose keys differ between the default configuration and a changed one. */
function changed(changes: Partial<LabConfig>, from = base): string[] {
  const [before, after] = [keys(from), keys({ ...from, ...changes })];
  return Object.keys(before).filter((id) => before[id] !== after[id]);
}

const arm = (id: 'ppo' | 'dpo', settings: Settings): Partial<LabConfig> => ({
  arms: base.arms.map((a) => (a.id === id ? { ...a, settings } : a)),
});
const trunk = (stage: TrunkStage, settings: Settings): Partial<LabConfig> => ({
  trunk: { [stage]: settings },
});

describe('keys', () => {
  it('of an arm change with its own settings only', () => {
    expect(changed(arm('ppo', { klCoef: 0.2 }))).toEqual(['ppo']);
    expect(changed(arm('dpo', { beta: 0.2 }))).toEqual(['dpo']);
  });

  it('of a trunk stage reach everything that builds on it and nothing before it', () => {
    expect(changed(trunk('pretrain', { steps: 10 }))).toEqual(Object.keys(keys(base)));
    expect(changed(trunk('sft', { steps: 10 }))).toEqual(['sft', 'preferences', 'reward', 'ppo', 'dpo']);
    expect(changed(trunk('preferences', { flipRate: 0.1 }))).toEqual(['preferences', 'reward', 'ppo', 'dpo']);
    expect(changed(trunk('reward', { steps: 10 }))).toEqual(['reward', 'ppo', 'dpo']); // it measures DPO
  });

  it('do not change when a default is written out', () => {
    expect(changed(arm('ppo', { klCoef: 0.05 }))).toEqual([]);
    expect(changed({ trunk: { sft: node(base, 'sft').settings } })).toEqual([]);
  });

  it('do not depend on what an arm is called', () => {
    const renamed = { ...base, arms: [{ ...base.arms[0]!, id: 'other', name: 'Other' }] };
    expect(keys(renamed)['other']).toBe(keys(base)['ppo']);
  });

  it('change with the evaluation plan for the arms only', () => {
    expect(changed({ evaluation: { ...base.evaluation, times: 3 } })).toEqual(['ppo', 'dpo']);
  });

  it('change with the task, except for the base model, and with the size', () => {
    expect(changed({ task: 'chat' })).toEqual(['sft', 'preferences', 'reward', 'ppo', 'dpo']);
    expect(changed({ size: 'nano' })).toEqual(Object.keys(keys(base)));
  });

  it('differ between all nodes of a graph', () => {
    expect(new Set(Object.values(keys(base))).size).toBe(6);
  });

  it('are 128 bits of hex and do not depend on the order of fields', () => {
    expect(keyOf({ a: 1, b: { c: [1, 2], d: null } })).toBe(keyOf({ b: { d: null, c: [1, 2] }, a: 1 }));
    expect(keyOf({ a: [1, 2] })).not.toBe(keyOf({ a: [2, 1] }));
    expect(keyOf({ a: 1 })).not.toBe(keyOf({ a: '1' }));
    expect(keyOf({})).toMatch(/^[0-9a-f]{32}$/);
    expect(keyOf({ z: 1, a: [true, 'é'] })).toBe('20707edb45d4224feb599e01bef2c407');
  });
});

describe('seeds and starts', () => {
  const seeds = (config: LabConfig) => Object.fromEntries(buildGraph(config).map((n) => [n.id, n.seed]));
  const shippable = (config: LabConfig) =>
    buildGraph(config)
      .filter((n) => n.shippable)
      .map((n) => n.id);

  it('from the trunk: the trunk is the shipped one whatever the seed, the arms follow the seed', () => {
    const config: LabConfig = { ...base, start: 'trunk', seed: 7 };
    const trunkSeeds = { pretrain: SHIPPED_SEED, sft: SHIPPED_SEED, preferences: SHIPPED_SEED, reward: SHIPPED_SEED }; // prettier-ignore
    expect(seeds(config)).toEqual({ ...trunkSeeds, ppo: 7, dpo: 7 });
    expect(shippable(config)).toEqual(['pretrain', 'sft', 'preferences', 'reward']);
    expect(changed({ seed: 7 })).toEqual(['ppo', 'dpo']);
  });

  it('from the base model: only pretraining is shipped, all else follows the seed', () => {
    const config: LabConfig = { ...base, start: 'base', seed: 7 };
    expect(seeds(config)).toEqual({
      pretrain: SHIPPED_SEED,
      sft: 7,
      preferences: 7,
      reward: 7,
      ppo: 7,
      dpo: 7,
    });
    expect(shippable(config)).toEqual(['pretrain']);
  });

  it('from scratch: nothing is shipped and everything follows the seed', () => {
    const config: LabConfig = { ...base, start: 'scratch', seed: 7 };
    expect(new Set(Object.values(seeds(config)))).toEqual(new Set([7]));
    expect(shippable(config)).toEqual([]);
  });

  it('equal settings and seed mean equal results, so equal keys, whatever the start', () => {
    expect(keys({ ...base, start: 'scratch', seed: SHIPPED_SEED })).toEqual(
      keys({ ...base, start: 'trunk', seed: SHIPPED_SEED }),
    );
  });
});

describe('an arm that changes the trunk under it', () => {
  const withArm = (changes: Partial<LabConfig['arms'][number]>, config = base): LabConfig => ({
    ...config,
    arms: [...base.arms, { id: 'mine', name: 'Mine', stage: 'ppo', settings: {}, ...changes }],
  });
  const ids = (config: LabConfig) => buildGraph(config).map((n) => n.id);

  it('shares what it does not change', () => {
    const config = withArm({ trunk: { preferences: { flipRate: 0.2 } } });
    expect(ids(config).filter((id) => !(id in keys(base)))).toEqual([
      'mine/preferences',
      'mine/reward',
      'mine',
    ]);
    expect(node(config, 'mine').inputs).toEqual({ sft: 'sft', reward: 'mine/reward' });
    expect(node(config, 'mine/preferences').inputs).toEqual({ sft: 'sft' });
    expect(node(config, 'mine/preferences').settings).toMatchObject({ flipRate: 0.2 });
    expect(keys(config)).toMatchObject(keys(base)); // nobody else is touched
  });

  it('to what it was anyway shares everything', () => {
    const config = withArm({
      size: base.size,
      trunk: { sft: { steps: node(base, 'sft').settings['steps'] } },
    });
    expect(ids(config)).toEqual([...ids(base), 'mine']);
    expect(keys(config)['mine']).toBe(keys(base)['ppo']);
  });

  it('adds to the changes of the run itself', () => {
    const run: LabConfig = { ...base, trunk: { preferences: { flipRate: 0.1 } } };
    const config = withArm({ trunk: { preferences: { pairs: 100 } } }, run);
    expect(node(config, 'mine/preferences').settings).toMatchObject({ flipRate: 0.1, pairs: 100 });
  });

  it('of another size has a trunk of its own', () => {
    const config = withArm({ size: 'nano' });
    const own = buildGraph(config).filter((n) => n.size === 'nano');
    expect(own.map((n) => n.id)).toEqual(['mine/pretrain', 'mine/sft', 'mine/preferences', 'mine/reward', 'mine']); // prettier-ignore
    expect(own.flatMap((n) => Object.values(n.inputs)).every((id) => id.startsWith('mine/'))).toBe(true);
    expect(keys(config)['mine/sft']).toBe(keys({ ...base, size: 'nano' })['sft']);
  });

  it('is shared by two arms that change the same', () => {
    const trunk = { sft: { source: 'curated' } };
    const config: LabConfig = {
      ...base,
      arms: [
        { id: 'a', name: 'A', stage: 'ppo', settings: {}, trunk },
        { id: 'b', name: 'B', stage: 'dpo', settings: {}, trunk },
      ],
    };
    expect(node(config, 'b').inputs).toEqual({
      sft: 'a/sft',
      preferences: 'a/preferences',
      reward: 'a/reward',
    });
  });
});

describe('the graph', () => {
  it('lists every input before its users', () => {
    const seen = new Set<string>();
    const own = {
      id: 'mine',
      name: 'Mine',
      stage: 'dpo' as const,
      settings: {},
      trunk: { sft: { steps: 7 } },
    };
    for (const { id, inputs } of buildGraph({ ...base, arms: [own, ...base.arms] })) {
      for (const input of Object.values(inputs)) expect(seen).toContain(input);
      seen.add(id);
    }
  });

  it('lets PPO and DPO grow from the same SFT model', () => {
    expect(node(base, 'ppo').inputs).toEqual({ sft: 'sft', reward: 'reward' });
    expect(node(base, 'dpo').inputs).toEqual({ sft: 'sft', preferences: 'preferences', reward: 'reward' });
  });
});

describe('versions', () => {
  const keyAt = (stage: ArmStage, settings: Settings) =>
    node({ ...base, arms: [{ id: 'arm', name: 'Arm', stage, settings }] }, 'arm').key;

  it('a correction raises only the settings whose results it changed', () => {
    const of = <S>(stage: Stage<S>, changes: object) =>
      versionOf(stage, { ...stage.settings.parse({}), ...changes } as S);
    expect([of(ppo, {}), of(ppo, { rolloutBatch: 63 }), of(ppo, { rolloutBatch: 48, minibatches: 32 })]).toEqual([1, 1, 2]); // prettier-ignore
    expect(of(ppo, { adaptiveKlTarget: 6 })).toBe(1);
    expect(of(ppo, { adaptiveKlTarget: 6, adaptiveKlHorizon: 10 })).toBe(2);
    expect(of(ppo, { targetKl: 0.05 })).toBe(2);
    expect([of(onlineDpo, {}), of(onlineDpo, { labels: 'reward-model' })]).toEqual([1, 2]);
    expect([of(reward, {}), of(reward, { learningRate: 0 })]).toEqual([1, 2]);
    expect([of(bestOfN, {}), of(bestOfN, { samples: 256 })]).toEqual([5, 4]);
    expect([of(dpo, {}), of(aiFeedback, {})]).toEqual([1, 2]);
  });

  it('keys from before this rule stand where the version does', () => {
    expect(keyAt('ppo', {})).toBe('0a56d8301be5f28b1c1e83b280273802');
    expect(keyAt('dpo', {})).toBe('950b152554a0101ed5301fe542e8c863');
    expect(keyAt('online-dpo', {})).toBe('61565f74ee8e74d2fb83b4c6cfb91e41');
  });
});
