import { describe, expect, it } from 'vitest';
import { createPlainEngine } from '../../src/engine/plain';
import type { Batch, HostOutputs } from '../../src/engine/types';
import { busyWeights, tinyConfig, withModel } from '../support/engines';
import { everything, meanNll, raggedBatch, wantAll } from '../support/losses';
import { relativeL2 } from '../support/numbers';

const weights = busyWeights(tinyConfig, 1);

async function evaluate(batch: Batch): Promise<HostOutputs> {
  const engine = await createPlainEngine('cpu');
  return withModel(engine, tinyConfig, weights, (model) => model.evaluate(batch, wantAll));
}

const row = (m: { cols: number; data: Float32Array }, b: number, n = m.cols) =>
  Array.from(m.data.subarray(b * m.cols, b * m.cols + n));

describe('which tokens matter', () => {
  it('gives a row the same outputs alone and inside a padded batch', async () => {
    const together = await evaluate(raggedBatch);
    for (const [b, sequence] of raggedBatch.entries()) {
      const alone = await evaluate([sequence]);
      const n = sequence.ids.length - sequence.start;
      for (const name of ['logProbs', 'entropy', 'values'] as const) {
        const expected = row(alone[name]!, 0, n);
        row(together[name]!, b, n).forEach((x, c) => expect(x).toBeCloseTo(expected[c]!, 5));
        expect(row(together[name]!, b).slice(n).every((x) => x === 0)).toBe(true); // prettier-ignore
      }
      expect(together.scores![b]).toBeCloseTo(alone.scores![0]!, 5);
    }
  });

  it('marks exactly the completion tokens, the last one included', async () => {
    const { mask } = await evaluate(raggedBatch);
    expect([mask.rows, mask.cols]).toEqual([4, 3]);
    expect(Array.from(mask.data)).toEqual([1, 1, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0]);
  });

  it('predicts token c from what stands before it only', async () => {
    const base = await evaluate([{ ids: [1, 5, 6, 7, 8], start: 2 }]);
    const changedLast = await evaluate([{ ids: [1, 5, 6, 7, 9], start: 2 }]);
    for (const name of ['entropy', 'values'] as const)
      expect(row(changedLast[name]!, 0)).toEqual(row(base[name]!, 0));
    expect(row(changedLast.logProbs!, 0, 2)).toEqual(row(base.logProbs!, 0, 2));
    expect(changedLast.logProbs!.data[2]).not.toBe(base.logProbs!.data[2]);
    expect(changedLast.scores![0]).not.toBe(base.scores![0]);
    const changedPrompt = await evaluate([{ ids: [1, 4, 6, 7, 8], start: 2 }]);
    expect(changedPrompt.logProbs!.data[0]).not.toBe(base.logProbs!.data[0]);
  });

  it('lets a prefix look ahead within itself, and only there', async () => {
    const ids = [1, 5, 6, 7, 8];
    const causal = await evaluate([{ ids, start: 3 }]);
    const prefix = await evaluate([{ ids, start: 3, prefix: 3 }]);
    expect(prefix.logProbs!.data[0]).not.toBeCloseTo(causal.logProbs!.data[0]!, 5);
    const later = await evaluate([{ ids: [1, 5, 6, 7, 9], start: 3, prefix: 3 }]);
    expect(later.logProbs!.data[0]).toBe(prefix.logProbs!.data[0]);
  });

  it('does not let the prompt into the loss: log-probs sum over the completion', async () => {
    const engine = await createPlainEngine('cpu');
    await withModel(engine, tinyConfig, weights, async (model) => {
      const batch = [{ ids: [1, 5, 6, 7, 8], start: 3 }];
      const { logProbs } = await model.evaluate(batch, { logProbs: true });
      let expected = 0;
      for (let t = 3; t < 5; t++) {
        const { data } = await model.nextLogits([{ ids: batch[0]!.ids.slice(0, t), start: 1 }]);
        const max = Math.max(...data);
        const logSum = max + Math.log(data.reduce((sum, x) => sum + Math.exp(x - max), 0));
        expect(logProbs!.data[t - 3]).toBeCloseTo(data[batch[0]!.ids[t]!]! - logSum, 5);
        expected -= (data[batch[0]!.ids[t]!]! - logSum) / 2;
      }
      const { loss } = await model.gradients([{ batch, want: { logProbs: true }, loss: meanNll }]);
      expect(loss).toBeCloseTo(expected, 5);
    });
  });

  it('refuses outputs that a term does not want, ids outside the vocabulary, and overlong rows', async () => {
    const engine = await createPlainEngine('cpu');
    await withModel(engine, tinyConfig, weights, async (model) => {
      const term = { batch: raggedBatch, want: { logProbs: true }, loss: everything };
      await expect(model.gradients([term])).rejects.toThrow(/'entropy'/);
      await expect(model.evaluate([{ ids: [1, 11], start: 1 }], wantAll)).rejects.toThrow(/token 11/);
      await expect(model.evaluate([{ ids: Array(13).fill(3), start: 1 }], wantAll)).rejects.toThrow(
        /12 positions/,
      );
      await expect(model.evaluate([{ ids: [1, 3], start: 0 }], wantAll)).rejects.toThrow(/start/);
      const generate = model.generate([Array(10).fill(3)], { maxNewTokens: 3, temperature: 1, noiseKey: 1 });
      await expect(generate).rejects.toThrow(/exceed/);
    });
  });
});

