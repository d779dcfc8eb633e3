import { expect, it } from 'vitest';
import { packedBaseline, unpackedBaseline } from '../../../src/pipeline/measures/baseline';

it('is the same after packing, empty answers included', () => {
  const baseline = {
    completions: [[5, 6, 2], [], [7]],
    gold: Float64Array.of(0.5, -1, 0.1),
    entropy: Float32Array.of(1, 2, 3, 4),
  };
  expect(packedBaseline(baseline)).toMatchObject({
    tokens: Uint16Array.of(5, 6, 2, 7),
    offsets: Uint32Array.of(0, 3, 3, 4),
  });
  expect(unpackedBaseline(packedBaseline(baseline))).toEqual(baseline);
});
