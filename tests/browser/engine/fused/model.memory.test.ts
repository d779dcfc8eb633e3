import { describe, expect, it } from 'vitest';
import { createFusedEngine } from '../../../../src/engine/fused';
import type { Batch } from '../../../../src/engine/types';
import { MODEL_SIZES } from '../../../../src/model/config';
import { sftLoss } from '../../../../src/pipeline/losses/sft';
import { rngFrom } from '../../../../src/random/rng';
import { busyWeights } from '../../../support/engines';
import { adam, everything, wantAll } from '../../../support/losses';

const config = { ...MODEL_SIZES.nano, vocabSize: 37 };

/** Four rows of about so many tokens, never two batches of one length. */
function batch(rows: number, about: number, label: number): Batch {
  const rng = rngFrom(label, 'memory');
  return Array.from({ length: rows }, () => {
    const ids = Array.from({ length: about + rng.int(-2, 2) }, () => rng.int(3, config.vocabSize - 1));
    return { ids, start: rng.int(1, 4) };
  });
}

/** Temporary memory after the first batches, and after batches up to almost twice as long. */
describe.each(['webgpu', 'webgl', 'wasm'] as const)('memory of the fused engine on %s', (backend) => {
  it.each([
    ['short rows', 4, 16, 27],
    ['more than scratch memory starts with', 48, 30, 44],
  ])('is constant after the first epoch: %s', async (_, rows, early, late) => {
    const engine = await createFusedEngine(backend);
    const model = engine.createModel(config, busyWeights(config, 3));
    const round = async (about: number, label: number) => {
      const data = batch(rows, about, label);
      await model.update([{ batch: data, want: { logProbs: true }, loss: sftLoss }], adam, false);
      await model.update([{ batch: data, want: wantAll, loss: everything }], adam, false);
      await model.evaluate(data, wantAll);
      await model.generate(
        data.slice(0, 4).map(({ ids }) => ids.slice(0, Math.round(about / 3))),
        { maxNewTokens: Math.round(about / 4), temperature: 1, noiseKey: label },
      );
      return engine.memory().bytes;
    };
    await round(early, 0);
    const held = await round(early, 1);
    for (let label = 2; label < 5; label++) expect(await round(early, label)).toBeLessThanOrEqual(held);
    for (let label = 5; label < 8; label++) expect(await round(late, label)).toBeLessThanOrEqual(held);
    engine.dispose();
  });
});
