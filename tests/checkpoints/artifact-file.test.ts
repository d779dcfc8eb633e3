import { describe, expect, it } from 'vitest';
import { loadArtifact, saveArtifact } from '../../src/checkpoints/artifact-file';
import { shippedFrom } from '../../src/checkpoints/manifest';
import { sentence } from '../../src/messages';
import { saveCheckpoint } from '../../src/model/checkpoint';
import { CheckpointError } from '../../src/model/safetensors';
import {
  parent,
  type PackedPreferencesArtifact,
  type PreferencesArtifact,
  type RewardModelArtifact,
} from '../../src/pipeline/contract/stage';
import { initialWeights } from '../../src/model/parameters';
import { rngFrom } from '../../src/random/rng';

describe('artifact files', () => {
  const config = { vocabSize: 13, nPositions: 8, nEmbd: 8, nLayer: 1, nHead: 2 };
  const weights = initialWeights(config, rngFrom(1));

  it('keep a reward model and its scale', () => {
    const artifact: RewardModelArtifact = { kind: 'reward', config, weights, mean: -0.25, deviation: 1.5 };
    const back = loadArtifact(saveArtifact(artifact)) as RewardModelArtifact;
    expect(back).toMatchObject({ kind: 'reward', config, mean: -0.25, deviation: 1.5 });
    back.weights.forEach((w, i) => expect(Math.abs(w - weights[i]!)).toBeLessThan(1e-3));
  });

  it('keep every pair of labelled comparisons', () => {
    const pair = { prompt: [1, 5], chosen: [7, 8, 2], rejected: [9], goldChosen: 0.5, goldRejected: -0.25 };
    const artifact: PreferencesArtifact = {
      kind: 'preferences',
      pairs: [pair, { ...pair, prompt: [1, 6, 7], rejected: [2] }],
      heldOut: [pair],
    };
    const stored = loadArtifact(saveArtifact(artifact));
    expect(stored.kind).toBe('packed-preferences');
    expect(parent({ preferences: stored as PackedPreferencesArtifact }, 'preferences')).toEqual(artifact);
    expect(saveArtifact(stored)).toEqual(saveArtifact(artifact));
  });

  it.each([
    ['mean', ''],
    ['mean', 'NaN'],
    ['mean', '1 '],
    ['deviation', '0'],
    ['deviation', '-1'],
    ['deviation', '0x10'],
    ['deviation', 'Infinity'],
  ])('refuse a reward model whose %s is %j', (name, value) => {
    const metadata = { kind: 'reward', mean: '0', deviation: '1', [name]: value };
    const bytes = saveCheckpoint(config, weights, metadata);
    expect(() => loadArtifact(bytes)).toThrow(CheckpointError);
    expect(() => loadArtifact(bytes)).toThrow(
      `metadata '${name}' is not a number that can be used: "${value}"`,
    );
  });

  it('say in either language which file is wrong, and why', () => {
    const error = new CheckpointError({ code: 'file.short', values: { bytes: 3 } }).in('x.safetensors');
    expect(error.message).toBe("x.safetensors: truncated: 3 bytes, but 8 hold the header's length");
    expect(sentence(error.info, 'zh')).toMatch(/^x\.safetensors：文件被截断/);
  });

  it('say in one line what is wrong with a broken one', async () => {
    const bytes = saveArtifact({ kind: 'model', config, weights });
    expect(() => loadArtifact(bytes.slice(0, bytes.length - 8))).toThrow(CheckpointError);
    expect(() => loadArtifact(new Uint8Array(3))).toThrow(CheckpointError);
    const results = shippedFrom(
      () => Promise.resolve([{ key: 'a'.repeat(32), file: 'x.safetensors', summary: {} }]),
      () => Promise.resolve(bytes.slice(0, 100)),
    );
    await expect(results.get('a'.repeat(32))).rejects.toThrow(/x\.safetensors/);
    expect(await results.get('b'.repeat(32))).toBeUndefined();
  });
});
