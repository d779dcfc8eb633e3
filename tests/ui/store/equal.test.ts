import { describe, expect, it } from 'vitest';
import { mostInCommon, onAxis, valueAt } from '../../../src/ui/store/equal';
import type { EvaluationPoint } from '../../../src/ui/store/series';
import { arm } from './support';

const points = (places: [number, number][], labels: readonly number[] = []): EvaluationPoint[] =>
  arm('x', places).points.map((p, i) => ({ ...p, labels: labels[i] ?? 0 }));

describe('a figure at equal cost', () => {
  const path = points([
    [0, 0],
    [1, 0.4],
    [3, 0.8],
  ]);

  it('is read between measurements, not beyond them', () => {
    expect(valueAt(path, 'update', 0.5, 'gold')).toBeCloseTo(0.2);
    expect(valueAt(path, 'update', 2, 'gold')).toBe(0.8);
    expect(valueAt(path, 'update', 2.1, 'gold')).toBeUndefined();
    expect(valueAt([], 'update', 0, 'gold')).toBeUndefined();
  });

  it('at a KL is where the path first came so far; there is no second time', () => {
    const back = points([
      [0, 0],
      [2, 0.5],
      [1, 0.9],
      [4, 0.1],
    ]);
    expect(valueAt(back, 'kl', 1, 'gold')).toBeCloseTo(0.25);
    expect(valueAt(back, 'kl', 2, 'gold')).toBe(0.5);
    expect(onAxis({ points: back }, 'kl').points.map((p) => p.evaluation.kl)).toEqual([0, 2, 4]);
    expect(onAxis({ points: back }, 'update').points).toBe(back);
  });

  it('of several measurements with the same labels is the last', () => {
    const spent = points(
      [
        [0, 0],
        [1, 0.4],
        [2, 0.6],
      ],
      [500, 500, 500],
    );
    expect(valueAt(spent, 'labels', 500, 'gold')).toBe(0.6);
    expect(valueAt(spent, 'labels', 400, 'gold')).toBeUndefined(); // it has none without them
    expect(valueAt(spent, 'labels', 600, 'gold')).toBeUndefined();
  });

  it('is missing where it was not measured', () => {
    const [first, last] = path;
    const without = [first!, { ...last!, evaluation: { ...last!.evaluation, winRate: undefined as never } }];
    expect(valueAt(without, 'update', 0.5, 'winRate')).toBeUndefined();
  });
});

describe('the most in common', () => {
  it('is the end of the shortest that has used any', () => {
    const [long, short] = [points([[0, 0], [1, 1], [2, 2]]), points([[0, 0], [9, 1]])]; // prettier-ignore
    expect(mostInCommon([long, short, []], 'update')).toBe(1);
    expect(mostInCommon([long, short], 'kl')).toBe(2);
    expect(mostInCommon([long, short], 'labels')).toBeUndefined();
    expect(mostInCommon([], 'update')).toBeUndefined();
  });
});
