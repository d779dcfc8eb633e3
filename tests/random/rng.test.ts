import { describe, expect, it } from 'vitest';
import { rngFrom, type Rng } from '../../src/random/rng';
import { chiSquare } from '../support/numbers';

const draw = (rng: Rng, n: number) => Array.from({ length: n }, () => rng.uniform());

function correlation(a: number[], b: number[]): number {
  const mean = (x: number[]) => x.reduce((s, v) => s + v, 0) / x.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  a.forEach((x, i) => {
    ab += (x - ma) * (b[i]! - mb);
    aa += (x - ma) ** 2;
    bb += (b[i]! - mb) ** 2;
  });
  return ab / Math.sqrt(aa * bb);
}

describe('seeded streams', () => {
  it('repeat for the same path and differ for another', () => {
    expect(draw(rngFrom(1, 'a'), 5)).toEqual(draw(rngFrom(1, 'a'), 5));
    expect(draw(rngFrom(1, 'a'), 5)).not.toEqual(draw(rngFrom(1, 'b'), 5));
    expect(draw(rngFrom(1, 'a'), 5)).not.toEqual(draw(rngFrom(2, 'a'), 5));
    expect(rngFrom(1, 'a').split('b').path).toBe('1/a/b');
    expect(draw(rngFrom(1, 'a').split('b'), 5)).toEqual(draw(rngFrom(1, 'a', 'b'), 5));
  });

  it('pin their first values, so that seeds keep their meaning', () => {
    const rng = rngFrom(1, 'pin');
    expect([rng.uint32(), rng.uint32(), rng.uint32()]).toEqual([1061602275, 4205315046, 3294023244]);
  });

  it('are independent of how much a sibling or the parent draws', () => {
    const parent = rngFrom(7);
    const before = draw(parent.split('child'), 4);
    draw(parent, 100);
    draw(parent.split('other'), 100);
    expect(draw(parent.split('child'), 4)).toEqual(before);
  });

  it('splitting does not advance the parent', () => {
    const [a, b] = [rngFrom(3), rngFrom(3)];
    a.split('x').uniform();
    a.split(1);
    expect(draw(a, 4)).toEqual(draw(b, 4));
  });

  it('do not correlate between neighbouring labels', () => {
    const n = 4000;
    const streams = [0, 1, 2, 3].map((i) => draw(rngFrom(1, 'streams').split(i), n));
    for (let i = 0; i < 4; i++)
      for (let j = 0; j < i; j++)
        expect(Math.abs(correlation(streams[i]!, streams[j]!))).toBeLessThan(5 / Math.sqrt(n));
  });
});

describe('distributions', () => {
  const n = 20_000;

  it('uniform fills 50 bins evenly', () => {
    const counts = new Array<number>(50).fill(0);
    for (const u of draw(rngFrom(1, 'uniform'), n)) counts[Math.floor(u * 50)]!++;
    expect(chiSquare(counts, Array(50).fill(1 / 50)).p).toBeGreaterThan(1e-4);
  });

  it('int includes both ends, evenly', () => {
    const rng = rngFrom(1, 'int');
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < n; i++) counts[rng.int(-3, 3) + 3]!++;
    expect(chiSquare(counts, Array(7).fill(1 / 7)).p).toBeGreaterThan(1e-4);
  });

  it('normal has mean 0, variance 1 and the right tails', () => {
    const rng = rngFrom(1, 'normal');
    const xs = Array.from({ length: n }, () => rng.normal());
    const mean = xs.reduce((a, b) => a + b, 0) / n;
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(xs.reduce((a, x) => a + x * x, 0) / n - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    expect(xs.filter((x) => Math.abs(x) > 1.959964).length / n).toBeCloseTo(0.05, 2);
  });

  it('bernoulli, weighted, choice and sample follow their probabilities', () => {
    const rng = rngFrom(1, 'mixed');
    const weights = [1, 0, 3, 6];
    const counts = [0, 0, 0, 0];
    let heads = 0;
    for (let i = 0; i < n; i++) {
      counts[rng.weighted([0, 1, 2, 3], weights)]!++;
      if (rng.bernoulli(0.2)) heads++;
    }
    expect(counts[1]).toBe(0);
    expect(chiSquare([counts[0]!, counts[2]!, counts[3]!], [0.1, 0.3, 0.6]).p).toBeGreaterThan(1e-4);
    expect(heads / n).toBeCloseTo(0.2, 1.5);
    expect(() => rng.choice([])).toThrow(RangeError);
    expect(new Set(rng.sample([1, 2, 3, 4, 5], 3)).size).toBe(3);
  });

  it('shuffle gives every order equally often and leaves its input alone', () => {
    const rng = rngFrom(1, 'shuffle');
    const input = [0, 1, 2];
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = rng.shuffle(input).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(input).toEqual([0, 1, 2]);
    expect(counts.size).toBe(6);
    expect(chiSquare([...counts.values()], Array(6).fill(1 / 6)).p).toBeGreaterThan(1e-4);
  });
});
