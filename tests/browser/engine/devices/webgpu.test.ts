import { sentence } from '../../../../src/messages';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../../../src/engine/create';
import { openWebGpu } from '../../../../src/engine/devices/webgpu';
import { DeviceLostError } from '../../../../src/engine/errors';
import { createFusedEngine } from '../../../../src/engine/fused';
import { engineOn } from '../../../../src/engine/fused/engine';
import type { Batch, Engine, LanguageModel, LossFunction } from '../../../../src/engine/types';
import { WebGpuKernels } from '../../../../src/kernels/webgpu/kernels';
import type { GptConfig } from '../../../../src/model/config';
import { negativeLogLikelihood, sftLoss } from '../../../../src/pipeline/losses/sft';
import { rngFrom } from '../../../../src/random/rng';
import {
  busyWeights,
  divergenceSuite,
  referenceSuite,
  samplerSuite,
  tinyConfig,
  trainingSuite,
} from '../../../support/engines';
import { adam, everything, meanNll, raggedBatch, wantAll } from '../../../support/losses';
import { relativeL2 } from '../../../support/numbers';

let engine: Promise<Engine> | null = null;
const open = () => (engine ??= createFusedEngine('webgpu'));
afterAll(async () => (await open()).dispose());

/** Reproducible ragged rows. */
function rows(count: number, config: GptConfig, label: number): Batch {
  const rng = rngFrom(label, 'rows');
  return Array.from({ length: count }, () => {
    const ids = Array.from({ length: rng.int(2, config.nPositions) }, () => rng.int(1, config.vocabSize - 1));
    const start = rng.int(1, ids.length - 1);
    return { ids, start, prefix: rng.bernoulli(0.3) ? start : 0 };
  });
}

describe('fused engine on webgpu', () => {
  referenceSuite(open);
  samplerSuite(open, 100);
  divergenceSuite(open);
  trainingSuite(open, 30);

  it('is the first choice for webgpu', async () => {
    const created = await createEngine('webgpu');
    expect(created.engine.info).toMatchObject({ backend: 'webgpu', kind: 'fused' });
    created.engine.dispose();
  });
});

describe.each([
  { name: 'tiny', config: tinyConfig, batch: raggedBatch },
  {
    name: 'odd sizes',
    config: { vocabSize: 37, nPositions: 70, nEmbd: 24, nLayer: 1, nHead: 2 },
    batch: rows(7, { vocabSize: 37, nPositions: 70, nEmbd: 24, nLayer: 1, nHead: 2 }, 1),
  },
])('webgpu against wasm: $name', ({ config, batch }) => {
  let models: [LanguageModel, LanguageModel];
  beforeAll(async () => {
    const weights = busyWeights(config, 8);
    const engines = [await open(), await createFusedEngine('wasm')];
    models = engines.map((e) => e.createModel(config, weights)) as typeof models;
  });
  afterAll(() => models.forEach((m) => m.dispose()));
  const both = <T>(f: (model: LanguageModel) => Promise<T>) => Promise.all(models.map(f)) as Promise<[T, T]>;

  it('has the same outputs', async () => {
    const [a, b] = await both((m) => m.evaluate(batch, wantAll));
    expect(a.mask).toEqual(b.mask);
    for (const name of ['logProbs', 'entropy', 'values'] as const)
      expect(relativeL2(a[name]!.data, b[name]!.data), name).toBeLessThan(1e-5);
    expect(relativeL2(a.scores!, b.scores!)).toBeLessThan(1e-5);
  });

  it('has the same losses and gradients, of general and of linear terms', async () => {
    const general = { batch, want: wantAll, loss: everything };
    const linear = { batch: batch.slice(0, 3), want: { logProbs: true, entropy: true }, loss: sftLoss };
    for (const terms of [[general], [linear], [general, linear, { ...general, batch: batch.slice(1) }]]) {
      const [a, b] = await both((m) => m.gradients(terms));
      expect(a.loss / b.loss).toBeCloseTo(1, 5);
      expect(relativeL2(a.gradients, b.gradients)).toBeLessThan(1e-5);
    }
  });

  it('knows the gradient of a linear loss that autograd finds', async () => {
    const term = { batch: batch.slice(0, 3), want: { logProbs: true, entropy: true } };
    const general: LossFunction = (outputs) => sftLoss(outputs); // without its weights
    const found = await models[0].gradients([{ ...term, loss: sftLoss }]);
    const expected = await models[0].gradients([{ ...term, loss: general }]);
    expect(found.loss).toBeCloseTo(expected.loss, 6); // by tfjs on the host and on the device
    expect(relativeL2(found.gradients, expected.gradients)).toBeLessThan(1e-6);
  });

  it('takes the same steps', async () => {
    const terms = [
      { batch, want: { logProbs: true, entropy: true }, loss: sftLoss },
      { batch, want: wantAll, loss: everything },
    ];
    // ε above rounding noise: the gradient of the key bias is 0, and Adam would scale its noise to full steps
    const options = { ...adam, learningRate: 1e-3, epsilon: 1e-4 };
    const [a, b] = await both((m) => m.update(terms, options, true));
    expect(a!.loss / b!.loss).toBeCloseTo(1, 5);
    expect(a!.gradNorm / b!.gradNorm).toBeCloseTo(1, 5);
    expect(Object.keys(a!.metrics)).toEqual(Object.keys(b!.metrics));
    const [weightsA, weightsB] = await both((m) => m.weights());
    expect(relativeL2(weightsA, weightsB)).toBeLessThan(1e-5);
    const [stateA, stateB] = await both((m) => m.optimizerState());
    expect(relativeL2(stateA!.first, stateB!.first)).toBeLessThan(1e-4);
  });

  it('samples the same tokens, to the end of the context', async () => {
    const prompts = batch.map((s) => s.ids.slice(0, Math.min(s.start, config.nPositions - 2)));
    for (const temperature of [0, 0.9]) {
      const options = { maxNewTokens: 12, temperature, noiseKey: 0xfffffff1, firstRow: 5, banned: [3] };
      const [a, b] = await both((m) => m.generate(prompts, options));
      expect(a.completions).toEqual(b.completions);
      expect(a.finished).toEqual(b.finished);
    }
  });
});

