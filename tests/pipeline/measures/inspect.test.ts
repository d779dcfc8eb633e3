import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import { inspect } from '../../../src/pipeline/measures/inspect';
import { answer } from '../../../src/pipeline/measures/answer';
import { sequence } from '../../../src/pipeline/data/tokens';
import { MODEL_SIZES } from '../../../src/model/config';
import { initialWeights } from '../../../src/model/parameters';
import { rngFrom } from '../../../src/random/rng';
import { BOS, encode, VOCABULARY } from '../../../src/world';
import { openEngine } from '../support';

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
}, 60_000);
afterAll(() => engine.dispose());

const config = { ...MODEL_SIZES.nano, vocabSize: VOCABULARY.length };
const model = (seed: number) =>
  ({ kind: 'model', config, weights: initialWeights(config, rngFrom('inspect', seed)) }) as const;

describe('what a model thinks of given words', () => {
  const prompt = [BOS, ...encode(['i', 'saw'])];

  it('is what it said when it wrote them', async () => {
    const [said] = await answer(engine, { model: model(1), prompt, count: 1, maxNewTokens: 8, temperature: 1, noiseKey: 7 }); // prettier-ignore
    const row = sequence(prompt, said!.completion);
    const { models } = await inspect(engine, { models: [model(1), model(2)], rows: [row] });
    models[0]!.logProbs[0]!.forEach((logProb, i) => expect(logProb).toBeCloseTo(said!.logProbs[i]!, 4));
    expect(models[1]!.logProbs[0]).not.toEqual(models[0]!.logProbs[0]);
  });

  it('gives the whole distribution of the next word, which adds up to 1 and has what was read', async () => {
    const after = [...prompt, ...encode(['it'])];
    const [next] = encode(['with']) as [number];
    const row = { ids: [...after, next], start: after.length };
    const before = engine.memory();
    const { models } = await inspect(engine, { models: [model(1)], rows: [row], after });
    const all = models[0]!.next!;
    expect(all).toHaveLength(VOCABULARY.length);
    expect(all.reduce((sum, log) => sum + Math.exp(log), 0)).toBeCloseTo(1, 4);
    expect(all[next]).toBeCloseTo(models[0]!.logProbs[0]![0]!, 5);
    expect(engine.memory()).toEqual(before);
  });

  it('scores rows by a reward model, centred and scaled', async () => {
    const reward = { ...model(3), kind: 'reward', mean: 0, deviation: 1 } as const;
    const rows = [sequence(prompt, encode(['it', '.'])), sequence(prompt, encode(['.']))];
    const raw = (await inspect(engine, { models: [], rows, reward })).scores!;
    const scaled = (await inspect(engine, { models: [], rows, reward: { ...reward, mean: 1, deviation: 2 } }))
      .scores!;
    raw.forEach((score, i) => expect(scaled[i]).toBeCloseTo((score - 1) / 2, 5));
  });
});
