import { describe, expect, it } from 'vitest';
import { brief, compact, duration, fixed, percent } from '../../../src/ui/i18n/format';

describe('numbers', () => {
  it('have a true minus sign and an optional plus', () => {
    expect(fixed(-0.426)).toBe('−0.43');
    expect(fixed(0.5, 2, true)).toBe('+0.50');
    expect(fixed(-0.04, 1)).toBe('0.0');
    expect(fixed(0.004, 2, true)).toBe('0.00');
    expect(fixed(NaN)).toBe('–');
    expect(percent(0.861)).toBe('86 %');
  });

  it.each([
    [0, '0'],
    [0.0003, '0.0003'],
    [0.00001, '1.0e−5'],
    [1.2345, '1.23'],
    [1200, '1200'],
    [3_000_000, '3.0M'],
  ])('brief(%d) = %s', (value, text) => expect(brief(value)).toBe(text));

  it('are compact', () => {
    expect(compact(14_321)).toBe('14k');
    expect(compact(950)).toBe('950');
    expect(duration(75)).toBe('1 min 15 s');
    expect(duration(9.4)).toBe('9 s');
  });
});