describe('what is asked of the device', () => {
  const config: GptConfig = { vocabSize: 29, nPositions: 48, nEmbd: 16, nLayer: 2, nHead: 4 };
  // enough tokens that sums over them are split among workgroups, as in real training
  const batch = Array.from({ length: 10 }, (_, b) => ({
    ids: Array.from({ length: 40 }, (_, i) => 1 + ((7 * i + 3 * b) % 28)),
    start: 1,
  }));
  const nll = { batch, want: { logProbs: true }, loss: negativeLogLikelihood };

  /** Runs work on a fresh model and returns what it added to the counters. */
  async function counted(work: (model: LanguageModel) => Promise<unknown>) {
    const opened = await open();
    const model = opened.createModel(config, busyWeights(config, 2));
    const before = opened.counters!();
    await work(model);
    const after = opened.counters!();
    model.dispose();
    return {
      dispatches: after.dispatches - before.dispatches,
      readbacks: after.readbacks - before.readbacks,
      submits: after.submits - before.submits,
    };
  }

  it('at most 80 dispatches, one submission and no readback per training step', async () => {
    const once = await counted((m) => m.update([nll], adam, false));
    expect(once.dispatches).toBeLessThanOrEqual(80);
    expect(once).toMatchObject({ readbacks: 0, submits: 1 });
    console.log(`${once.dispatches} dispatches per training step of two layers`);
  });

  it('one readback for a step whose report is read and none for another, whatever the loss', async () => {
    expect(await counted((m) => m.update([nll], adam, true))).toMatchObject({ readbacks: 1, submits: 1 });
    const general = { ...nll, loss: meanNll };
    await counted((m) => m.update([general], adam, true)); // tfjs joins the device
    for (const terms of [[general], [general, nll, general]])
      for (const read of [true, false]) {
        const { readbacks, submits } = await counted((m) => m.update(terms, adam, read));
        expect([readbacks, submits]).toEqual([read ? 1 : 0, 1]);
      }
  });

  it('one readback per rollout and per evaluation', async () => {
    const prompts = [[1], [1, 5, 6], [1, 2]];
    const options = { maxNewTokens: 20, temperature: 1, noiseKey: 3 };
    let reported = 0;
    const rollout = await counted(async (m) => (reported = (await m.generate(prompts, options)).readbacks));
    expect([rollout.readbacks, reported]).toEqual([1, 1]);
    expect((await counted((m) => m.evaluate(batch, wantAll))).readbacks).toBe(1);
  });

  it('the same memory over 30 updates of ragged batches', async () => {
    const opened = await open();
    const model = opened.createModel(config, busyWeights(config, 2));
    const batches = [1, 2, 3].map((label) => rows(4, config, label));
    const round = async () => {
      for (const ragged of batches) {
        await model.update(
          [{ batch: ragged, want: { logProbs: true }, loss: negativeLogLikelihood }],
          adam,
          false,
        );
        await model.update([{ batch: ragged, want: wantAll, loss: everything }], adam, true);
      }
    };
    await round();
    const before = opened.memory();
    for (let i = 0; i < 5; i++) await round();
    expect(opened.memory()).toEqual(before);
    model.dispose();
  });

  it('interleaved calls give what calls one after the other give', async () => {
    const opened = await open();
    const weights = busyWeights(config, 5);
    const run = async (atOnce: boolean) => {
      const [a, b] = [1, 2].map(() => opened.createModel(config, weights)) as [LanguageModel, LanguageModel];
      const ragged = rows(4, config, 9);
      const calls: (() => Promise<unknown>)[] = [
        () => a.update([{ batch: ragged, want: wantAll, loss: everything }], adam, true),
        () => b.generate([[1, 4], [1]], { maxNewTokens: 6, temperature: 1, noiseKey: 1 }),
        () => a.evaluate(ragged, wantAll),
        async () => b.setWeights(weights.map((w) => w / 2)),
        () => b.evaluate(ragged, wantAll),
        () => a.weights(),
      ];
      const results: unknown[] = [];
      if (atOnce) results.push(...(await Promise.all(calls.map((call) => call()))));
      else for (const call of calls) results.push(await call());
      a.dispose();
      b.dispose();
      return results;
    };
    expect(await run(true)).toEqual(await run(false));
  });
});

