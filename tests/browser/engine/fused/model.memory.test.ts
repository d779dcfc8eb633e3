import { describe, expect, it } from 'vitest';
import { createFusedEngine } from '../../../../src/engine/fused';
import type { Batch, LossTerm } from '../../../../src/engine/types';
import { MODEL_SIZES } from '../../../../src/model/config';
import { ppoLoss } from '../../../../src/pipeline/losses/ppo';
import { sftLoss } from '../../../../src/pipeline/losses/sft';
import { rngFrom } from '../../../../src/random/rng';
import { busyWeights } from '../../../support/engines';
import { adam, everything, wantAll } from '../../../support/losses';

const config = { ...MODEL_SIZES.nano, vocabSize: 37 };

/** Rows of about so many tokens, never two batches of one length. */
function batch(rows: number, about: number, label: number): Batch {
  const rng = rngFrom(label, 'memory');
  return Array.from({ length: rows }, () => {
    const ids = Array.from({ length: about + rng.int(-2, 2) }, () => rng.int(3, config.vocabSize - 1));
    return { ids, start: rng.int(1, 4) };
  });
}

/** PPO's loss on a batch, from numbers of the host: a kernel of its own on a GPU. */
function ppoTerm(data: Batch): LossTerm {
  const cols = Math.max(...data.map(({ ids, start }) => ids.length - start));
  const zeros = { rows: data.length, cols, data: new Float32Array(data.length * cols) };
  const targets = { oldLogProbs: zeros, advantages: zeros, oldValues: zeros, returns: zeros };
  const settings = { clipRange: 0.2, valueClip: 0.2, entropyCoef: 0, valueCoef: 0.1 };
  const want = { logProbs: true, entropy: true, values: true };
  return { batch: data, want, loss: ppoLoss(targets, settings, true) };
}

/** On WASM more rows than its scratch memory has room for at first. */
const CASES = [
  { backend: 'webgpu', rows: 4 },
  { backend: 'webgl', rows: 4 },
  { backend: 'wasm', rows: 48 },
] as const;

/** Temporary memory after two epochs in which everything has had the room of everything else, and in two more. */
describe('memory of the fused engine', () => {
  it.each(CASES)(
    'is constant on $backend after two epochs of batches of $rows rows',
    async ({ backend, rows }) => {
      const engine = await createFusedEngine(backend);
      const model = engine.createModel(config, busyWeights(config, 3));
      const same = batch(4, 16, 99); // tfjs keeps memory for each shape that it has seen
      const round = async (about: number, label: number) => {
        const data = batch(rows, about, label);
        await model.update([{ batch: data, want: { logProbs: true }, loss: sftLoss }], adam, false);
        await model.updates([{ terms: [ppoTerm(data)], optimizer: adam }]);
        await model.update([{ batch: same, want: wantAll, loss: everything }], adam, false);
        await model.evaluate(data, wantAll);
        const prompts = data.slice(0, 2).map(({ ids }) => ids.slice(0, Math.round(about / 3)));
        await model.generate(prompts, {
          maxNewTokens: Math.round(about / 4),
          temperature: 1,
          noiseKey: label,
        });
        return engine.memory().bytes;
      };
      const epoch = [16, 21].map((about, label) => [about, label] as const);
      for (const batch of [...epoch, ...epoch.toReversed()]) await round(...batch);
      const held = engine.memory().bytes;
      const found: number[] = [];
      for (const batch of [...epoch, ...epoch.toReversed()]) found.push(await round(...batch));
      expect(found).toEqual(found.map(() => held));
      engine.dispose();
    },
    240_000,
  );
});
