import { messageOf, sentence } from '../../../../src/messages';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeviceLostError } from '../../../../src/engine/errors';
import { giveBack, openWebGl } from '../../../../src/engine/devices/webgl';
import { createFusedEngine } from '../../../../src/engine/fused';
import { engineOn } from '../../../../src/engine/fused/engine';
import type { Engine, LanguageModel } from '../../../../src/engine/types';
import { Device } from '../../../../src/kernels/webgl/device';
import { GUMBEL } from '../../../../src/kernels/webgl/glsl';
import { WebGlKernels } from '../../../../src/kernels/webgl/kernels';
import { readBuffers } from '../../../../src/kernels/webgl/read';
import type { GptConfig } from '../../../../src/model/config';
import { negativeLogLikelihood } from '../../../../src/pipeline/losses/sft';
import { gumbelRow } from '../../../../src/random/noise';
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

const config: GptConfig = { vocabSize: 37, nPositions: 24, nEmbd: 24, nLayer: 2, nHead: 2 };

const openEngine = () => createFusedEngine('webgl');

describe('fused engine on WebGL', () => {
  let engine: Promise<Engine> | null = null;
  const open = () => (engine ??= openEngine());
  afterAll(async () => (await engine)?.dispose());
  referenceSuite(open);
  samplerSuite(open, 100);
  divergenceSuite(open);
  trainingSuite(open, 30);
});

describe('fused engine on WebGL beside WASM', () => {
  let engines: Engine[];
  let models: [LanguageModel, LanguageModel];
  beforeAll(async () => {
    engines = [await openEngine(), await createFusedEngine('wasm')];
    models = engines.map((e) => e.createModel(config, busyWeights(config, 11))) as typeof models;
  });
  afterAll(() => engines.forEach((e) => e.dispose()));
  const both = <T>(f: (model: LanguageModel) => Promise<T>) => Promise.all(models.map(f)) as Promise<[T, T]>;
  const all = { batch: raggedBatch, want: wantAll, loss: everything };

  it('evaluates and differentiates the same, one term and several', async () => {
    const [a, b] = await both((model) => model.evaluate(raggedBatch, wantAll));
    for (const name of ['logProbs', 'entropy', 'values', 'mask'] as const)
      expect(relativeL2(a[name]!.data, b[name]!.data)).toBeLessThan(3e-6);
    expect(relativeL2(a.scores!, b.scores!)).toBeLessThan(3e-6);
    for (const terms of [[all], [all, { ...all, batch: raggedBatch.slice(1, 3) }]]) {
      const [g, h] = await both((model) => model.gradients(terms));
      expect(g.loss).toBeCloseTo(h.loss, 3);
      expect(relativeL2(g.gradients, h.gradients)).toBeLessThan(1e-5);
    }
  });

  it('samples the same tokens', async () => {
    const prompts = Array.from({ length: 40 }, (_, i) => [1, 3 + (i % 30), 4, 5].slice(0, 1 + (i % 4)));
    const options = { maxNewTokens: 20, temperature: 0.9, noiseKey: 0x9abcdef0, firstRow: 5, banned: [3] };
    const [a, b] = await both((model) => model.generate(prompts, options));
    expect(a.completions).toEqual(b.completions);
    expect(a.finished).toEqual(b.finished);
    expect(a.readbacks).toBe(1);
  });

  it('takes the same optimiser steps', async () => {
    for (let i = 0; i < 3; i++) {
      const [a, b] = await both((model) => model.update([all], { ...adam, epsilon: 1e-2 }, true));
      expect(a!.gradNorm / b!.gradNorm).toBeCloseTo(1, 4);
    }
    const [a, b] = await both((model) => model.weights());
    expect(relativeL2(a, b)).toBeLessThan(1e-4);
  });
});

