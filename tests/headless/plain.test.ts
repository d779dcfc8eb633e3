import { expect, it } from 'vitest';
import { plainFigure, plainSpread } from '../../src/headless/plain';

it.each([
  ['gold', 0.12345, '0.123'],
  ['kl', 3.456, '3.46'],
  ['winRate', 0.5678, '56.8 %'],
  ['winRate@0.5', 0.5, '50.0 %'],
  ['accuracy/heldOutClusters', 0.25, '25.0 %'],
  ['gold', undefined, ''],
])('%s of %s in tables of the command line: %s', (name, value, text) =>
  expect(plainFigure(name, value)).toBe(text),
);

it('writes a spread with one unit', () => {
  expect(plainSpread('winRate', 0.5, 0.0123)).toBe('50.0 ± 1.2 %');
  expect(plainSpread('gold', -0.5, 0.1)).toBe('-0.500 ± 0.100');
});
