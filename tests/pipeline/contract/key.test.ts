import { expect, it } from 'vitest';
import { keyOf } from '../../../src/pipeline/contract/key';

it('is the same for the same content in another order, and another for other content', () => {
  expect(keyOf({ a: 1, b: { c: 2, d: undefined } })).toBe(keyOf({ b: { c: 2 }, a: 1 }));
  expect(keyOf({ a: [1, 2] })).not.toBe(keyOf({ a: [2, 1] }));
  expect(keyOf({})).toBe('44136fa355b3678a1146ad16f7e8649e'); // sha256sum of "{}"
});
