import { expect, it } from 'vitest';
import { wholeNumber } from '../../src/headless/usage';

it('other numbers, too', () => {
  expect(['5', '', '0', '11', '1e1'].map((text) => wholeNumber(text, 1, 10))).toEqual([
    5,
    ...Array.from({ length: 4 }, () => undefined),
  ]);
});
