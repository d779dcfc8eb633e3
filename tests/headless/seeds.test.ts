import { describe, expect, it } from 'vitest';
import { seed, seedList } from '../../src/headless/seeds';

describe('seeds', () => {
  it('are whole numbers in digits', () => {
    expect(seed('0')).toBe(0);
    expect(seed('4294967295')).toBe(0xffffffff);
    for (const text of ['', ' ', '-1', '1.5', '1e3', '0x10', 'abc', '4294967296'])
      expect(() => seed(text), text).toThrow('whole number');
  });

  it('are lists or ranges, each seed once', () => {
    expect(seedList('1-3')).toEqual([1, 2, 3]);
    expect(seedList('5')).toEqual([5]);
    expect(seedList('4,2')).toEqual([4, 2]);
    for (const text of ['1,2,', ',1', '', '1,,2']) expect(() => seedList(text), text).toThrow('whole number');
    expect(() => seedList('1,1')).toThrow('seed 1 twice');
    expect(() => seedList('5-1')).toThrow('first below last');
    expect(() => seedList('1-5000')).toThrow('at most 1000');
  });
});
