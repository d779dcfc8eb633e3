import { describe, expect, it } from 'vitest';
import { labConfigSchema, type LabConfig } from '../../../src/pipeline/lab/config';
import { buildGraph } from '../../../src/pipeline/lab/graph';
import {
  againstOf,
  byReference,
  distinctReferences,
  referencesOf,
  signOf,
} from '../../../src/pipeline/lab/reference';
import { derivedFigures } from '../../../src/pipeline/measures/derived';

const referencesIn = (arms: object[]) => {
  const config = labConfigSchema.parse({ task: 'review', arms }) as LabConfig;
  return referencesOf(
    buildGraph(config),
    config.arms.map((arm) => arm.id),
  );
};

describe('what an arm is compared with', () => {
  it('is the shared SFT model, also for arms that change the trunk after it', () => {
    const references = referencesIn([
      { id: 'ppo', name: 'PPO', stage: 'ppo' },
      { id: 'few', name: 'Few', stage: 'ppo', trunk: { preferences: { pairs: 50 } } },
      { id: 'ladder', name: 'Best of n', stage: 'best-of-n' },
    ]);
    expect(distinctReferences(references)).toEqual([{ id: 'sft', stage: 'sft', isOwn: false }]);
    expect(Object.keys(references)).toEqual(['ppo', 'few', 'ladder']);
  });

  it('is its own start where it has one', () => {
    const references = referencesIn([
      { id: 'ppo', name: 'PPO', stage: 'ppo' },
      { id: 'raw', name: 'Without SFT', stage: 'dpo', start: 'pretrain' },
      { id: 'long', name: 'Long SFT', stage: 'dpo', trunk: { sft: { steps: 900 } } },
      { id: 'nano', name: 'Nano', stage: 'dpo', size: 'nano' },
      { id: 'student', name: 'Student', stage: 'dpo', from: { sft: 'distil' } },
    ]);
    expect(references).toEqual({
      ppo: { id: 'sft', stage: 'sft', isOwn: false },
      raw: { id: 'pretrain', stage: 'pretrain', isOwn: false },
      long: { id: 'long/sft', stage: 'sft', isOwn: true },
      nano: { id: 'nano/sft', stage: 'sft', isOwn: true },
      student: { id: 'student/distil', stage: 'distil', isOwn: false },
    });
  });

  it('is nothing for arms that measure their start, and for those that answer other questions', () => {
    expect(
      referencesIn([
        { id: 'probe', name: 'SFT', stage: 'probe' },
        { id: 'tuned', name: 'Tuned', stage: 'instruct' },
        { id: 'shots', name: 'Few-shot', stage: 'few-shot' },
      ]),
    ).toEqual({});
  });

  const zephyr = referencesIn([
    { id: 'raw', name: 'dDPO without dSFT', stage: 'dpo', from: { sft: 'distil' }, start: 'pretrain' },
    { id: 'dsft', name: 'dSFT', stage: 'probe', from: { sft: 'distil' } },
    { id: 'ddpo', name: 'dSFT + dDPO', stage: 'dpo', from: { sft: 'distil' } },
    { id: 'chosen', name: 'dSFT + chosen', stage: 'preferred-ft', from: { sft: 'distil' } },
  ]);

  it('puts arms with different ones into different lists, the longest first', () => {
    const arms = ['raw', 'dsft', 'ddpo', 'chosen'].map((id) => ({ id }));
    const lists = byReference(arms, zephyr);
    expect(lists.map((l) => [l.reference.stage, l.arms.map((a) => a.id)])).toEqual([
      ['distil', ['ddpo', 'chosen']],
      ['pretrain', ['raw']],
    ]);
  });

  it('marks those that are not compared with what most are', () => {
    const against = againstOf(zephyr);
    expect(against.main?.stage).toBe('distil');
    expect(against.others.map((o) => [o.sign, o.reference.stage])).toEqual([['†', 'pretrain']]);
    expect(['raw', 'dsft', 'ddpo'].map((id) => signOf(against, id))).toEqual(['†', '', '']);
  });
});

describe('the gap to the best reachable reward', () => {
  it('is measured below a limit from the same start only', () => {
    const evaluation = (kl: number, gold: number) => ({ kl, gold }) as never;
    const figures = derivedFigures([
      {
        id: 'limit',
        isLimit: true,
        reference: 'sft',
        final: { kl: 2, gold: 0.8 },
        evaluations: [evaluation(0, 0), evaluation(2, 0.8)],
      },
      { id: 'ppo', isLimit: false, reference: 'sft', final: { kl: 1, gold: 0.3 }, evaluations: [] },
      { id: 'raw', isLimit: false, reference: 'pretrain', final: { kl: 1, gold: -0.9 }, evaluations: [] },
    ]);
    expect(figures['ppo']!['gap']).toBeCloseTo(0.1);
    expect(figures['raw']).not.toHaveProperty('gap');
  });
});
