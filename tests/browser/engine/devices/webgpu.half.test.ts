import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../../../src/engine/create';
import { createFusedEngine } from '../../../../src/engine/fused';
import type { Batch, Engine, LanguageModel, LossFunction } from '../../../../src/engine/types';
import { MODEL_SIZES } from '../../../../src/model/config';
import { initialWeights } from '../../../../src/model/parameters';
import { message } from '../../../../src/messages';
import { dpoLoss, dpoOnPairs } from '../../../../src/pipeline/losses/dpo';
import { ppoPolicyLoss } from '../../../../src/pipeline/losses/ppo';
import { sftLoss } from '../../../../src/pipeline/losses/sft';
import { rngFrom } from '../../../../src/random/rng';
import { busyWeights, divergenceSuite, tinyConfig } from '../../../support/engines';
import { adam, everything, raggedBatch, wantAll } from '../../../support/losses';
import { relativeL2 } from '../../../support/numbers';

let half: Engine;
let full: Engine;
beforeAll(async () => {
  half = await createFusedEngine('webgpu', { precision: 'f16' });
  full = await createFusedEngine('webgpu');
});
afterAll(() => [half, full].forEach((e) => e.dispose()));

const nano = { ...MODEL_SIZES.nano, vocabSize: 357 };
const want = { logProbs: true, entropy: true } as const;

