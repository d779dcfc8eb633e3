import { describe, expect, it } from 'vitest';
import { barRange, figureValue, isTableOnly, spreadValue } from '../../../src/ui/figures/figures';
import { figureAbout, figureName, settingName } from '../../../src/ui/i18n/dynamic';

describe('figures', () => {
  it('are written for people', () => {
    expect(figureValue('accuracy/heldOutClusters', 0.634)).toBe('63 %');
    expect(figureValue('gold', -0.42)).toBe('−0.42');
    expect(figureValue('gold.64', 0.5)).toBe('+0.50');
    expect(figureValue('length', 17.46)).toBe('17.5');
    expect(figureValue('webLoss', 0.888)).toBe('0.89');
  });

  it('have bars with a sensible range', () => {
    expect(barRange('accuracy', [0.2])).toEqual([0, 1]);
    expect(barRange('gold', [0.2])).toEqual([-1, 1]);
    expect(barRange('length', [4, 8])).toEqual([0, 8]);
    expect(barRange('length', [])).toEqual([0, 1]);
  });

  it('stand in a table where no arm is measured against SFT', () => {
    expect(isTableOnly([{ stage: 'instruct' }, { stage: 'few-shot' }])).toBe(true);
    expect(isTableOnly([{ stage: 'instruct' }, { stage: 'ppo' }])).toBe(false);
  });
});

describe('words and numbers', () => {
  it('have names, explanations and digits', () => {
    expect(figureName('peak.kl')).toBe('KL there, nats');
    expect(figureName('winRate@0.5')).toBe('win rate at temperature 0.5');
    expect(figureName('gold.64')).toBe('gold reward, 64');
    expect(figureAbout('gap')).toContain('best that any policy');
    expect(figureAbout('nothing')).toBe('');
    expect(settingName('preferences.pairs', 'ppo')).toBe('comparisons');
    expect(settingName('trainingExamples', 'instruct')).toBe('training examples');
    expect(spreadValue('winRate', { mean: 0.86, halfWidth: 0.021, count: 5 })).toBe('86 ± 2.1 %');
    expect(spreadValue('gold', { mean: 0.594, halfWidth: 0.02, count: 5 })).toBe('+0.59 ± 0.02');
    expect(spreadValue('gold', { mean: 0.594, halfWidth: NaN, count: 1 })).toBe('+0.59');
    expect(figureValue('fit.peakKl', 3e12)).toBe('> 1000');
    expect(figureValue('implicitAccuracy', 0.834)).toBe('83 %');
  });
});
