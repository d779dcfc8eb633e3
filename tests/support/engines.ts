import { describe, expect, it } from 'vitest';
import type { Engine, LanguageModel } from '../../src/engine/types';
import type { GptConfig } from '../../src/model/config';
import { initialWeights, parameterLayout } from '../../src/model/parameters';
import { negativeLogLikelihood } from '../../src/pipeline/losses/sft';
import { rngFrom } from '../../src/random/rng';
import { referenceCases } from './gpt2';
import { adam, meanNll, pretrainTerm, raggedBatch } from './losses';
import { chiSquare, relativeL2 } from './numbers';

export const tinyConfig: GptConfig = { vocabSize: 11, nPositions: 12, nEmbd: 8, nLayer: 2, nHead: 2 };

/** Random weights with a scalar head that is not zero and biases that are not, so that every gradient has work. */
export function busyWeights(config: GptConfig, seed: number): Float32Array {
  const weights = initialWeights(config, rngFrom(seed, 'weights'));
  const rng = rngFrom(seed, 'extra');
  for (const p of parameterLayout(config))
    for (let i = 0; i < p.size; i++) weights[p.offset + i]! += 0.2 * rng.normal();
  return weights;
}

export async function withModel<T>(
  engine: Engine,
  config: GptConfig,
  weights: Float32Array,
  work: (model: LanguageModel) => Promise<T>,
): Promise<T> {
  const model = engine.createModel(config, weights);
  try {
    return await work(model);
  } finally {
    model.dispose();
  }
}

/** What every engine must satisfy, whatever its backend: agreement with published GPT-2 arithmetic. */
export function referenceSuite(open: () => Promise<Engine>): void {
  describe.each(referenceCases)('gpt2 reference: $name', (ref) => {
    it('logits', async () => {
      const engine = await open();
      await withModel(engine, ref.config, ref.weights, async (model) => {
        const T = ref.inputIds[0]!.length;
        for (const t of new Set([1, Math.ceil(T / 2), T])) {
          const { data } = await model.nextLogits(
            ref.inputIds.map((ids) => ({ ids: ids.slice(0, t), start: 1 })),
          );
          expect(relativeL2(data, ref.logits.flatMap((row) => row[t - 1]!))).toBeLessThan(1e-5); // prettier-ignore
        }
      });
    });

    it('loss and gradients', async () => {
      const engine = await open();
      await withModel(engine, ref.config, ref.weights, async (model) => {
        const batch = ref.inputIds.map((ids, b) => ({
          ids: ids.slice(0, ref.spans[b]![1]),
          start: ref.spans[b]![0],
        }));
        const result = await model.gradients([{ batch, want: { logProbs: true }, loss: meanNll }]);
        expect(result.loss).toBeCloseTo(ref.loss, 5);
        expect(relativeL2(result.gradients, ref.gradients)).toBeLessThan(1e-5);
      });
    });

    it('greedy continuation with the KV cache', async () => {
      const engine = await open();
      await withModel(engine, ref.config, ref.weights, async (model) => {
        const maxNewTokens = ref.config.nPositions - ref.prompts[0]!.length;
        const rollout = await model.generate(ref.prompts, { maxNewTokens, temperature: 0, noiseKey: 1 });
        ref.greedy.forEach((row, b) => {
          const tail = row.slice(ref.prompts[b]!.length);
          const end = tail.indexOf(2); // the reference knows no <eos>; ours stops after id 2
          expect(rollout.completions[b]).toEqual(end < 0 ? tail : tail.slice(0, end + 1));
          expect(rollout.finished[b]).toBe(end >= 0);
        });
        expect(rollout.readbacks).toBeLessThanOrEqual(1);
      });
    });
  });
}

/** The sampler draws from softmax(logits / temperature) in every row, row 0 included. */
export function samplerSuite(open: () => Promise<Engine>, rows: number): void {
  coldSuite(open);

  it('samples softmax(logits / temperature) in every row', async () => {
    const engine = await open();
    await withModel(engine, tinyConfig, busyWeights(tinyConfig, 3), async (model) => {
      const prompt = [1, 5, 6];
      const temperature = 0.7;
      const banned = [1, 4];
      const logits = await model.nextLogits([{ ids: prompt, start: 1 }]);
      const weights = Array.from(logits.data, (x, id) =>
        id === 0 || banned.includes(id) ? 0 : Math.exp(x / temperature),
      );
      const total = weights.reduce((a, b) => a + b, 0);
      const probabilities = weights.map((w) => w / total);
      const counts = new Array<number>(tinyConfig.vocabSize).fill(0);
      const firstRow = new Array<number>(tinyConfig.vocabSize).fill(0);
      const draws = 12;
      for (let key = 0; key < draws; key++) {
        const { completions } = await model.generate(Array(rows).fill(prompt), {
          maxNewTokens: 1,
          temperature,
          noiseKey: 1000 + key,
          banned,
        });
        for (const [id] of completions) counts[id!]!++;
        firstRow[completions[0]![0]!]!++;
      }
      expect(counts[0]! + counts[1]! + counts[4]!).toBe(0);
      expect(chiSquare(counts, probabilities).p).toBeGreaterThan(1e-4);
      expect(firstRow.filter((n) => n > 0).length).toBeGreaterThan(1); // tfjs's own sampler is stuck here on WebGPU
    });
  });
}