describe('weights in half floats', () => {
  divergenceSuite(async () => half);

  it('are an option that the engine tells of, and others that they have it not', async () => {
    expect(half.info).toMatchObject({ precision: 'f16', note: message('engine.half', {}) });
    expect(full.info.precision).toBeUndefined();
    const wasm = await createEngine('wasm', undefined, { precision: 'f16' });
    expect(wasm.engine.info.precision).toBeUndefined();
    expect(wasm.considered.at(-1)!.reason).toEqual(
      message('both', { first: message('engine.byHand', {}), second: message('engine.noHalf', {}) }),
    );
    wasm.engine.dispose();
  });

  it('are near those in 32 bits, forwards and backwards', async () => {
    const weights = busyWeights(tinyConfig, 8);
    const [a, b] = [half, full].map((e) => e.createModel(tinyConfig, weights)) as [
      LanguageModel,
      LanguageModel,
    ];
    const [found, expected] = [
      await a.evaluate(raggedBatch, wantAll),
      await b.evaluate(raggedBatch, wantAll),
    ];
    const off = relativeL2(found.logProbs!.data, expected.logProbs!.data);
    expect(off).toBeLessThan(2e-3);
    expect(off).toBeGreaterThan(1e-6); // they are half floats
    const terms = [{ batch: raggedBatch, want: wantAll, loss: everything }];
    const [g, h] = [await a.gradients(terms), await b.gradients(terms)];
    expect(relativeL2(g.gradients, h.gradients)).toBeLessThan(1e-2);
    // parameters are kept in 32 bits
    expect(await a.weights()).toEqual(weights);
    a.dispose();
    b.dispose();
  });

  it("leave PPO's first ratio at 1 and DPO's first loss at ln 2", async () => {
    const rng = rngFrom(3, 'half rows');
    const row = () => {
      const ids = [1, ...Array.from({ length: rng.int(6, 20) }, () => rng.int(3, 356)), 2];
      return { ids, start: 3 };
    };
    const rows: Batch = Array.from({ length: 8 }, row);
    const model = half.createModel(nano, busyWeights(nano, 2));
    const before = await model.evaluate(rows, want);
    const { cols, data } = before.logProbs!;
    const part = rows.slice(5);
    const old = (C: number) =>
      tf.tensor2d(
        part.map((_, i) => Array.from(data.subarray((5 + i) * cols, (5 + i) * cols + C))),
        [part.length, C],
      );
    const ppo: LossFunction = ({ logProbs, mask }) => {
      const C = mask.shape[1];
      const advantages = tf.onesLike(mask);
      const { loss, ratioMean, ratioVar } = ppoPolicyLoss(logProbs, old(C), advantages, mask, 0.2);
      const away = tf.max(tf.abs(tf.mul(tf.sub(logProbs, old(C)), mask))) as Scalar;
      return { loss, metrics: { ratioMean, ratioVar, away } };
    };
    const first = await model.update([{ batch: part, want, loss: ppo }], adam, true);
    expect(first!.metrics).toEqual({ ratioMean: 1, ratioVar: 0, away: 0 });
    model.dispose();

    const policy = half.createModel(nano, busyWeights(nano, 4));
    const reference = await policy.evaluate(rows, want);
    const sums = Array.from({ length: rows.length }, (_, r) =>
      reference.logProbs!.data.subarray(r * cols, (r + 1) * cols).reduce((a, b) => a + b, 0),
    );
    const dpo: LossFunction = ({ logProbs }) => {
      const mine = tf.sum(logProbs, 1) as Tensor1D;
      const halves = (x: Tensor1D) => [tf.slice(x, 0, 4), tf.slice(x, 4, 4)] as [Tensor1D, Tensor1D];
      const options = { beta: 0.5, lossType: 'sigmoid', labelSmoothing: 0, referenceFree: false } as const;
      const { losses } = dpoLoss(...halves(mine), ...halves(tf.tensor1d(sums)), options);
      return { loss: tf.mean(losses) as Scalar };
    };
    const report = await policy.update([{ batch: rows, want, loss: dpo }], adam, true);
    expect(Math.abs(report!.loss - Math.LN2)).toBeLessThan(1e-6);
    policy.dispose();
  });

  it('cost one more dispatch per update, and none where nothing was learned', async () => {
    const model = half.createModel(tinyConfig, busyWeights(tinyConfig, 1));
    const twin = full.createModel(tinyConfig, busyWeights(tinyConfig, 1));
    const term = { batch: raggedBatch, want, loss: sftLoss };
    const cost = async (engine: Engine, work: () => Promise<unknown>) => {
      await work();
      const before = engine.counters!().dispatches;
      await work();
      return engine.counters!().dispatches - before;
    };
    const update = (m: LanguageModel) => () => m.update([term], adam, true);
    const evaluate = (m: LanguageModel) => () => m.evaluate(raggedBatch, want);
    expect((await cost(half, update(model))) - (await cost(full, update(twin)))).toBe(1);
    expect(await cost(half, evaluate(model))).toBe(await cost(full, evaluate(twin)));
    model.dispose();
    twin.dispose();
  });

  it('are those of the parameters after every kind of update', { timeout: 400_000 }, async () => {
    const pairs = raggedBatch.map(({ ids, start }) => ({ ids, start: start === ids.length ? 1 : start }));
    const { rows, cols, data } = (await half.createModel(tinyConfig, busyWeights(tinyConfig, 5)).evaluate(pairs, want))
      .logProbs!; // prettier-ignore
    const settings = { beta: 0.5, labelSmoothing: 0, referenceFree: false, sftCoef: 0.1 };
    const dpo = dpoOnPairs({ rows, cols, data }, { ...settings, lossType: 'sigmoid' });
    expect(dpo.kernel).toBeDefined();
    const squares: LossFunction = ({ logProbs }) => ({ loss: tf.mean(tf.square(logProbs)) as Scalar });
    const steps = {
      'with known weights': { batch: raggedBatch, want, loss: sftLoss },
      'with a kernel': { batch: pairs, want: { logProbs: true }, loss: dpo },
      'with tfjs': { batch: pairs, want: { logProbs: true }, loss: squares },
    };
    const prompts = raggedBatch.map(({ ids, start }) => ids.slice(0, start));
    const look = async (model: LanguageModel) => [
      await model.evaluate(raggedBatch, wantAll),
      await half.evaluateTogether([{ model, batch: pairs, want }]),
      await model.generate(prompts, { maxNewTokens: 2, temperature: 1, noiseKey: 2 }),
    ];
    const model = half.createModel(tinyConfig, busyWeights(tinyConfig, 4));
    await look(model); // there are copies
    const check = async (name: string) => {
      const fresh = half.createModel(tinyConfig, await model.weights());
      expect(await look(model), name).toEqual(await look(fresh));
      fresh.dispose();
    };
    for (const [name, term] of Object.entries(steps)) {
      await model.update([term], adam, false);
      await check(name);
    }
    const together = Object.values(steps).map((term) => ({ terms: [term], optimizer: adam }));
    const twin = half.createModel(tinyConfig, await model.weights());
    twin.setWeights(await model.weights(), await model.optimizerState());
    await model.updates(together);
    await check('several together');
    for (const { terms, optimizer } of together) await twin.update(terms, optimizer, false);
    expect(await twin.weights()).toEqual(await model.weights());
    [model, twin].forEach((m) => m.dispose());
  });

  /** Sentences of a small grammar: what follows can be learned, which token it is partly by chance. */
  function sentences(seed: number, count: number): Batch {
    const rng = rngFrom(seed, 'half sentences');
    return Array.from({ length: count }, () => {
      const ids = [1, rng.int(3, 20)];
      while (ids.length < 9) ids.push(((ids.at(-1)! * 7) % 40) + 3 + rng.int(0, 2));
      return { ids: [...ids, 2], start: 2 };
    });
  }

  it('learn as well: held-out loss of SFT over two seeds', async () => {
    const heldOut = sentences(99, 16);
    const nll = async (model: LanguageModel) => {
      const { logProbs, mask } = await model.evaluate(heldOut, want);
      return -logProbs!.data.reduce((a, b) => a + b, 0) / mask.data.reduce((a, b) => a + b, 0);
    };
    for (const seed of [1, 2]) {
      const weights = initialWeights(nano, rngFrom(seed, 'half weights'));
      const losses = await Promise.all(
        [half, full].map(async (engine) => {
          const model = engine.createModel(nano, weights);
          const begin = await nll(model);
          for (let i = 0; i < 30; i++)
            await model.update(
              [{ batch: sentences(100 * seed + i, 8), want, loss: sftLoss }],
              { ...adam, learningRate: 1e-2 },
              false,
            );
          const end = await nll(model);
          model.dispose();
          expect(end).toBeLessThan(begin - 2);
          return end;
        }),
      );
      expect(Math.abs(losses[0]! - losses[1]!), `seed ${seed}: ${losses.join(', ')}`).toBeLessThan(0.02);
    }
  });
});
