import { describe, expect, inject, it } from 'vitest';
import { amountsOf, amountsText } from './amounts';

describe('amounts', () => {
  it('are read as they are written', () => {
    const amounts = { seed: 5, path: '12:0:1', fuzz: 100_000 };
    expect(amountsText(amounts)).toBe('seed=5,path=12:0:1,fuzz=100000');
    expect(amountsOf(amountsText(amounts))).toEqual(amounts);
    expect(amountsOf(undefined)).toEqual({});
    expect(amountsText({ fuzz: undefined })).toBe('');
  });

  it.each(['fuz=3', 'fuzz', 'fuzz=many', 'fuzz=-1', 'constructor=1'])('do not take %s', (text) => {
    expect(() => amountsOf(text)).toThrow(RangeError);
  });

  it('reach every test', () => {
    expect(inject('amounts')).toEqual(amountsOf(process.env['ALIGNLET_AMOUNTS']));
  });
});
