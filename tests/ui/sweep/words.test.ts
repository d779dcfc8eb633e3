import { describe, expect, it } from 'vitest';
import { defaultLabConfig } from '../../../src/pipeline/lab/config';
import { axisText, nameOfValue, valueText } from '../../../src/ui/sweep/words';

const [ppo, dpo] = defaultLabConfig().arms as [never, never];

describe('the words of a sweep', () => {
  it('name an arm by its value, with the symbol of the formula', () => {
    expect(nameOfValue(dpo, 'dpo', 'beta', 0.02)).toBe('DPO β=0.02');
    expect(nameOfValue({ ...(dpo as object), name: 'DPO β=0.02' } as never, 'dpo', 'beta', 2)).toBe(
      'DPO β=2',
    );
    expect(nameOfValue(ppo, 'preferences', 'pairs', 500)).toBe('PPO Preferences comparisons=500');
  });

  it('say values as settings do', () => {
    expect(valueText('dpo', 'referenceFree', true)).toBe('on');
    expect(valueText('ppo', 'targetKl', null)).toBe('off');
    expect(valueText('dpo', 'lossType', 'ipo')).toBe('ipo');
  });

  it('say what is swept, and under which stage', () => {
    const axis = { setting: 'pairs', places: [] };
    expect(axisText({ ...axis, id: 'ppo/preferences', stage: 'preferences' })).toBe(
      'Preferences comparisons',
    );
    expect(axisText({ ...axis, id: 'dpo', stage: 'dpo', setting: 'beta' })).toBe('beta');
    expect(axisText(null)).toBe('seeds');
  });
});
