import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFusedEngine } from '../../../../src/engine/fused';
import type { Batch, Engine, LanguageModel } from '../../../../src/engine/types';
import { MODEL_SIZES } from '../../../../src/model/config';
import { initialWeights } from '../../../../src/model/parameters';
import { rngFrom } from '../../../../src/random/rng';
import { everything, wantAll } from '../../../support/losses';
import { relativeL2 } from '../../../support/numbers';

const config = { ...MODEL_SIZES.medium, vocabSize: 357 };
const rngOfWeights = rngFrom(1, 'medium');
/** As at the start, but with no parameter at 0, so that every gradient has work. */
const weights = initialWeights(config, rngOfWeights).map((w) => w + 0.02 * rngOfWeights.normal());

function row(length: number, start: number): Batch[number] {
  const rng = rngFrom(length, 'medium row');
  return { ids: [1, ...Array.from({ length: length - 1 }, () => rng.int(3, 356))], start };
}
const batch = [row(6, 1), row(9, 5)];

/** A tiny batch through the medium model: the figures of WASM, on each GPU backend. */
describe.each(['webgpu', 'webgl'] as const)('the medium model on %s', (backend) => {
  let engines: Engine[];
  let model: LanguageModel;
  let host: LanguageModel;
  beforeAll(async () => {
    engines = [await createFusedEngine(backend), await createFusedEngine('wasm')];
    [model, host] = engines.map((e) => e.createModel(config, weights)) as [LanguageModel, LanguageModel];
  }, 900_000);
  afterAll(() => engines.forEach((e) => e.dispose()));

  it('forwards and backwards', async () => {
    const [a, b] = [await model.evaluate(batch, wantAll), await host.evaluate(batch, wantAll)];
    for (const name of ['logProbs', 'entropy'] as const)
      expect(relativeL2(a[name]!.data, b[name]!.data), name).toBeLessThan(1e-5);
    const terms = [{ batch, want: wantAll, loss: everything }];
    const [found, expected] = [await model.gradients(terms), await host.gradients(terms)];
    expect(found.loss / expected.loss).toBeCloseTo(1, 5);
    expect(relativeL2(found.gradients, expected.gradients)).toBeLessThan(1e-5);
  }, 900_000);

  it.runIf(backend === 'webgl')(
    'to the end of its context, and token by token',
    async () => {
      const longest = [row(config.nPositions, config.nPositions - 4)];
      const [a, b] = [await model.nextLogits(longest), await host.nextLogits(longest)];
      expect(relativeL2(a.data, b.data)).toBeLessThan(1e-5);
      const options = { maxNewTokens: 3, temperature: 0, noiseKey: 1 };
      const prompts = batch.map(({ ids }) => ids);
      expect(await model.generate(prompts, options)).toMatchObject({
        completions: (await host.generate(prompts, options)).completions,
      });
    },
    900_000,
  );
});
