import { describe, expect, it } from 'vitest';
import {
  CheckpointError,
  readSafetensors,
  writeSafetensors,
  type StoredTensor,
} from '../../../src/model/safetensors';
import { packPreferences, unpackPreferences } from '../../../src/pipeline/contract/packed-preferences';
import type { PreferencesArtifact } from '../../../src/pipeline/contract/stage';
import { VOCABULARY } from '../../../src/world';

const pair = { prompt: [1, 5], chosen: [7, 8, 2], rejected: [9], goldChosen: 0.5, goldRejected: -0.25 };
const artifact: PreferencesArtifact = {
  kind: 'preferences',
  pairs: [pair, { ...pair, prompt: [1, 6, 7], rejected: [2] }],
  heldOut: [pair],
};
const bytes = packPreferences(artifact);

/** The file with one tensor replaced. */
function withTensor(name: string, tensor: StoredTensor | undefined): Uint8Array {
  const { tensors, metadata } = readSafetensors(bytes);
  tensors.delete(name);
  if (tensor) tensors.set(name, tensor);
  return writeSafetensors({ tensors, metadata });
}
const ids = (...data: number[]): StoredTensor => ({ dtype: 'U16', shape: [data.length], data: Uint16Array.from(data) }); // prettier-ignore
const rewards = (...data: number[]): StoredTensor => ({ dtype: 'F32', shape: [data.length], data: Float32Array.from(data) }); // prettier-ignore

describe('packed preferences', () => {
  it('are what was packed, pair by pair; none at all, too', () => {
    expect(unpackPreferences(bytes)).toEqual(artifact);
    const none: PreferencesArtifact = { kind: 'preferences', pairs: [], heldOut: [] };
    expect(unpackPreferences(packPreferences(none))).toEqual(none);
  });

  it.each<[string, string, StoredTensor | undefined, RegExp]>([
    ['a part with fewer answers', 'pairs.chosen.lengths', ids(6), /'pairs.chosen.lengths' has 1 entries for 2 pairs/],
    ['a part with more answers', 'pairs.rejected.lengths', ids(1, 1, 0), /'pairs.rejected.lengths' has 3 entries/],
    ['too few rewards', 'pairs.goldChosen', rewards(1), /'pairs.goldChosen' has 1 entries for 2 pairs/],
    ['too many rewards', 'heldOut.goldRejected', rewards(1, 2), /'heldOut.goldRejected' has 2 entries for 1 pairs/],
    ['lengths beyond the ids', 'pairs.prompt.lengths', ids(2, 4), /'pairs.prompt' add up to 6, not 5/],
    ['lengths short of the ids', 'pairs.prompt.lengths', ids(2, 2), /'pairs.prompt' add up to 4, not 5/],
    ['a tensor that is missing', 'pairs.goldChosen', undefined, /'pairs.goldChosen' is missing/],
    ['a tensor of another kind', 'extra', ids(1), /unexpected tensor 'extra'/],
    ['lengths as fractions', 'pairs.prompt.lengths', rewards(2.5, 2.5), /dtype F32 instead of U16/],
    ['rewards as counts', 'pairs.goldChosen', ids(1, 1), /dtype U16 instead of F32/],
    ['a matrix', 'pairs.goldChosen', { ...rewards(1, 2), shape: [2, 1] }, /shape \[2, 1\] instead of \[2\]/],
    ['a reward that is no number', 'pairs.goldChosen', rewards(1, NaN), /'pairs.goldChosen' holds NaN at index 1/],
    ['a token that is no word', 'heldOut.chosen', ids(7, VOCABULARY.length, 2), /holds the token \d+; the vocabulary has/],
  ])('are refused by name: %s', (_, name, tensor, expected) => {
    const file = withTensor(name, tensor);
    expect(() => unpackPreferences(file)).toThrow(CheckpointError);
    expect(() => unpackPreferences(file)).toThrow(expected);
  }); // prettier-ignore

  it('cannot be packed with ids or rewards that would come back as others', () => {
    const packing = (changes: object) => () =>
      packPreferences({ ...artifact, heldOut: [{ ...pair, ...changes }] });
    expect(packing({ prompt: [65537] })).toThrow(/'heldOut.prompt' holds 65537/);
    expect(packing({ chosen: [-1] })).toThrow(/'heldOut.chosen' holds -1/);
    expect(packing({ goldChosen: NaN })).toThrow(/'heldOut.goldChosen' holds NaN/);
  });
});
