import { describe, expect, it } from 'vitest';
import { defaultLabConfig, type ArmConfig, type LabConfig } from '../../../src/pipeline/lab/config';
import { differences } from '../../../src/ui/runs/diff';

const of = (arm: Partial<ArmConfig>, more: Partial<LabConfig> = {}) => {
  const one = { id: 'x', name: 'x', stage: 'dpo', settings: {}, ...arm } as ArmConfig;
  return { arm: one, run: { config: { ...defaultLabConfig(), ...more, arms: [one] } } as never };
};

describe('what differs', () => {
  it('is nothing between seeds, names and defaults that are written down', () => {
    expect(differences(of({}), of({ id: 'y', name: 'y', settings: { beta: 0.5 } }, { seed: 7 }))).toEqual([]);
  });

  it('is settings of the method and of the trunk under it, wherever they are kept', () => {
    const own = of({ settings: { beta: 2 }, trunk: { sft: { steps: 7 } } });
    const shared = of({}, { trunk: { sft: { steps: 9 } } });
    expect(differences(own, shared)).toEqual([
      { stage: 'dpo', name: 'beta', values: [2, 0.5] },
      { stage: 'sft', name: 'steps', values: [7, 9] },
    ]);
  });

  it('is the task, with the settings that follow from it', () => {
    const found = differences(of({}), of({}, { task: 'tldr' }));
    expect(found[0]).toEqual({ name: 'task', values: ['review', 'tldr'] });
    expect(found.slice(1).every(({ stage }) => stage === 'sft')).toBe(true);
  });

  it('between methods compares nothing that only has the same name', () => {
    const found = differences(of({}), of({ stage: 'ppo' }));
    expect(found[0]).toEqual({ name: 'method', values: ['dpo', 'ppo'] });
    expect(found).toContainEqual({ stage: 'dpo', name: 'beta', values: [0.5, undefined] });
    expect(found.find(({ stage, name }) => stage === 'ppo' && name === 'klCoef')!.values[0]).toBeUndefined();
  });
});
