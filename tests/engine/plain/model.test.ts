import * as tf from '@tensorflow/tfjs-core';
import { type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { createPlainEngine } from '../../../src/engine/plain';
import { parameterLayout } from '../../../src/model/parameters';
import { rngFrom } from '../../../src/random/rng';
import { busyWeights, tinyConfig, withModel } from '../../support/engines';
import { everything, meanNll, raggedBatch, wantAll } from '../../support/losses';
import { relativeL2 } from '../../support/numbers';
import type { Batch, HostOutputs } from '../../../src/engine/types';

describe('gradients of the model against finite differences', () => {
  it.each(['cpu', 'wasm'] as const)('on %s, through every output', async (backend) => {
    const engine = await createPlainEngine(backend);
    const weights = busyWeights(tinyConfig, 2);
    const terms = [
      { batch: raggedBatch, want: wantAll, loss: everything },
      { batch: raggedBatch.slice(0, 2), want: { logProbs: true }, loss: meanNll },
    ];
    const { gradients } = await withModel(engine, tinyConfig, weights, (model) => model.gradients(terms));
    const rng = rngFrom(5, 'directions');
    // one random direction per parameter tensor: float32 allows no finer steps than this
    for (const p of parameterLayout(tinyConfig)) {
      const direction = Float32Array.from({ length: p.size }, () => rng.normal() / Math.sqrt(p.size));
      const step = 1e-2;
      const lossAt = (by: number) => {
        const moved = weights.slice();
        direction.forEach((d, i) => (moved[p.offset + i]! += by * d));
        return withModel(engine, tinyConfig, moved, (model) => model.gradients(terms));
      };
      const numeric = ((await lossAt(step)).loss - (await lossAt(-step)).loss) / (2 * step);
      const analytic = direction.reduce((sum, d, i) => sum + d * gradients[p.offset + i]!, 0);
      expect(Math.abs(analytic - numeric), p.name).toBeLessThan(0.01 + 0.02 * Math.abs(numeric));
    }
  });

  it('gives zero to parameters that the loss does not reach, and to the padding between tensors', async () => {
    const engine = await createPlainEngine('cpu');
    const term = { batch: raggedBatch, want: { logProbs: true }, loss: meanNll };
    const { gradients } = await withModel(engine, tinyConfig, busyWeights(tinyConfig, 2), (m) =>
      m.gradients([term]),
    );
    const used = new Uint8Array(gradients.length);
    for (const p of parameterLayout(tinyConfig)) {
      used.fill(1, p.offset, p.offset + p.size);
      const part = gradients.subarray(p.offset, p.offset + p.size);
      expect(part.some((g) => g !== 0), p.name).toBe(!p.name.startsWith('score.')); // prettier-ignore
    }
    expect(gradients.every((g, i) => used[i] === 1 || g === 0)).toBe(true);
  });

  it('adds up over terms', async () => {
    const engine = await createPlainEngine('wasm');
    await withModel(engine, tinyConfig, busyWeights(tinyConfig, 2), async (model) => {
      const term = { batch: raggedBatch, want: { logProbs: true }, loss: meanNll };
      const once = await model.gradients([term]);
      const twice = await model.gradients([term, term]);
      expect(twice.loss).toBeCloseTo(2 * once.loss, 5);
      expect(relativeL2(twice.gradients, once.gradients.map((g) => 2 * g))).toBeLessThan(1e-6); // prettier-ignore
    });
  });

  it('reports a loss that is not finite', async () => {
    const engine = await createPlainEngine('wasm');
    await withModel(engine, tinyConfig, busyWeights(tinyConfig, 2), async (model) => {
      const term = {
        batch: raggedBatch,
        want: { logProbs: true },
        loss: ({ logProbs }: { logProbs: Tensor }) => ({ loss: tf.sum(tf.log(logProbs)) as Scalar }),
      };
      const options = { learningRate: 1, beta1: 0, beta2: 0, epsilon: 1, weightDecay: 0, maxGradNorm: 1 };
      const report = await model.update([term], options, true);
      expect(Number.isFinite(report!.loss)).toBe(false);
    });
  });
});

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
