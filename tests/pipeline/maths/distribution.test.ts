import { describe, expect, it } from 'vitest';
import { exactKl, topCandidates } from '../../../src/pipeline/maths/distribution';

const logs = (p: number[]) => p.map(Math.log);

describe('next-word distributions', () => {
  it('have the KL of its definition, 0 to themselves', () => {
    const [p, q] = [logs([0.5, 0.25, 0.25]), logs([0.25, 0.25, 0.5])];
    expect(exactKl(p, q)).toBeCloseTo(0.5 * Math.log(2) + 0.25 * Math.log(0.5), 12);
    expect(exactKl(p, p)).toBe(0);
    expect(exactKl(logs([1, 0]), logs([0.5, 0.5]))).toBeCloseTo(Math.log(2), 12);
    expect(() => exactKl([0], [0, 0])).toThrow(RangeError);
  });

  it('show the likeliest under either, and in any case the word that was said', () => {
    const [p, q] = [logs([0.6, 0.3, 0.05, 0.05]), logs([0.1, 0.1, 0.7, 0.1])];
    expect(topCandidates(p, q, 2).map((c) => c.id)).toEqual([2, 0]);
    expect(topCandidates(p, q, 2, [3]).map((c) => c.id)).toEqual([2, 3]);
    expect(topCandidates(p, q, 2)[0]).toMatchObject({ id: 2, reference: expect.closeTo(0.7) as number });
  });
});
