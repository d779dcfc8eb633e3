import { describe, expect, it } from 'vitest';
import { defaultLabConfig } from '../../../src/pipeline/lab/config';
import { withArm, withoutArm } from '../../../src/pipeline/lab/edit';
import { armStyles } from '../../../src/ui/store/arms';

const config = defaultLabConfig();

describe('arms', () => {
  it('keep their colour when others come and go', () => {
    const three = withArm(config, 'dpo').config;
    const before = armStyles(three.arms);
    expect(before).toEqual({ ppo: 0, dpo: 1, 'dpo-2': 2 });
    const fewer = withoutArm(three, 'dpo');
    const after = armStyles(fewer.arms, before);
    expect(after).toEqual({ ppo: 0, 'dpo-2': 2 });
    expect(armStyles(withArm(fewer, 'dpo').config.arms, after)['dpo']).toBe(1);
  });

  it('have a style of their own whatever they are called', () => {
    const arms = ['constructor', 'ppo'].map((id) => ({ ...config.arms[0]!, id }));
    expect(armStyles(arms)).toEqual({ constructor: 0, ppo: 1 });
    expect(armStyles(arms, armStyles(arms.slice(0, 1)))).toEqual({ constructor: 0, ppo: 1 });
  });
});
