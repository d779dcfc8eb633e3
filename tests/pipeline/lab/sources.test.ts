import { describe, expect, it } from 'vitest';
import { parseDemo } from '../../../src/pipeline/records/demo';
import { buildGraph } from '../../../src/pipeline/lab/graph';
import {
  configProblems,
  defaultLabConfig,
  labConfigSchema,
  type ArmConfig,
  type LabConfig,
} from '../../../src/pipeline/lab/config';
import { loadDemo, demoNames } from '../../../src/headless/demos';

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

describe('demos', () => {
  it('are the thirteen of the lecture and can run', async () => {
    const names = await demoNames();
    for (const name of [
      'base-vs-instruct',
      'dpo',
      'fine-tune-vs-few-shot',
      'flan',
      'instructgpt',
      'labeler-bias',
      'lima',
      'overoptimization',
      'ppo',
      'ppo-vs-dpo',
      'reward-model',
      't0',
      'zephyr',
    ])
      // prettier-ignore
      expect(names).toContain(name);
    for (const name of names) {
      const demo = await loadDemo(name);
      expect(configProblems(demo.config)).toEqual([]);
      expect(demo.claims.length, name).toBeGreaterThan(0);
      for (const claim of demo.claims) expect(claim.paper.source, name).toMatch(/\d{4}/);
    }
  });

  it('cannot claim anything about an arm that is not there', () => {
    const text = (left: string) =>
      JSON.stringify({
        title: 'A',
        summary: 'B',
        config: labConfigSchema.parse({ task: 'review', arms: [{ id: 'ppo', name: 'PPO', stage: 'ppo' }] }),
        claims: [{ text: 'C', left, op: '>', right: 'sft.gold', paper: { source: 'D', says: 'E' } }],
      });
    expect(parseDemo('x', text('ppo.gold')).claims).toHaveLength(1);
    expect(() => parseDemo('x', text('dpo.gold'))).toThrow(/demo x: claim "C": no stage or arm "dpo"/);
  });
});
