import { describe, expect, it } from 'vitest';
import { configProblems, defaultLabConfig } from '../../../src/pipeline/lab/config';
import {
  changesOf,
  standardOf,
  withArm,
  withArmName,
  withDefaults,
  withoutArm,
  withSetting,
} from '../../../src/pipeline/lab/edit';

const config = defaultLabConfig();

describe('settings', () => {
  it('keeps only what differs from the default', () => {
    const changed = withSetting(config, 'ppo', 'klCoef', 0.3);
    expect(changesOf(changed, 'ppo')).toEqual({ klCoef: 0.3 });
    expect(withSetting(changed, 'ppo', 'klCoef', standardOf(config, 'ppo')['klCoef'])).toEqual(config);
    expect(withDefaults(changed, 'ppo')).toEqual(config);
  });

  it('changes the trunk without a trace when undone', () => {
    const changed = withSetting(config, 'sft', 'steps', 7);
    expect(changed.trunk).toEqual({ sft: { steps: 7 } });
    expect(withDefaults(changed, 'sft')).toEqual(config);
  });

  it('keeps values that are not valid, so that the form can name them', () => {
    const wrong = withSetting(config, 'ppo', 'klCoef', 'abc');
    expect(configProblems(wrong)).toEqual([
      {
        path: 'ppo.klCoef',
        message: {
          code: 'value.number',
          values: { whole: false, min: 0, max: 10, off: false, got: '"abc"' },
        },
      },
    ]);
  });

  it('lets an arm change the trunk under it alone, relative to the shared one', () => {
    const own = withSetting(config, 'ppo/sft', 'steps', 7);
    expect(own.trunk).toEqual({});
    expect(own.arms[0]!.trunk).toEqual({ sft: { steps: 7 } });
    expect(standardOf(withSetting(config, 'sft', 'steps', 9), 'ppo/sft')['steps']).toBe(9);
    expect(withDefaults(own, 'ppo/sft')).toEqual(config);
  });
});

describe('arms', () => {
  it('are added with a free id and name, as a copy if wanted', () => {
    const base = withSetting(config, 'ppo', 'klCoef', 0.3);
    const { config: more, arm } = withArm(base, 'ppo', 'ppo');
    expect(arm).toEqual({ id: 'ppo-2', name: 'PPO 2', stage: 'ppo', settings: { klCoef: 0.3 } });
    expect(withArm(more, 'ppo').arm).toEqual({ id: 'ppo-3', name: 'PPO 3', stage: 'ppo', settings: {} });
    expect(configProblems(more)).toEqual([]);
  });

  it('are renamed, not to nothing, and removed, but not the last one', () => {
    expect(withArmName(config, 'ppo', ' mine ').arms[0]!.name).toBe('mine');
    expect(withArmName(config, 'ppo', '  ')).toBe(config);
    const one = withoutArm(config, 'ppo');
    expect(one.arms.map((a) => a.id)).toEqual(['dpo']);
    expect(withoutArm(one, 'dpo')).toBe(one);
  });
});
