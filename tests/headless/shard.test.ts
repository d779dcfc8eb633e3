import { describe, expect, it } from 'vitest';
import { partOf, shard } from '../../src/headless/shard';

describe('shards', () => {
  it('are named like 2/5', () => {
    expect(shard('2/5')).toEqual({ index: 2, count: 5 });
    for (const text of ['', '2', '0/5', '6/5', '2/0', '1/2/3', '-1/2', '1.5/2', 'a/b', '1/'])
      expect(() => shard(text), text).toThrow('must be like 2/5');
  });

  it.each([1, 2, 3, 5, 7, 75, 200])('cut the work into %d parts that differ by one run at most', (count) => {
    const work = Array.from({ length: 75 }, (_, i) => i);
    const parts = Array.from({ length: count }, (_, i) => partOf(work, { index: i + 1, count }));
    expect(parts.flat().sort((a, b) => a - b)).toEqual(work);
    const sizes = parts.map((part) => part.length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });
});
