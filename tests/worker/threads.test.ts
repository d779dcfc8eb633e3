import { describe, expect, it } from 'vitest';
import { threadsAskedFor, threadsFor } from '../../src/worker/threads';

describe('the number of threads of a worker', () => {
  it('follows the cores and how many workers train', () => {
    const each = (cores: number) => [1, 2].map((training) => threadsFor(cores, training));
    expect([1, 2, 4, 6, 8, 32].map(each)).toEqual([[1, 1], [2, 1], [3, 2], [5, 2], [7, 3], [8, 8]]); // prettier-ignore
  });

  it('can be fixed by the link', () => {
    expect(threadsAskedFor('?v=1&threads=3')).toBe(3);
    expect(['', '?threads=', '?threads=0', '?threads=x', '?threads=99'].map(threadsAskedFor)).toEqual(
      Array.from({ length: 5 }, () => null),
    );
  });
});
