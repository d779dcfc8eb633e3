import { expect, it } from 'vitest';
import { megaflops } from '../../../src/pipeline/measures/cost';

it('arithmetic grows a little faster than the prompt', () => {
  const config = { vocabSize: 357, nPositions: 64, nEmbd: 64, nLayer: 2, nHead: 4 };
  expect(megaflops(config, 20)).toBeGreaterThan(2 * megaflops(config, 10));
  expect(megaflops(config, 1)).toBeCloseTo((2 * 127_000) / 1e6, 1);
});