describe('a device that fails', () => {
  const setUp = async () => {
    const { gpu, lost, close } = await openWebGpu();
    const kernels = new WebGpuKernels(gpu);
    const info = { backend: 'webgpu', kind: 'fused', adapter: 'test', software: true } as const;
    const own = engineOn(kernels, info, { lost, close });
    return { kernels, own, model: own.createModel(tinyConfig, busyWeights(tinyConfig, 1)) };
  };
  const update = (model: LanguageModel) =>
    model.update([{ batch: raggedBatch, want: wantAll, loss: everything }], adam, true);

  it('rejects what waits for it and all that follows', async () => {
    const { kernels, own, model } = await setUp();
    await update(model);
    const waiting = [
      update(model),
      model.weights(),
      model.generate([[1]], { maxNewTokens: 4, temperature: 0, noiseKey: 0 }),
    ];
    kernels.gpu.device.destroy();
    for (const result of await Promise.allSettled(waiting))
      expect((result as PromiseRejectedResult).reason).toBeInstanceOf(DeviceLostError);
    expect(sentence((await own.lost)!)).toMatch(/destroyed/i);
    await expect(model.evaluate(raggedBatch, wantAll)).rejects.toThrow(DeviceLostError);
    model.setWeights(busyWeights(tinyConfig, 2)); // nothing to hear here: the next call tells
    await expect(model.weights()).rejects.toThrow(DeviceLostError);
    own.dispose();
  });

  it('does not hide an invalid command', async () => {
    const { kernels, own, model } = await setUp();
    await model.weights();
    kernels.gpu.device.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE });
    await expect(model.weights()).rejects.toThrow(/WebGPU error/);
    expect(sentence((await own.lost)!)).toMatch(/WebGPU error/);
    own.dispose();
  });

  it('does not hide a kernel that does not compile', async () => {
    const { kernels, own, model } = await setUp();
    const broken = { name: 'broken', uniforms: { n: 'u32' }, reads: {}, writes: { out: 'f32' } } as const;
    const result = kernels.frame(async () => {
      const out = kernels.temporary(4);
      kernels.run({ ...broken, code: 'this is not WGSL' }, [out], [4], 1);
      return kernels.readFloats(out);
    });
    await expect(result).rejects.toThrow(DeviceLostError);
    await expect(model.weights()).rejects.toThrow(DeviceLostError);
    own.dispose();
  });
});