/** A model at a temperature near 0, where logits divided by it leave float32. */
function coldSuite(open: () => Promise<Engine>): void {
  it('is greedy at temperatures that are next to nothing', async () => {
    const engine = await open();
    await withModel(engine, tinyConfig, busyWeights(tinyConfig, 3), async (model) => {
      const at = (temperature: number) =>
        model.generate([[1, 5, 6], [1, 3], [1]], { maxNewTokens: 4, temperature, noiseKey: 7 });
      const greedy = await at(0);
      for (const temperature of [1e-9, 1e-38, 1e-44, 1e-300])
        expect((await at(temperature)).completions).toEqual(greedy.completions);
    });
  });
}

/** A model that has diverged never shows an ordinary number, nor samples from it. */
export function divergenceSuite(open: () => Promise<Engine>): void {
  it('reports a model that has diverged', async () => {
    const engine = await open();
    const weights = busyWeights(tinyConfig, 1).fill(NaN);
    await withModel(engine, tinyConfig, weights, async (model) => {
      for (const loss of [negativeLogLikelihood, meanNll]) {
        const terms = [{ batch: raggedBatch, want: { logProbs: true }, loss }];
        const report = await model.update(terms, adam, true);
        expect(report!.loss).toBeNaN();
        expect(report!.gradNorm).toBeNaN();
      }
      for (const temperature of [0, 1])
        await expect(
          model.generate([[1], [1, 3]], { maxNewTokens: 2, temperature, noiseKey: 1 }),
        ).rejects.toThrow('diverged');
    });
  });
}

/** A loss over nothing is refused instead of being 0, 1 or not a number. */
export function emptySuite(open: () => Promise<Engine>): void {
  it('refuses a loss over completion tokens where there are none', async () => {
    const engine = await open();
    await withModel(engine, tinyConfig, busyWeights(tinyConfig, 1), async (model) => {
      const batch = [
        { ids: [1, 4, 5], start: 3 },
        { ids: [1, 4], start: 2 },
      ];
      const terms = [{ batch, want: { logProbs: true }, loss: negativeLogLikelihood }];
      await expect(model.update(terms, adam, true)).rejects.toThrow('none of the 2 sequences');
      await expect(model.gradients(terms)).rejects.toThrow('none of the 2 sequences');
    });
  });
}

/** Learning, leaks and repeatability. */
export function trainingSuite(open: () => Promise<Engine>, steps: number): void {
  const rows = [
    [1, 5, 6, 7, 8, 2],
    [1, 3, 4, 5, 2],
  ];

  it('learns two sentences by heart, without leaking a tensor, and greedily repeats them', async () => {
    const engine = await open();
    await withModel(engine, tinyConfig, busyWeights(tinyConfig, 4), async (model) => {
      const first = await model.update([pretrainTerm(rows)], adam, true);
      const before = engine.memory().tensors;
      for (let i = 1; i < steps; i++) {
        await model.update([pretrainTerm(rows)], adam, i % 10 === 0);
        expect(engine.memory().tensors).toBe(before);
      }
      const last = await model.update([pretrainTerm(rows)], adam, true);
      expect(last!.loss).toBeLessThan(first!.loss / 2);
      expect(last!.metrics['nll']).toBeCloseTo(last!.loss, 6);
      await model.evaluate(raggedBatch, { logProbs: true, scores: true });
      await model.nextLogits(raggedBatch);
      await model.generate([[1], [1, 3]], { maxNewTokens: 4, temperature: 1, noiseKey: 7 });
      expect(engine.memory().tensors).toBe(before);
    });
  });

  it('is bit-identical when repeated', async () => {
    const engine = await open();
    const run = () =>
      withModel(engine, tinyConfig, busyWeights(tinyConfig, 5), async (model) => {
        for (let i = 0; i < Math.min(5, steps / 5); i++)
          await model.update([pretrainTerm(rows)], adam, false);
        const { completions } = await model.generate([[1], [1, 3]], {
          maxNewTokens: 8,
          temperature: 1,
          noiseKey: 9,
        });
        return { weights: await model.weights(), completions };
      });
    const [a, b] = [await run(), await run()];
    expect(b.completions).toEqual(a.completions);
    expect(sameBits(a.weights, b.weights)).toBe(true);
  });
}

const sameBits = (a: Float32Array, b: Float32Array): boolean => {
  const [x, y] = [a, b].map((f) => new Uint32Array(f.buffer, f.byteOffset, f.length)) as [
    Uint32Array,
    Uint32Array,
  ];
  return x.length === y.length && x.every((bits, i) => bits === y[i]);
};
