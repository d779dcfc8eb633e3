import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { counted } from '../../../src/bench/counts';
import { createFusedEngine } from '../../../src/engine/fused';
import type { Batch, Engine, LanguageModel } from '../../../src/engine/types';
import type { GptConfig } from '../../../src/model/config';
import { EOS } from '../../../src/model/tokens';
import { sftLoss } from '../../../src/pipeline/losses/sft';
import { rngFrom } from '../../../src/random/rng';
import { busyWeights } from '../../support/engines';
import { adam } from '../../support/losses';

const config: GptConfig = { vocabSize: 37, nPositions: 40, nEmbd: 32, nLayer: 2, nHead: 4 };

/** Enough tokens that every sum is cut into slices, as with the lab's batches. */
const rng = rngFrom(8, 'counts');
const batch: Batch = Array.from({ length: 10 }, () => ({
  ids: Array.from({ length: rng.int(30, 40) }, () => rng.int(3, config.vocabSize - 1)),
  start: 5,
}));

/** Dispatches or draws of one call each, for two layers: no more than these. */
const MOST = {
  webgpu: { update: 64, evaluate: 20, scores: 18, rollout: 19 },
  webgl: { update: 62, evaluate: 27, scores: 23, rollout: 11 },
};
const PER_TOKEN = { webgpu: 0, webgl: 11 };

describe.each(['webgpu', 'webgl'] as const)('commands asked of %s', (backend) => {
  let engine: Engine;
  let model: LanguageModel;
  const asked: Record<string, number> = {};
  beforeAll(async () => {
    engine = await createFusedEngine(backend, { wholeRollouts: true });
    const listened = counted(engine);
    model = listened.engine.createModel(config, busyWeights(config, 4));
    const count = async (name: string, call: () => Promise<unknown>) => {
      listened.calls.length = 0;
      await call();
      expect(listened.calls).toHaveLength(1);
      asked[name] = listened.calls[0]!.dispatches;
      return listened.calls[0]!;
    };
    const want = { logProbs: true, entropy: true, values: true };
    const terms = [{ batch, want: { logProbs: true, entropy: true }, loss: sftLoss }];
    await model.update(terms, adam, false); // buffers that only training needs are made, and on WebGL cleared
    expect(await count('update', () => model.update(terms, adam, false))).toMatchObject({
      read: false,
      readbacks: 0,
    });
    expect(await count('evaluate', () => model.evaluate(batch, want))).toMatchObject({ readbacks: 1 });
    expect(await count('logged update', () => model.update(terms, adam, 'weights'))).toMatchObject({
      read: true,
      readbacks: 1,
    });
    await count('scores', () => model.evaluate(batch, { scores: true }));
    const prompts = batch.map(({ ids }) => ids.slice(0, 5));
    const options = { temperature: 1, noiseKey: 1, banned: [EOS] };
    await count('few tokens', () => model.generate(prompts, { ...options, maxNewTokens: 2 }));
    const rollout = await count('many tokens', () =>
      model.generate(prompts, { ...options, maxNewTokens: 12 }),
    );
    expect(rollout.readbacks).toBe(1);
  }, 240_000);
  afterAll(() => engine.dispose());

  it('is no more for an update or a pass than it was', () => {
    const { update, evaluate, scores } = MOST[backend];
    expect.soft(asked['update']).toBeLessThanOrEqual(update);
    expect.soft(asked['evaluate']).toBeLessThanOrEqual(evaluate);
    expect.soft(asked['scores']).toBeLessThanOrEqual(scores);
  });

  it('is no more for a rollout, and for each of its tokens', () => {
    const perToken = (asked['many tokens']! - asked['few tokens']!) / 10;
    expect.soft(perToken).toBeLessThanOrEqual(PER_TOKEN[backend]);
    expect.soft(asked['many tokens']! - 12 * perToken).toBeLessThanOrEqual(MOST[backend].rollout);
    console.log(backend, JSON.stringify(asked));
  });
});
