import { expect, it } from 'vitest';
import { trainingFlops } from '../../src/model/cost';

it('counts every product of a step', () => {
  // one layer of width 4, vocabulary 5, two rows of three tokens, matrix by matrix
  const tokens = 6;
  const product = (k: number, n: number) => 2 * tokens * k * n;
  const layer = product(4, 12) + product(4, 4) + product(4, 16) + product(16, 4);
  // scores and weighted values of 1 + 2 + 3 keys in each of two rows
  const attention = 2 * (2 * 2 * (1 + 2 + 3) * 4);
  const forward = layer + product(4, 5) + attention;
  const config = { vocabSize: 5, nPositions: 8, nEmbd: 4, nLayer: 1, nHead: 2 };
  expect(trainingFlops(config, 2, 3)).toBe(3 * forward);
});
