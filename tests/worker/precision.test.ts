import { expect, it } from 'vitest';
import { precisionAskedFor } from '../../src/worker/precision';

it('a link may ask for half floats, and for nothing that there is not', () => {
  expect(precisionAskedFor('?v=1&precision=f16')).toBe('f16');
  expect(precisionAskedFor('?precision=f32&threads=1')).toBe('f32');
  expect(['', '?precision=', '?precision=f64', '?precision=F16'].map(precisionAskedFor)).toEqual(
    Array(4).fill(null),
  );
});
