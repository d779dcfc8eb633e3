import { describe, expect, it } from 'vitest';
import { applySweep } from '../../src/headless/sweep';
import { UsageError } from '../../src/headless/usage';
import { defaultLabConfig } from '../../src/pipeline/lab/config';

const config = defaultLabConfig();

describe('--sweep', () => {
  it('makes an arm for each value', () => {
    const { config: swept, seeds } = applySweep(config, 'dpo.beta=0.1:2.5:3:log', [1, 2]);
    expect(swept.arms.map(({ name }) => name)).toEqual(['DPO beta=0.1', 'DPO beta=0.5', 'DPO beta=2.5']);
    expect(seeds).toEqual([1, 2]);
    expect(applySweep(config, 'dpo/sft.steps=10,20', [1]).config.arms[1]!.trunk).toEqual({
      sft: { steps: 20 },
    });
  });

  it.each([
    ['dpo.beta', /expected arm\.setting=values/],
    ['sft.steps=1,2', /sft: is no arm; there are ppo, dpo/],
    ['dpo.alpha=1', /dpo\.alpha/],
    ['dpo.beta=1,99', /dpo-2\.beta must be a number between/],
    ['dpo.beta=0:1:3:log', /dpo\.beta must begin and end above 0/],
  ])('%s is refused in one line', (text, why) => {
    const refused = () => applySweep(config, text, [1]);
    expect(refused).toThrow(UsageError);
    expect(refused).toThrow(why);
  });
});
