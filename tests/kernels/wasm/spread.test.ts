import { describe, expect, it } from 'vitest';
import { cut } from '../../../src/kernels/wasm/spread';

describe('cutting a kernel', () => {
  it.each([
    [1, 1, 1],
    [0, 1, 3],
    [357, 4, 2],
    [97, 8, 4],
    [1009, 1, 3],
    [5, 16, 4],
  ])('%i outputs at multiples of %i for %i threads: every output once', (over, grain, threads) => {
    const ranges = cut({ over, grain, work: 1e9 }, threads, 1000);
    expect(ranges[0]![0]).toBe(0);
    expect(ranges.at(-1)![1]).toBe(over);
    ranges.slice(1).forEach(([from], i) => {
      expect(from).toBe(ranges[i]![1]);
      expect(from % grain).toBe(0);
    });
  });

  it('leaves small work whole', () => {
    expect(cut({ over: 100, work: 1999 }, 4, 1000)).toEqual([[0, 100]]);
    expect(cut({ over: 100, work: 1e9 }, 1, 1000)).toEqual([[0, 100]]);
    expect(cut({ over: 100, work: 2000 }, 4, 1000)).toHaveLength(2);
    expect(cut({ over: 100, work: 20_000 }, 4, 1000)).toHaveLength(4);
    expect(cut({ over: 100, work: 1e9 }, 4, 1000)).toHaveLength(8);
  });
});
