import { expect, it } from 'vitest';
import type { LanguageModel } from '../../../src/engine/types';
import { comparePairs } from '../../../src/pipeline/data/comparisons';
import { labelDraws } from '../../../src/pipeline/data/label-draws';
import { streamOf, type StageContext } from '../../../src/pipeline/contract/stage';
import { encode, EOS, reviewTask } from '../../../src/world';

const context = { task: reviewTask, seed: 3 } as unknown as StageContext;

let calls = 0;
/** Every second answer of a pair is truly better, in turn. */
const model = {
  generate(prompts: number[][]) {
    const call = calls++;
    const words = (i: number) => [
      '.', // the sentence of the prompt
      ...['the', 'film', 'was', (i + call) % 2 ? 'wonderful' : 'terrible', '.'],
      ...['the', 'cast', 'was', (i + call) % 2 ? 'lovely' : 'dull', '.'],
    ];
    return Promise.resolve({
      completions: prompts.map((_, i) => [...encode(words(i)), EOS]),
      finished: prompts.map(() => true),
    });
  },
} as unknown as LanguageModel;

it('tells which labels were turned around, and by whom they were given, from the seed alone', async () => {
  const judgement = { labelTemperature: 1e-3, flipRate: 0.3, bias: 'none', disagreement: 0 } as const;
  const stream = (purpose: string) => streamOf(context, 'preferences', purpose);
  const streams = () => ({ prompts: stream('prompts'), noise: stream('noise'), labels: stream('labels') });
  const pairs = await comparePairs(context, judgement, model, 300, 'train', streams());
  const clear = pairs
    .map((p, i) => ({ ...p, i }))
    .filter((p) => Math.abs(p.goldChosen - p.goldRejected) > 0.05);
  expect(clear.length).toBeGreaterThan(50);
  const draws = labelDraws(context, judgement, pairs.length, 'pairs');
  // so sure are these labelers that only a mistake goes against the truth
  for (const { i, goldChosen, goldRejected } of clear)
    expect(draws[i]!.flipped, `pair ${i}`).toBe(goldChosen < goldRejected);
  expect(draws.some((d) => d.flipped)).toBe(true);
  expect(draws.every((d) => d.labeler === undefined)).toBe(true);
  const people = labelDraws(context, { ...judgement, disagreement: 1 }, 200, 'pairs');
  expect(new Set(people.map((d) => d.labeler))).toEqual(new Set(Array.from({ length: 10 }, (_, i) => i)));
});
