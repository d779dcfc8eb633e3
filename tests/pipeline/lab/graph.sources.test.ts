import { describe, expect, it } from 'vitest';
import { buildGraph } from '../../../src/pipeline/lab/graph';
import {
  configProblems,
  defaultLabConfig,
  type ArmConfig,
  type LabConfig,
} from '../../../src/pipeline/lab/config';

const base = defaultLabConfig('chat');
const arm = (changes: Partial<ArmConfig>): ArmConfig => ({
  id: 'mine',
  name: 'Mine',
  stage: 'probe',
  settings: {},
  ...changes,
});
const graph = (...arms: ArmConfig[]) => buildGraph({ ...base, arms, teacher: { size: 'small', trunk: {} } });
const ids = (config: ReturnType<typeof graph>) => config.map((n) => n.id);
const key = (config: ReturnType<typeof graph>, id: string) => config.find((n) => n.id === id)!.key;

describe('arms of the lecture', () => {
  it('grow from as little of the trunk as they need', () => {
    expect(ids(graph(arm({ stage: 'instruct' })))).toEqual(['pretrain', 'mine']);
    expect(ids(graph(arm({ stage: 'probe' })))).toEqual(['pretrain', 'sft', 'mine']);
    expect(ids(graph(arm({ stage: 'tilt' })))).toEqual(['pretrain', 'sft', 'preferences', 'reward', 'mine']);
  });

  it('leave the plain trunk out when every arm has its own', () => {
    const own = graph(arm({ trunk: { sft: { source: 'narrow' } } }));
    expect(ids(own)).toEqual(['pretrain', 'mine/sft', 'mine']);
  });

  it('do not change the keys of the stages that were there before', () => {
    const before = buildGraph(base);
    const after = buildGraph({
      ...base,
      arms: [...base.arms, arm({ stage: 'tilt' })],
      teacher: { size: 'nano', trunk: {} },
    });
    for (const node of before) expect(after.find((n) => n.id === node.id)!.key).toBe(node.key);
  });
});

describe('start', () => {
  it('puts the base model in the place of SFT for the arm alone', () => {
    const dpo = graph(arm({ stage: 'dpo', start: 'pretrain' }), arm({ id: 'other', stage: 'dpo' }));
    const mine = dpo.find((n) => n.id === 'mine')!;
    expect(mine.inputs).toEqual({ sft: 'pretrain', preferences: 'preferences', reward: 'reward' });
    expect(dpo.find((n) => n.id === 'preferences')!.inputs).toEqual({ sft: 'sft' });
    expect(mine.key).not.toBe(key(dpo, 'other'));
  });
});

describe('a rule', () => {
  const HASH = '0123456789abcdef0123456789abcdef';
  const ruled = arm({ id: 'ruled', stage: 'ppo', from: { reward: 'rule' }, trunk: { rule: { rule: HASH } } });

  it('stands in for the reward model of one arm, and leaves the others theirs', () => {
    const both = graph(ruled, arm({ id: 'other', stage: 'ppo' }));
    expect(both.find((n) => n.id === 'ruled')!.inputs).toEqual({ sft: 'sft', reward: 'ruled/rule' });
    expect(both.find((n) => n.id === 'ruled/rule')!.inputs).toEqual({ sft: 'sft' });
    expect(both.find((n) => n.id === 'other')!.inputs).toEqual({ sft: 'sft', reward: 'reward' });
    expect(key(both, 'other')).toBe(key(graph(arm({ id: 'other', stage: 'ppo' })), 'other'));
  });

  it('as gold changes every key of the task, and those of no other', () => {
    const arms = [arm({ id: 'other', stage: 'ppo' })];
    const [world, own] = [buildGraph({ ...base, arms }), buildGraph({ ...base, arms, gold: HASH })];
    for (const { id, key: before } of world)
      expect(own.find((n) => n.id === id)!.key === before, id).toBe(id === 'pretrain');
  });
});

describe('a teacher', () => {
  const zephyr = graph(
    arm({ id: 'dsft', from: { sft: 'distil' } }),
    arm({ id: 'ddpo', stage: 'dpo', from: { sft: 'distil', preferences: 'ai-feedback' } }),
    arm({
      id: 'no-dsft',
      stage: 'dpo',
      start: 'pretrain',
      from: { sft: 'distil', preferences: 'ai-feedback' },
    }),
    arm({ id: 'people', stage: 'dpo' }),
  );
  const inputs = (id: string) => zephyr.find((n) => n.id === id)!.inputs;

  it('has a trunk of its own size; the student imitates its SFT model', () => {
    const teachers = zephyr.filter((n) => n.id.startsWith('teacher/'));
    expect(teachers.map((n) => n.stage)).toEqual(['pretrain', 'sft', 'preferences', 'reward']);
    expect(teachers.every((n) => n.size === 'small')).toBe(true);
    expect(inputs('dsft/distil')).toEqual({ base: 'pretrain', teacher: 'teacher/sft' });
    expect(inputs('dsft')).toEqual({ sft: 'dsft/distil' });
  });

  it('judges pairs of the student, from which DPO and the yardstick learn', () => {
    const judged = { sft: 'dsft/distil', teacher: 'teacher/sft', judge: 'teacher/reward' };
    expect(inputs('ddpo/ai-feedback')).toEqual(judged);
    expect(inputs('ddpo/reward')).toEqual({ sft: 'dsft/distil', preferences: 'ddpo/ai-feedback' });
    expect(inputs('ddpo')).toMatchObject({ sft: 'dsft/distil', preferences: 'ddpo/ai-feedback' });
    expect(inputs('no-dsft')).toMatchObject({ sft: 'pretrain', preferences: 'ddpo/ai-feedback' });
  });

  it('touches no arm that does not ask for one', () => {
    expect(inputs('people')).toEqual({ sft: 'sft', preferences: 'preferences', reward: 'reward' });
    expect(key(zephyr, 'people')).toBe(key(graph(arm({ id: 'people', stage: 'dpo' })), 'people'));
  });

  it('of another size changes what grows from it, and only that', () => {
    const config: LabConfig = { ...base, arms: [arm({ from: { sft: 'distil' } })] };
    const with_ = (size: 'nano' | 'small') => buildGraph({ ...config, teacher: { size, trunk: {} } });
    expect(key(with_('nano'), 'pretrain')).toBe(key(with_('small'), 'pretrain'));
    expect(key(with_('nano'), 'mine/distil')).not.toBe(key(with_('small'), 'mine/distil'));
  });

  it('like the student itself is the student’s own trunk', () => {
    const config: LabConfig = { ...base, arms: [arm({ from: { sft: 'distil' } }), arm({ id: 'plain' })] };
    const same = buildGraph({ ...config, teacher: { size: base.size, trunk: {} } });
    expect(ids(same)).toEqual(['pretrain', 'sft', 'mine/distil', 'mine', 'plain']);
  });

  it('with wrong settings is named', () => {
    const config = { ...base, teacher: { size: 'nano' as const, trunk: { sft: { steps: 0 } } } };
    expect(configProblems(config)[0]?.path).toBe('teacher/sft.steps');
  });
});
