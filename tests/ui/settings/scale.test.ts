import { describe, expect, it } from 'vitest';
import { settingFields } from '../../../src/pipeline/contract/settings';
import { STAGES, type StageName } from '../../../src/pipeline/stages';
import { POSITIONS, sliderScale, typedValue } from '../../../src/ui/settings/scale';

const stages = Object.keys(STAGES) as StageName[];

describe('sliderScale', () => {
  const all = stages.flatMap((stage) =>
    settingFields(STAGES[stage].settings).map((f) => [`${stage}.${f.name}`, f] as const),
  );

  it.each(all)('%s: every position is a valid value, and positions grow with values', (_, field) => {
    const scale = sliderScale(field);
    if (!scale || (field.kind.type !== 'number' && field.kind.type !== 'integer')) return;
    let before = -Infinity;
    for (let position = 0; position <= POSITIONS; position++) {
      const value = scale.valueAt(position);
      expect(value).toBeGreaterThanOrEqual(field.kind.min);
      expect(value).toBeLessThanOrEqual(field.kind.max);
      expect(value).toBeGreaterThanOrEqual(before);
      if (field.kind.type === 'integer') expect(Number.isInteger(value)).toBe(true);
      before = value;
    }
    const [from, to] = scale.typical;
    expect(from).toBeLessThan(to);
  });

  it('reaches zero where zero means something', () => {
    const klCoef = settingFields(STAGES.ppo.settings).find((f) => f.name === 'klCoef')!;
    expect(sliderScale(klCoef)!.valueAt(0)).toBe(0);
    expect(sliderScale(klCoef)!.positionOf(0)).toBe(0);
  });
});

describe('typedValue', () => {
  it.each([
    ['0.3', 0.3],
    [' 1e-4 ', 1e-4],
    ['−2', -2],
    ['0,5', 0.5],
    ['abc', 'abc'],
    ['', ''],
  ])('%j → %j', (text, value) => expect(typedValue(text)).toBe(value));
});
