import { expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import { bestOfNWeights } from '../../../src/pipeline/maths/best-of-n';
import { weightedEvaluation, type PromptSamples } from '../../../src/pipeline/measures/reweighted';
import { tiltedWeights } from '../../../src/pipeline/stages/tilt';
import { EOS } from '../../../src/world';
import { nanoContext } from '../support';

/** Answers of ascending gold, all of them better than what they are compared with. */
const samples = (count: number): PromptSamples => ({
  tokens: Uint16Array.from({ length: 2 * count }, (_, i) => (i % 2 ? EOS : 10 + i / 2)),
  offsets: Uint32Array.from({ length: count + 1 }, (_, i) => 2 * i),
  gold: Float64Array.from({ length: count }, (_, i) => i / count),
  proxy: new Float32Array(count),
  logProbs: new Float64Array(count).fill(-1),
  baseline: -1,
});

it('a policy that always wins wins 100 %, though its weights add up to 1 only up to rounding', () => {
  const context = nanoContext({} as Engine); // nothing is computed on it
  const sums: number[] = [];
  for (let count = 2; count < 40; count++) {
    const prompts = [samples(count), samples(count)];
    const choices = [
      ...Array.from({ length: count }, (_, i) => bestOfNWeights(prompts[0]!.gold, i + 1)),
      tiltedWeights(prompts[0]!.gold, 0.3).weights,
    ];
    for (const weights of choices) {
      sums.push(weights.reduce((a, b) => a + b, 0));
      const { winRate, winRateHigh } = weightedEvaluation(context, prompts, [weights, weights], 0);
      expect(winRate).toBeCloseTo(1, 12);
      expect(winRate).toBeLessThanOrEqual(1);
      expect(winRateHigh).toBe(1);
    }
  }
  expect(Math.max(...sums)).toBeGreaterThan(1); // the case exists
});