describe('generation', () => {
  it('continues prompts of different lengths as if each were alone', async () => {
    const engine = await createPlainEngine('cpu');
    await withModel(engine, tinyConfig, weights, async (model) => {
      const prompts = [[1], [1, 5, 6, 7], [1, 3]];
      const options = { maxNewTokens: 6, temperature: 1, noiseKey: 42 };
      const together = await model.generate(prompts, options);
      for (const [b, prompt] of prompts.entries()) {
        const alone = await model.generate([prompt], { ...options, firstRow: b });
        expect(alone.completions[0]).toEqual(together.completions[b]);
      }
    });
  });

  it('agrees with full forward passes at every step', async () => {
    const engine = await createPlainEngine('wasm');
    await withModel(engine, tinyConfig, weights, async (model) => {
      const options = { maxNewTokens: 7, temperature: 0, noiseKey: 0, banned: [2] };
      const { completions, finished } = await model.generate([[1, 9, 4]], options);
      expect(finished).toEqual([false]);
      const ids = [1, 9, 4];
      for (const id of completions[0]!) {
        const { data } = await model.nextLogits([{ ids, start: 1 }]);
        data[0] = data[2] = -Infinity;
        expect(id).toBe(data.indexOf(Math.max(...data)));
        ids.push(id);
      }
      expect(ids.length).toBe(10);
    });
  });

  it('draws the same tokens on every backend', async () => {
    const rollouts = await Promise.all(
      (['cpu', 'wasm'] as const).map(async (backend) =>
        withModel(await createPlainEngine(backend), tinyConfig, weights, (model) =>
          model.generate(Array(20).fill([1, 5]), { maxNewTokens: 8, temperature: 1, noiseKey: 3 }),
        ),
      ),
    );
    expect(rollouts[1]!.completions).toEqual(rollouts[0]!.completions);
  });
});

describe('backends', () => {
  it('give the same gradients on every path', async () => {
    const [a, b] = await Promise.all(
      (['cpu', 'wasm'] as const).map(async (backend) =>
        withModel(await createPlainEngine(backend), tinyConfig, weights, (model) =>
          model.gradients([{ batch: raggedBatch, want: wantAll, loss: everything }]),
        ),
      ),
    );
    expect(b!.loss).toBeCloseTo(a!.loss, 4);
    expect(relativeL2(b!.gradients, a!.gradients)).toBeLessThan(1e-5);
  });
});
