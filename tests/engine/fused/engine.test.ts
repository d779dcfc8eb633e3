import { describe, expect, it, afterAll, beforeAll } from 'vitest';
import { createFusedEngine } from '../../../src/engine/fused';
import { createPlainEngine } from '../../../src/engine/plain';
import { MODEL_SIZES, type GptConfig } from '../../../src/model/config';
import { rngFrom } from '../../../src/random/rng';
import {
  busyWeights,
  referenceSuite,
  samplerSuite,
  tinyConfig,
  trainingSuite,
  withModel,
} from '../../support/engines';
import { adam, everything, meanNll, raggedBatch, wantAll } from '../../support/losses';
import { relativeL2 } from '../../support/numbers';
import type { Engine, HostOutputs, LanguageModel } from '../../../src/engine/types';

const open = () => createFusedEngine('wasm');

describe('fused engine on wasm', () => {
  referenceSuite(open);
  samplerSuite(open, 200);
  trainingSuite(open, 50);
});

const nano: GptConfig = { vocabSize: 357, ...MODEL_SIZES.nano };
const rng = rngFrom(11, 'rows');
const realistic = Array.from({ length: 13 }, (_, b) => {
  const length = rng.int(9, 40);
  const start = rng.int(1, length - 1);
  const ids = [1, ...Array.from({ length: length - 1 }, () => rng.int(2, 356))];
  return { ids, start, prefix: b % 3 === 0 ? start : 0 };
});

describe.each([
  { name: 'a tiny ragged batch', config: tinyConfig, batch: raggedBatch },
  { name: 'a realistic batch', config: nano, batch: realistic },
])('plain and fused agree on $name', ({ config, batch }) => {
  const weights = busyWeights(config, 8);

  it('in every output', async () => {
    const [plain, fused] = [await createPlainEngine('wasm'), await open()];
    const a = await withModel(plain, config, weights, (m) => m.evaluate(batch, wantAll));
    const b = await withModel(fused, config, weights, (m) => m.evaluate(batch, wantAll));
    expect(b.mask).toEqual(a.mask);
    for (const name of ['logProbs', 'entropy', 'values'] as const) {
      expect([b[name]!.rows, b[name]!.cols]).toEqual([a[name]!.rows, a[name]!.cols]);
      expect(relativeL2(b[name]!.data, a[name]!.data), name).toBeLessThan(1e-5);
    }
    expect(relativeL2(b.scores!, a.scores!)).toBeLessThan(1e-5);
  });

  it('in gradients of several terms, and after updates', async () => {
    const terms = [
      { batch, want: wantAll, loss: everything },
      { batch: batch.slice(0, 2), want: { logProbs: true }, loss: meanNll },
    ];
    const run = async (engine: Awaited<ReturnType<typeof open>>) =>
      withModel(engine, config, weights, async (model) => {
        const { loss, gradients } = await model.gradients(terms);
        // ε above rounding noise: the gradient of the key bias is 0, and Adam would scale its noise to full steps
        const report = await model.update(terms, { ...adam, learningRate: 1e-3, epsilon: 1e-4 }, true);
        return { loss, gradients, report: report!, weights: await model.weights() };
      });
    const a = await run(await createPlainEngine('wasm'));
    const b = await run(await open());
    expect(Math.abs(b.loss / a.loss - 1)).toBeLessThan(1e-5);
    expect(relativeL2(b.gradients, a.gradients)).toBeLessThan(1e-5);
    expect(Math.abs(b.report.gradNorm / a.report.gradNorm - 1)).toBeLessThan(1e-5);
    expect(Object.keys(b.report.metrics).sort()).toEqual(Object.keys(a.report.metrics).sort());
    expect(relativeL2(b.weights, a.weights)).toBeLessThan(1e-5);
  });

  it('in every sampled token', async () => {
    const prompts = batch.map((s) => s.ids.slice(0, Math.min(s.start, config.nPositions - 8)));
    for (const temperature of [0, 0.7, 1]) {
      const options = { maxNewTokens: 8, temperature, noiseKey: 99, firstRow: 5, banned: [1, 3] };
      const a = await withModel(await createPlainEngine('wasm'), config, weights, (m) =>
        m.generate(prompts, options),
      );
      const b = await withModel(await open(), config, weights, (m) => m.generate(prompts, options));
      expect(b.completions).toEqual(a.completions);
      expect(b.finished).toEqual(a.finished);
    }
  });
});

const configs: GptConfig[] = [
  tinyConfig,
  { vocabSize: 13, nPositions: 7, nEmbd: 8, nLayer: 1, nHead: 1 },
  { vocabSize: 37, nPositions: 16, nEmbd: 24, nLayer: 1, nHead: 2 },
];

describe.each(configs)('fused against plain: V=$vocabSize d=$nEmbd L=$nLayer H=$nHead', (config) => {
  let engines: Engine[];
  let fused: LanguageModel;
  let plain: LanguageModel;

  beforeAll(async () => {
    engines = [await createFusedEngine('wasm'), await createPlainEngine('cpu')];
    const weights = busyWeights(config, 11);
    [fused, plain] = engines.map((e) => e.createModel(config, weights)) as [LanguageModel, LanguageModel];
  });
  afterAll(() => engines.forEach((e) => e.dispose()));

  it('evaluates to the same outputs', async () => {
    const [a, b] = (await Promise.all([fused, plain].map((m) => m.evaluate(raggedBatch, wantAll)))) as [
      HostOutputs,
      HostOutputs,
    ];
    for (const name of ['logProbs', 'entropy', 'values', 'mask'] as const) {
      expect([a[name]!.rows, a[name]!.cols]).toEqual([b[name]!.rows, b[name]!.cols]);
      expect(relativeL2(a[name]!.data, b[name]!.data)).toBeLessThan(2e-6);
    }
    expect(relativeL2(a.scores!, b.scores!)).toBeLessThan(2e-6);
  });

  it('has the same gradients, of one term and of several', async () => {
    const all = { batch: raggedBatch, want: wantAll, loss: everything };
    for (const terms of [[all], [all, { ...all, batch: raggedBatch.slice(1, 3) }]]) {
      const [a, b] = await Promise.all([fused.gradients(terms), plain.gradients(terms)]);
      expect(a.loss).toBeCloseTo(b.loss, 4);
      expect(relativeL2(a.gradients, b.gradients)).toBeLessThan(1e-5);
    }
  });

  it('takes the same optimiser steps', async () => {
    const terms = [{ batch: raggedBatch, want: wantAll, loss: everything }];
    // a large epsilon, or gradients that are zero but for rounding (key biases) become steps of full size
    const options = { ...adam, epsilon: 1e-2 };
    for (let i = 0; i < 3; i++) {
      const [a, b] = await Promise.all([
        fused.update(terms, options, true),
        plain.update(terms, options, true),
      ]);
      expect(a!.gradNorm / b!.gradNorm).toBeCloseTo(1, 4);
      expect(Object.keys(a!.metrics)).toEqual(Object.keys(b!.metrics));
    }
    expect(relativeL2(await fused.weights(), await plain.weights())).toBeLessThan(1e-4);
  });

  it('samples the same tokens', async () => {
    const options = {
      maxNewTokens: config.nPositions - 4,
      temperature: 0.9,
      noiseKey: 123456789,
      firstRow: 5,
      banned: [3],
    };
    const prompts = [[1], [1, 4, 5], [1, 2, 6, 7]];
    const [a, b] = await Promise.all([fused, plain].map((m) => m.generate(prompts, options)));
    expect(a!.completions).toEqual(b!.completions);
    expect(a!.finished).toEqual(b!.finished);
  });
});
