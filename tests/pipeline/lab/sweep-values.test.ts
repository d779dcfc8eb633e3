import { describe, expect, it } from 'vitest';
import { MessageError } from '../../../src/messages';
import { areRatios, parseValues } from '../../../src/pipeline/lab/sweep-values';

const number = { type: 'number', min: 0, max: 10, nullable: true } as const;
const whole = { ...number, type: 'integer' } as const;
const choice = { type: 'choice', options: ['a', 'b'] } as const;

describe('values of a sweep', () => {
  it('are a list, each once', () => {
    expect(parseValues('0.02, 0.1 ;0.5，0.1', number)).toEqual([0.02, 0.1, 0.5]);
    expect(parseValues('0.1 off −1 x', number)).toEqual([0.1, null, -1, 'x']);
    expect(parseValues('b, a', choice)).toEqual(['b', 'a']);
  });

  it('or a range with both ends, in equal steps or ratios', () => {
    expect(parseValues('0:1:5', number)).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(parseValues('0.02:2:5:log', number)).toEqual([0.02, 0.0632, 0.2, 0.632, 2]);
    expect(parseValues('1:5:9', whole)).toEqual([1, 2, 3, 4, 5]);
    expect(parseValues('5:1:3', number)).toEqual([5, 3, 1]);
  });

  it.each(['0:1', '0:1:1', '0:1:5:cubic', '0:1:2:log:3', 'a:1:5', '0:1:2.5', '0:1:65'])(
    '%s is no range',
    (text) => {
      expect(() => parseValues(text, number)).toThrow(/must look like 0\.02:2:5/);
    },
  );

  it('have no ratios from zero, and are neither none nor too many', () => {
    expect(() => parseValues('0:1:5:log', number)).toThrow(/above 0/);
    expect(() => parseValues(' , ', number)).toThrow(MessageError);
    expect(() => parseValues(Array.from({ length: 65 }, (_, i) => i).join(), number)).toThrow(
      /at most 64 entries/,
    );
  });

  it('stand on a logarithmic axis where ratios are more alike than steps', () => {
    expect(areRatios([0.02, 0.1, 0.5])).toBe(true);
    expect(areRatios([2, 0.02, 0.2])).toBe(true);
    expect(areRatios([1, 2, 3, 4])).toBe(false);
    for (const values of [
      [0, 0.1, 1],
      [0.1, 1],
      ['a', 'b', 'c'],
      [0.1, null, 10],
    ])
      expect(areRatios(values)).toBe(false);
  });
});
