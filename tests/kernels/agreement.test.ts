import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFusedEngine } from '../../src/engine/fused';
import { createPlainEngine } from '../../src/engine/plain';
import type { Engine, HostOutputs, LanguageModel } from '../../src/engine/types';
import type { GptConfig } from '../../src/model/config';
import { busyWeights, tinyConfig } from '../support/engines';
import { adam, everything, raggedBatch, wantAll } from '../support/losses';
import { relativeL2 } from '../support/numbers';

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
