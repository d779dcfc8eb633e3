import { describe, expect, it } from 'vitest';
import { judge, spreadOf } from '../../../src/pipeline/records/verdict';
import type { Claim } from '../../../src/pipeline/records/claims';

const claim = (op: Claim['op']): Claim => ({
  text: 'a against b',
  left: 'a.x',
  op,
  right: 'b.x',
  paper: { source: 'nobody', says: 'nothing' },
});
const runs = (...pairs: [number, number][]) => pairs.map(([a, b]) => ({ a: { x: a }, b: { x: b } }));

describe('verdicts over seeds', () => {
  it('has the interval of Student’s t', () => {
    // mean 2, sd 1, n 3: 4.303 / √3
    expect(spreadOf([1, 2, 3])).toEqual({
      mean: 2,
      halfWidth: expect.closeTo(2.4843, 3) as number,
      count: 3,
    });
    expect(spreadOf([5]).halfWidth).toBeNaN();
    // twelve seeds, 11 degrees of freedom: 2.201 · sd / √12
    const twelve = Array.from({ length: 12 }, (_, i) => i);
    expect(spreadOf(twelve).halfWidth).toBeCloseTo((2.200985 * Math.sqrt(13)) / Math.sqrt(12), 5);
  });

  it('says yes only when the whole interval is on the claimed side', () => {
    expect(judge(claim('>'), runs([1, 0], [1.1, 0], [0.9, 0])).verdict).toBe('yes');
    expect(judge(claim('>'), runs([1, 0], [-0.5, 0], [0.9, 0])).verdict).toBe('partly');
    expect(judge(claim('>'), runs([-1, 0], [0.5, 0], [-0.9, 0])).verdict).toBe('no');
    expect(judge(claim('<'), runs([-1, 0], [-1.1, 0], [-0.9, 0])).verdict).toBe('yes');
  });

  it('needs more than one seed for a yes, and figures for any verdict', () => {
    expect(judge(claim('>'), runs([1, 0])).verdict).toBe('partly');
    expect(judge(claim('>'), []).verdict).toBe('not run');
    expect(judge(claim('>'), [{ a: { x: 1 } }]).verdict).toBe('not run');
  });

  it('counts equal figures as the claimed side for ≥ and ≤ only', () => {
    const equal = runs([1, 1], [1, 1], [1, 1]);
    expect(judge(claim('>='), equal).verdict).toBe('yes');
    expect(judge(claim('<='), equal).verdict).toBe('yes');
    expect(judge(claim('>'), equal).verdict).toBe('no');
  });

  it('pairs the seeds: a large spread common to both sides does not matter', () => {
    expect(judge(claim('>'), runs([10.1, 10], [0.1, 0], [5.1, 5])).verdict).toBe('yes');
  });
});
