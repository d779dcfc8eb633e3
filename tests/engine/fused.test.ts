import { describe, expect, it } from 'vitest';
import { message } from '../../src/messages';
import { createEngine } from '../../src/engine/create';
import { createFusedEngine } from '../../src/engine/fused';
import { createPlainEngine } from '../../src/engine/plain';
import { MODEL_SIZES, type GptConfig } from '../../src/model/config';
import { rngFrom } from '../../src/random/rng';
import {
  busyWeights,
  referenceSuite,
  samplerSuite,
  tinyConfig,
  trainingSuite,
  withModel,
} from '../support/engines';
import { adam, everything, meanNll, raggedBatch, wantAll } from '../support/losses';
import { relativeL2 } from '../support/numbers';

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

describe('choosing an engine in Node', () => {
  it('takes fused WebAssembly by timing it, and says why', async () => {
    const { engine, considered } = await createEngine('auto');
    expect(engine.info).toMatchObject({ backend: 'wasm', kind: 'fused' });
    expect(considered.map((c) => c.backend)).toEqual(['webgpu', 'webgl', 'wasm']);
    expect(considered[0]!.reason).toEqual(message('engine.unavailable', { backend: 'webgpu' }));
    expect(considered[2]!.msPerStep).toBeGreaterThan(0);
    engine.dispose();
  });

  it('obeys a choice, and fails with reasons', async () => {
    expect((await createEngine('wasm', 'plain')).engine.info.kind).toBe('plain');
    expect((await createEngine('cpu')).engine.info.backend).toBe('cpu');
    await expect(createEngine('webgpu')).rejects.toThrow(/webgpu \(plain\): webgpu is not available here/);
    await expect(createEngine('cpu', 'fused')).rejects.toThrow(/no fused engine/);
  });
});
