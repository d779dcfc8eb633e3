import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine, LanguageModel } from '../../../src/engine/types';
import { MODEL_SIZES } from '../../../src/model/config';
import { initialWeights, parameterLayout, withFreshHead } from '../../../src/model/parameters';
import type { PreferencePair } from '../../../src/pipeline/contract/stage';
import { judgedPairs } from '../../../src/pipeline/measures/judged';
import {
  accuracyAgainstGold,
  accuracyOnLabels,
  agreement,
} from '../../../src/pipeline/measures/pair-accuracy';
import { rngFrom } from '../../../src/random/rng';
import { VOCABULARY } from '../../../src/world';
import { openEngine } from '../support';

const config = { ...MODEL_SIZES.nano, vocabSize: VOCABULARY.length };
const rng = rngFrom('pairs');
const answer = () => Array.from({ length: 1 + rng.int(0, 6) }, () => rng.int(3, 300));
/** 1000 pairs in which the chosen answer is always the better one. */
const pairs: PreferencePair[] = Array.from({ length: 1000 }, (_, i) => ({
  prompt: [1, 5, 6],
  chosen: [...answer(), 301],
  rejected: [...answer(), 302],
  goldChosen: 0.5 + i / 10_000,
  goldRejected: 0.1,
}));
const turn = (p: PreferencePair): PreferencePair => ({
  prompt: p.prompt,
  chosen: p.rejected,
  rejected: p.chosen,
  goldChosen: p.goldRejected,
  goldRejected: p.goldChosen,
});
const scale = { mean: 0, deviation: 1 };

let engine: Engine;
/** Scores everything alike. */
let blind: LanguageModel;
/** Scores different answers differently. */
let seeing: LanguageModel;
beforeAll(async () => {
  engine = await openEngine();
  const weights = withFreshHead(config, initialWeights(config, rngFrom('judge')));
  blind = engine.createModel(config, weights);
  const head = parameterLayout(config).find((p) => p.name === 'score.weight')!;
  const withHead = weights.slice();
  for (let i = 0; i < head.size; i++) withHead[head.offset + i] = rng.normal();
  seeing = engine.createModel(config, withHead);
});
afterAll(() => {
  blind?.dispose();
  seeing?.dispose();
  engine?.dispose();
});

describe('labels by a judge', () => {
  it('that ties everything agree with gold by chance only, whatever the order they came in', async () => {
    const labelled = await judgedPairs(blind, scale, pairs, rngFrom('coin'));
    expect(Math.abs(agreement(labelled)! - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / pairs.length));
    expect(await judgedPairs(blind, scale, pairs.map(turn), rngFrom('coin'))).toEqual(labelled);
  });

  it('that ties nothing follow its scores and leave the coin alone', async () => {
    const coin = rngFrom('coin');
    const labelled = await judgedPairs(seeing, scale, pairs, coin);
    expect(coin.uint32()).toBe(rngFrom('coin').uint32());
    expect(await accuracyOnLabels(seeing, labelled)).toBe(1);
  });
});

describe('the accuracy of a reward model', () => {
  it('counts its ties half, on gold and on labels', async () => {
    for (const some of [pairs, pairs.map(turn)]) {
      expect(await accuracyAgainstGold(blind, some)).toBe(0.5);
      expect(await accuracyOnLabels(blind, some)).toBe(0.5);
    }
  });

  it('on gold is over the pairs of different gold', async () => {
    const equal = pairs.slice(500).map((p) => ({ ...p, goldChosen: p.goldRejected }));
    const half = pairs.slice(0, 500);
    const expected = await accuracyAgainstGold(seeing, half);
    expect(await accuracyAgainstGold(seeing, [...half, ...equal])).toBe(expected);
    expect(expected! + (await accuracyOnLabels(seeing, half.map(turn)))!).toBeCloseTo(1, 12);
  });

  it('is absent where nothing is decided', async () => {
    const equal = pairs.map((p) => ({ ...p, goldChosen: p.goldRejected }));
    expect(await accuracyAgainstGold(seeing, equal)).toBeUndefined();
    expect(await accuracyAgainstGold(seeing, [])).toBeUndefined();
    expect(await accuracyOnLabels(seeing, [])).toBeUndefined();
    expect(agreement([])).toBeUndefined();
    expect(agreement(equal)).toBe(0.5);
  });
});
