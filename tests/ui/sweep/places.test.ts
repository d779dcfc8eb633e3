import { describe, expect, it } from 'vitest';
import { defaultLabConfig } from '../../../src/pipeline/lab/config';
import { sweepOf } from '../../../src/pipeline/lab/sweep';
import { placesOf } from '../../../src/ui/sweep/places';

const config = defaultLabConfig();
const over = (setting: string, values: readonly unknown[]) =>
  placesOf(sweepOf(config, [1], { id: 'dpo', setting, values }));

describe('places on the axis of a sweep', () => {
  it('are by ratio where the values are', () => {
    const { at, ends, isLog, ordered } = over('beta', [0.1, 10, 1]);
    expect([...at.values()].map(({ x }) => x)).toEqual([-1, 1, 0]);
    expect({ ends, isLog, ordered }).toEqual({ ends: [-1, 1], isLog: true, ordered: true });
  });

  it('are by size where steps are equal', () => {
    const { at, isLog } = over('steps', [10, 20, 30]);
    expect([...at.values()].map(({ x }) => x)).toEqual([10, 20, 30]);
    expect(isLog).toBe(false);
  });

  it('are one after the other for what is no number, and for methods', () => {
    const { at, ordered } = over('lossType', ['ipo', 'sigmoid']);
    expect([...at.values()]).toMatchObject([
      { x: 0, value: 'ipo' },
      { x: 1, value: 'sigmoid' },
    ]);
    expect(ordered).toBe(false);
    expect([...placesOf(sweepOf(config, [1, 2])).at.keys()]).toEqual(['ppo', 'dpo']);
  });

  it('have room around a single one', () => {
    expect(over('steps', [10]).ends).toEqual([9, 11]);
  });
});