describe('what a step costs on WebGL', () => {
  const term = (length: number) => ({
    batch: [{ ids: Array.from({ length }, (_, i) => 1 + (i % 30)), start: 1 }],
    want: { logProbs: true } as const,
    loss: negativeLogLikelihood,
  });

  it('a training step of two layers is at most 120 draws, reads nothing back and keeps memory constant', async () => {
    const engine = await openEngine();
    const model = engine.createModel(config, busyWeights(config, 3));
    for (let i = 0; i < 3; i++) await model.update([term(8)], adam, false);
    const bytes = engine.memory();
    const before = engine.counters!();
    for (let i = 0; i < 30; i++) await model.update([term(8)], adam, false);
    const after = engine.counters!();
    expect((after.dispatches - before.dispatches) / 30).toBeLessThanOrEqual(120);
    expect(after.readbacks).toBe(before.readbacks);
    expect(engine.memory()).toEqual(bytes);
    const general = { ...term(8), loss: meanNll };
    await model.update([general], adam, false); // tfjs joins the device
    await model.update([general], adam, false);
    expect(engine.counters!().readbacks).toBe(before.readbacks);
    const report = await model.update([term(8)], adam, true);
    expect(report!.gradNorm).toBeGreaterThan(0);
    expect(engine.counters!().readbacks).toBeLessThanOrEqual(after.readbacks + 2);
    await model.update([general], adam, true);
    expect(engine.counters!().readbacks).toBeLessThanOrEqual(after.readbacks + 3);
    engine.dispose();
  });

  it('a rollout is one readback', async () => {
    const engine = await openEngine();
    const model = engine.createModel(config, busyWeights(config, 3));
    const before = engine.counters!();
    await model.generate([[1, 4], [1]], { maxNewTokens: 12, temperature: 1, noiseKey: 3 });
    expect(engine.counters!().readbacks - before.readbacks).toBe(1);
    engine.dispose();
  });
});

describe('when WebGL fails', () => {
  it('calls under way and later ones reject once the context is lost', async () => {
    const { context, adapter, lost, close } = openWebGl();
    const info = { backend: 'webgl', kind: 'fused', adapter, software: true } as const;
    const engine = engineOn(new WebGlKernels(context), info, { lost, close });
    const model = engine.createModel(tinyConfig, busyWeights(tinyConfig, 1));
    await model.evaluate(raggedBatch, wantAll);
    const pending = model.evaluate(raggedBatch, wantAll);
    giveBack(context.gl); // as a driver reset does
    await expect(pending).rejects.toThrow(DeviceLostError);
    expect(sentence((await engine.lost)!)).not.toBe('');
    await expect(model.evaluate(raggedBatch, wantAll)).rejects.toThrow(DeviceLostError);
    await expect(model.generate([[1]], { maxNewTokens: 2, temperature: 1, noiseKey: 1 })).rejects.toThrow(
      DeviceLostError,
    );
    const terms = [{ batch: raggedBatch, want: wantAll, loss: everything }];
    await expect(model.update(terms, adam, false)).rejects.toThrow(DeviceLostError);
    engine.dispose();
  });

  it('a shader that does not compile names its operation', () => {
    const { context, close } = openWebGl();
    const device = new Device(context);
    const out = device.memory.lasting(4);
    const broken = { name: 'brokenOne', inputs: [], body: 'void run(int t) { out0 = nonsense; }' };
    let said = '';
    try {
      device.draw(broken, [], [], [out], 1);
    } catch (error) {
      said = sentence(messageOf(error));
    }
    expect(said).toMatch(/'brokenOne'.*nonsense/s);
    close();
  });
});

it('the noise in the shader is that of src/random/noise.ts', async () => {
  const { context, close } = openWebGl();
  const device = new Device(context);
  const spec = {
    name: 'noise',
    inputs: [],
    ints: ['STEP', 'ROW', 'KEY'],
    body: `${GUMBEL} void run(int t) { out0 = gumbel(t, STEP, ROW, KEY); }`,
  };
  for (const [key, row, step] of [
    [0, 0, 0],
    [0xffffffff, 3, 7],
    [123456789, 100000, 63],
  ] as const) {
    const expected = new Float32Array(40_000);
    gumbelRow(key, row, step, expected);
    const out = device.memory.lasting(expected.length);
    device.draw(spec, [], [step, row, key | 0], [out], expected.length / 4);
    const [found] = await readBuffers(device, [out]);
    let worst = 0;
    expected.forEach(
      (x, i) => (worst = Math.max(worst, Math.abs(found![i]! - x) / Math.max(1, Math.abs(x)))),
    );
    expect(worst).toBeLessThan(1e-6);
  }
  close();
});
