import { describe, expect, it } from 'vitest';
import { MessageError } from '../../../src/messages';
import { cutInto, shuffledBatches } from '../../../src/pipeline/training/batches';
import { rngFrom } from '../../../src/random/rng';

describe('shuffled batches', () => {
  const take = (count: number, size: number, batches: number) => {
    const rng = rngFrom('batches');
    const source = shuffledBatches(count, size, (xs) => rng.shuffle(xs));
    return Array.from({ length: batches }, () => source.next().value!);
  };

  it('have the size that was asked for and show every index once per epoch', () => {
    const batches = take(10, 4, 5);
    expect(batches.map((b) => b.length)).toEqual([4, 4, 4, 4, 4]);
    expect(batches.flat().slice(0, 10).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('are all there is where that is fewer', () => {
    for (const batch of take(2, 256, 3)) expect([...batch].sort()).toEqual([0, 1]);
  });

  it('say that there is nothing to learn from', () => {
    expect(() => take(0, 4, 1)).toThrow(MessageError);
    expect(() => take(0, 4, 1)).toThrow(/no comparison to learn from/);
  });
});

describe('a list cut into parts', () => {
  it.each([
    [48, 32],
    [5, 4],
    [64, 3],
    [64, 2],
    [7, 7],
    [7, 1],
  ])('of %i items into %i: exactly as many, sizes one apart at most, order kept', (count, parts) => {
    const items = Array.from({ length: count }, (_, i) => i);
    const cut = cutInto(items, parts);
    expect(cut).toHaveLength(parts);
    expect(cut.flat()).toEqual(items);
    const sizes = cut.map((part) => part.length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });

  it('refuses more parts than items', () => {
    expect(() => cutInto([1, 2], 3)).toThrow(RangeError);
    expect(() => cutInto([], 0)).toThrow(RangeError);
  });
});
