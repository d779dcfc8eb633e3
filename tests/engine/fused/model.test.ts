import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFusedEngine } from '../../../src/engine/fused';
import { FusedLanguageModel } from '../../../src/engine/fused/model';
import type { Batch, Engine, LanguageModel } from '../../../src/engine/types';
import { flatLength, parameterLayout } from '../../../src/model/parameters';
import { rngFrom } from '../../../src/random/rng';
import { busyWeights, tinyConfig } from '../../support/engines';
import { adam, everything, meanNll, pretrainTerm, raggedBatch, wantAll } from '../../support/losses';
import { relativeL2 } from '../../support/numbers';
import { BUILDS, openKernels } from '../../kernels/harness';

const config = { vocabSize: 37, nPositions: 24, nEmbd: 16, nLayer: 2, nHead: 2 };

/** Rows of many lengths, all with completions. */
function manyRows(count: number): Batch {
  const rng = rngFrom(5, 'rows');
  return Array.from({ length: count }, () => {
    const ids = Array.from({ length: rng.int(2, config.nPositions) }, () => rng.int(1, 36));
    const start = rng.int(1, ids.length - 1);
    return { ids, start, prefix: rng.bernoulli(0.3) ? start : 0 };
  });
}

describe('fused model', () => {
  let engine: Engine;
  let model: LanguageModel;
  beforeAll(async () => {
    engine = await createFusedEngine('wasm');
    model = engine.createModel(config, busyWeights(config, 1));
  });
  afterAll(() => engine.dispose());

  it('gives a row the same bits in any batch, with or without gradient', async () => {
    const batch = manyRows(70);
    const whole = await model.evaluate(batch, { logProbs: true });
    const picks = [0, 3, 17, 33, 34, 64, 69];
    const part = picks.map((i) => batch[i]!);
    const some = await model.evaluate(part, wantAll);
    let seen = 0;
    await model.gradients([
      {
        batch: part,
        want: { logProbs: true, entropy: true },
        loss: (outputs) => {
          const inside = outputs.logProbs.dataSync();
          const { cols } = some.logProbs!;
          picks.forEach((i, r) => {
            for (let c = 0; c < cols; c++) {
              const full = whole.logProbs!.data[i * whole.logProbs!.cols + c] ?? 0;
              if (!some.mask.data[r * cols + c]) continue;
              expect(Object.is(some.logProbs!.data[r * cols + c], full)).toBe(true);
              expect(Object.is(inside[r * cols + c], full)).toBe(true);
              seen++;
            }
          });
          return meanNll(outputs);
        },
      },
    ]);
    expect(seen).toBeGreaterThan(40);
  });

  it('lets nothing flow back from later tokens or other rows', async () => {
    const row = { ids: [1, 5, 6, 7, 8, 9], start: 2 };
    const want = { logProbs: true, values: true } as const;
    const base = await model.evaluate([row, { ids: [1, 3, 4], start: 1 }], want);
    const changed = await model.evaluate(
      [
        { ...row, ids: [1, 5, 6, 7, 20, 30] },
        { ids: [1, 9, 9, 9, 9, 9, 9, 9], start: 1 },
      ],
      want,
    );
    // columns 0 and 1 predict tokens 2 and 3, which did not change; column 2 has a new label only
    for (const c of [0, 1]) expect(changed.logProbs!.data[c]).toBe(base.logProbs!.data[c]);
    for (const c of [0, 1, 2]) expect(changed.values!.data[c]).toBe(base.values!.data[c]);
    expect(changed.logProbs!.data[2]).not.toBe(base.logProbs!.data[2]);
    // inside a prefix, later tokens do count
    const prefixed = (id: number) => model.evaluate([{ ids: [1, 5, 6, id, 8], start: 4, prefix: 4 }], want);
    expect((await prefixed(7)).logProbs!.data[0]).not.toBe((await prefixed(9)).logProbs!.data[0]);
  });

  it('agrees with finite differences along random directions', async () => {
    const weights = busyWeights(tinyConfig, 2);
    const probe = engine.createModel(tinyConfig, weights);
    const terms = [{ batch: raggedBatch, want: wantAll, loss: everything }];
    const { gradients } = await probe.gradients(terms);
    const rng = rngFrom(3, 'direction');
    for (let trial = 0; trial < 3; trial++) {
      const direction = new Float32Array(weights.length);
      for (const p of parameterLayout(tinyConfig))
        for (let i = 0; i < p.size; i++) direction[p.offset + i] = rng.normal();
      const lossAt = async (step: number) => {
        probe.setWeights(weights.map((w, i) => w + step * direction[i]!));
        return (await probe.gradients(terms)).loss;
      };
      const h = 2e-3;
      const slope = ((await lossAt(h)) - (await lossAt(-h))) / (2 * h);
      const expected = gradients.reduce((sum, g, i) => sum + g * direction[i]!, 0);
      expect(Math.abs(slope - expected)).toBeLessThan(0.01 * Math.abs(expected) + 0.05);
    }
    probe.dispose();
  });

  it('generates greedily what the full model would', async () => {
    const prompts = [[1], [1, 4, 5], [1, 7, 8, 9, 10], [1, 2, 3]];
    const { completions, finished } = await model.generate(prompts, {
      maxNewTokens: 12,
      temperature: 0,
      noiseKey: 0,
    });
    for (const [row, prompt] of prompts.entries()) {
      const ids = [...prompt];
      for (const token of completions[row]!) {
        const { data } = await model.nextLogits([{ ids, start: ids.length }]);
        const best = data.subarray(1).reduce((at, x, i) => (x > data[at]! ? i + 1 : at), 1);
        expect(token).toBe(best);
        ids.push(token);
      }
      expect(finished[row]).toBe(ids[ids.length - 1] === 2);
    }
  });

  it('samples a chunk as it would sample it inside a large batch, and stops at the last position', async () => {
    const prompts = Array.from({ length: 10 }, (_, i) => [1, 3 + i, 4]);
    const options = { maxNewTokens: 100, temperature: 1, noiseKey: 77 };
    const whole = await model.generate(prompts, options);
    const tail = await model.generate(prompts.slice(6), { ...options, firstRow: 6 });
    expect(tail.completions).toEqual(whole.completions.slice(6));
    whole.completions.forEach((c, i) => {
      expect(c.length).toBeLessThanOrEqual(config.nPositions - 3);
      expect(whole.finished[i] || c.length === config.nPositions - 3).toBe(true);
      expect(c).not.toContain(0);
      expect(c.slice(0, -1)).not.toContain(2);
    });
  });

  it('samples the last tokens of a nearly full context', async () => {
    const prompt = Array.from({ length: config.nPositions }, () => 5);
    const { completions } = await model.generate([prompt, prompt.slice(1), [1]], {
      maxNewTokens: 2,
      temperature: 1,
      noiseKey: 1,
      banned: [2],
    });
    expect(completions.map((c) => c.length)).toEqual([0, 1, 2]);
  });

  it('keeps memory constant and gives it back', async () => {
    const use = async () => {
      const m = engine.createModel(config, busyWeights(config, 3));
      await m.update([{ batch: manyRows(20), want: wantAll, loss: everything }], adam, true);
      await m.evaluate(manyRows(20), wantAll);
      await m.generate([[1], [1, 2, 3]], { maxNewTokens: 5, temperature: 1, noiseKey: 1 });
      m.dispose();
    };
    await use();
    await use();
    const before = engine.memory();
    await use();
    expect(engine.memory()).toEqual(before);
  });

  it('learns the same in updates that are read together, and evaluates models together as alone', async () => {
    const steps = [1, 2, 3].map((i) => ({
      terms: [{ batch: manyRows(4 + i), want: wantAll, loss: everything }, pretrainTerm([[1, 5, 6, 2]])],
      optimizer: { ...adam, learningRate: 1e-3 * i },
    }));
    const [together, alone] = [1, 2].map(() => engine.createModel(config, busyWeights(config, 6)));
    const reports = await together!.updates(steps, 'weights');
    const expected = [];
    for (const { terms, optimizer } of steps) expected.push(await alone!.update(terms, optimizer, true));
    const { weights, ...last } = reports.pop()!;
    expect([...reports, last]).toEqual(expected);
    expect(weights).toEqual(await alone!.weights());
    const batch = manyRows(70);
    const passes = [
      { model: together!, batch, want: { logProbs: true } },
      { model: model, batch, want: wantAll },
      { model: together!, batch: manyRows(3), want: { scores: true } },
    ];
    const found = await engine.evaluateTogether(passes);
    for (const [i, pass] of passes.entries())
      expect(found[i]).toEqual(await pass.model.evaluate(pass.batch, pass.want));
    expect(await together!.updates([])).toEqual([]);
    together!.dispose();
    alone!.dispose();
  });

  it('resets the optimiser with new weights', async () => {
    const weights = busyWeights(config, 4);
    const run = async (m: LanguageModel) => {
      m.setWeights(weights);
      for (let i = 0; i < 2; i++) await m.update([pretrainTerm([[1, 5, 6, 7, 2]])], adam, false);
      return m.weights();
    };
    expect(relativeL2(await run(model), await run(model))).toBe(0);
  });

  it('reports a loss that is not a number', async () => {
    const m = engine.createModel(config, new Float32Array(flatLength(parameterLayout(config))).fill(NaN));
    const report = await m.update([pretrainTerm([[1, 5, 6, 2]])], adam, true);
    expect(report!.loss).toBeNaN();
    expect(report!.gradNorm).toBeNaN();
    await expect(m.generate([[1]], { maxNewTokens: 1, temperature: 1, noiseKey: 1 })).rejects.toThrow(
      'diverged',
    );
    m.dispose();
  });

  it('refuses what does not fit', async () => {
    const want = { logProbs: true } as const;
    for (const row of [
      { ids: [1, 37], start: 1 },
      { ids: [1, -1], start: 1 },
      { ids: [1, 2], start: 3 },
      { ids: [1, 2, 3], start: 1, prefix: 2 },
      { ids: Array<number>(25).fill(1), start: 1 },
    ])
      await expect(model.evaluate([row], want)).rejects.toThrow(RangeError);
    await expect(model.evaluate([], want)).rejects.toThrow(RangeError);
    expect(() => model.setWeights(new Float32Array(3))).toThrow(RangeError);
    const loss = { batch: manyRows(2), want, loss: everything };
    await expect(model.gradients([loss])).rejects.toThrow("'entropy'");
  });
});

it.each(BUILDS)('both builds agree with each other ($name)', async ({ relaxed }) => {
  const weights = busyWeights(config, 6);
  const terms = [{ batch: manyRows(9), want: wantAll, loss: everything }];
  const [plain, other] = [await openKernels(false), await openKernels(relaxed)].map(
    (kernels) => new FusedLanguageModel(kernels, config, weights),
  ) as [FusedLanguageModel, FusedLanguageModel];
  const [a, b] = [await plain.gradients(terms), await other.gradients(terms)];
  expect(relativeL2(b.gradients, a.gradients)).toBeLessThan(1e-5);
});
