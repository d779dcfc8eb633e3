import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { engineOn } from '../../../src/engine/fused/engine';
import { createFusedEngine } from '../../../src/engine/fused';
import { DeviceLostError } from '../../../src/engine/errors';
import { giveBack, openWebGl } from '../../../src/engine/devices/webgl';
import { openWebGpu } from '../../../src/engine/devices/webgpu';
import { createPlainEngine } from '../../../src/engine/plain';
import { resilientEngine } from '../../../src/engine/resilient';
import { sentence, type Message } from '../../../src/messages';
import type { Engine, UpdateStep } from '../../../src/engine/types';
import { WebGlKernels } from '../../../src/kernels/webgl/kernels';
import { WebGpuKernels } from '../../../src/kernels/webgpu/kernels';
import { initialWeights } from '../../../src/model/parameters';
import { negativeLogLikelihood } from '../../../src/pipeline/losses/sft';
import { adamw } from '../../../src/pipeline/training/optimizer';
import { RunControl, runStage, type Job, type TimedEvent } from '../../../src/pipeline/lab/runner';
import { rngFrom } from '../../../src/random/rng';
import { VOCABULARY } from '../../../src/world';

const CONFIG = { vocabSize: VOCABULARY.length, nPositions: 64, nEmbd: 8, nLayer: 1, nHead: 2 };

/** A short SFT run of a very small model: a software GPU is slow. */
const job = (): Job => ({
  stage: 'sft',
  settings: { steps: 6, batchSize: 2, learningRate: 1e-3, source: 'crowd', examples: 4 },
  task: 'review',
  size: 'nano',
  seed: 3,
  evaluation: { times: 1, prompts: 8, finalPrompts: 8 },
  parents: { base: { kind: 'model', config: CONFIG, weights: initialWeights(CONFIG, rngFrom(1)) } },
});

/** A software GPU compiles its shaders anew for every device. */
const SLOW = 400_000;

const software = { adapter: 'test', software: true, kind: 'fused' } as const;

async function webgl(): Promise<{ engine: Engine; provoke: () => void }> {
  const { context, lost, close } = openWebGl();
  const engine = engineOn(new WebGlKernels(context), { backend: 'webgl', ...software }, { lost, close });
  return { engine, provoke: () => giveBack(context.gl) };
}

async function webgpu(): Promise<{ engine: Engine; provoke: () => void }> {
  const { gpu, lost, close } = await openWebGpu();
  const engine = engineOn(
    new WebGpuKernels(gpu, { rollouts: false }),
    { backend: 'webgpu', ...software },
    { lost, close },
  );
  return { engine, provoke: () => gpu.device.destroy() };
}

/** Not a lost device but a command it rejects: everything computed since is suspect. */
async function webgpuWithError(): Promise<{ engine: Engine; provoke: () => void }> {
  const { gpu, lost, close } = await openWebGpu();
  const engine = engineOn(
    new WebGpuKernels(gpu, { rollouts: false }),
    { backend: 'webgpu', ...software },
    { lost, close },
  );
  const provoke = () =>
    gpu.device.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE });
  return { engine, provoke };
}

/** tfjs's own devices, which it keeps to itself. */
interface Devices {
  gpgpu: { gl: WebGL2RenderingContext };
  device: GPUDevice;
}

async function plainWebGl(): Promise<{ engine: Engine; provoke: () => void }> {
  const engine = await createPlainEngine('webgl');
  const { gpgpu } = tf.findBackend('webgl') as unknown as Devices;
  return { engine, provoke: () => giveBack(gpgpu.gl) };
}

async function plainWebGpu(): Promise<{ engine: Engine; provoke: () => void }> {
  const engine = await createPlainEngine('webgpu');
  const { device } = tf.findBackend('webgpu') as unknown as Devices;
  return { engine, provoke: () => device.destroy() };
}

async function run(engine: Engine, afterUpdate: number, provoke: () => void) {
  const events: TimedEvent[] = [];
  const notices: Message[] = [];
  const outcome = await runStage(engine, job(), new RunControl(), (event) => {
    if (event.type === 'notice') notices.push(event.message);
    else {
      events.push(event);
      if (event.update === afterUpdate) provoke();
    }
  });
  return { events, notices, outcome };
}

/** What came of a run, without the times. */
const figuresOf = ({ events, outcome }: Awaited<ReturnType<typeof run>>) => ({
  events: events.map(({ seconds: _, ...event }) => event),
  result: outcome.status === 'done' ? outcome.result : outcome,
});

/** Like the engine, but `provoke` is called as soon as the given update (or several at once) has been asked for. */
function losingDuring(engine: Engine, update: number, provoke: () => void): Engine {
  let count = 0;
  return {
    ...engine,
    createModel(config, weights) {
      const model = engine.createModel(config, weights);
      const losing =
        <A extends unknown[], R>(ask: (...args: A) => R) =>
        (...args: A): R => {
          const answer = ask(...args);
          if (++count === update) provoke();
          return answer;
        };
      model.update = losing(model.update.bind(model));
      model.updates = losing(model.updates.bind(model));
      return model;
    },
  };
}

/** Updates that are not all read back, three more that are asked for together, and all that a model is afterwards. */
async function learn(engine: Engine, updates: number) {
  const model = engine.createModel(CONFIG, initialWeights(CONFIG, rngFrom(5)));
  const rng = rngFrom(6);
  const next = (): UpdateStep => {
    const ids = [1, ...Array.from({ length: 6 }, () => rng.int(3, VOCABULARY.length - 1)), 2];
    const batch = [{ ids, start: 1 }];
    return {
      terms: [{ batch, want: { logProbs: true }, loss: negativeLogLikelihood }],
      optimizer: adamw(1e-2),
    };
  };
  for (let i = 1; i <= updates; i++) {
    const { terms, optimizer } = next();
    await model.update(terms, optimizer, i % 4 === 0);
  }
  const together = await model.updates([next(), next(), next()]);
  const options = { maxNewTokens: 6, temperature: 1, noiseKey: 7 };
  const state = [await model.weights(), await model.optimizerState()];
  const all = [together, ...state, await model.generate([[1, 4]], options)];
  model.dispose();
  return all;
}

describe.each([
  ['a lost WebGL context', webgl],
  ['a destroyed GPU device', webgpu],
  ['an uncaptured GPU error', webgpuWithError],
  ["tfjs's WebGL context lost", plainWebGl],
  ["tfjs's GPU device destroyed", plainWebGpu],
])('%s', (name, open) => {
  it('is noticed, said, and training goes on on a new device to the same end', async () => {
    const { engine, provoke } = await open();
    const resilient = resilientEngine(engine, async () => (await open()).engine);
    const { events, notices, outcome } = await run(resilient, 3, provoke);
    expect(outcome.status).toBe('done');
    expect(events.map((e) => e.update)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(notices).toHaveLength(1);
    expect(sentence(notices[0]!)).toContain('lost');
    for (const e of events) if (e.type === 'metrics') expect(e.metrics['loss']).toBeGreaterThan(0);
    resilient.dispose();
  });

  it('falls back to the next backend when the device does not open again', async () => {
    const { engine, provoke } = await open();
    const resilient = resilientEngine(engine, () => createFusedEngine('wasm'));
    const { notices, outcome } = await run(resilient, 3, provoke);
    expect(outcome.status).toBe('done');
    expect(notices[0]).toMatchObject({ code: 'engine.moved', values: { to: 'wasm' } });
    expect(resilient.info.backend).toBe('wasm');
    resilient.dispose();
  });

  it(
    'loses nothing: whichever update the device is lost in, the figures are those of an undisturbed run',
    { timeout: SLOW },
    async () => {
      const undisturbed = await open();
      const expected = figuresOf(await run(undisturbed.engine, 0, () => undefined));
      undisturbed.engine.dispose();
      const update = rngFrom(15, name).int(1, 6);
      const { engine, provoke } = await open();
      const resilient = resilientEngine(
        losingDuring(engine, update, provoke),
        async () => (await open()).engine,
      );
      const lossy = await run(resilient, 0, () => undefined);
      expect(lossy.notices, `update ${update}`).toHaveLength(1);
      expect(figuresOf(lossy), `update ${update}`).toEqual(expected);
      resilient.dispose();
    },
  );

  it('repeats the updates that nobody has read back', { timeout: SLOW }, async () => {
    const undisturbed = await open();
    const expected = await learn(undisturbed.engine, 6);
    undisturbed.engine.dispose();
    const { engine, provoke } = await open();
    let losses = 0;
    const again = async () => {
      const next = await open(); // and once more while it is brought back
      return losingDuring(next.engine, losses++ === 0 ? 1 : 0, next.provoke);
    };
    const resilient = resilientEngine(losingDuring(engine, 7, provoke), again); // among those asked for together
    expect(await learn(resilient, 6)).toEqual(expected);
    expect(losses).toBeGreaterThan(0);
    resilient.dispose();
  });

  it(
    'is opened again by whatever comes next where it was lost while nobody used it',
    { timeout: SLOW },
    async () => {
      const { engine, provoke } = await open();
      const resilient = resilientEngine(engine, async () => (await open()).engine);
      const notices: Message[] = [];
      resilient.onNotice!((notice) => notices.push(notice));
      const before = await learn(resilient, 2);
      provoke();
      // an idle device tells of its loss by itself, but of an error only with the next command
      await Promise.race([engine.lost, new Promise((resolve) => setTimeout(resolve, 1000))]);
      expect(await learn(resilient, 2)).toEqual(before); // with a model made on a device that is gone
      expect(notices).toHaveLength(1);
      resilient.dispose();
    },
  );

  it('rejects what waits for it and all that follows, and a model made after it is brought back', async () => {
    const { engine, provoke } = await open();
    const model = engine.createModel(CONFIG, initialWeights(CONFIG, rngFrom(1)));
    const batch = [{ ids: [1, 4, 5, 2], start: 1 }];
    await model.evaluate(batch, { logProbs: true });
    const pending = model.evaluate(batch, { logProbs: true });
    provoke();
    await expect(pending).rejects.toThrow(DeviceLostError);
    expect(sentence((await engine.lost)!)).not.toBe('');
    await expect(model.weights()).rejects.toThrow(DeviceLostError);
    await expect(model.evaluate(batch, { scores: true })).rejects.toThrow(DeviceLostError);
    model.setWeights(initialWeights(CONFIG, rngFrom(2))); // the next call tells
    await expect(model.weights()).rejects.toThrow(DeviceLostError);
    const resilient = resilientEngine(engine, () => createFusedEngine('wasm'));
    const weights = initialWeights(CONFIG, rngFrom(3));
    expect(await resilient.createModel(CONFIG, weights).weights()).toEqual(weights);
    resilient.dispose();
  });
});
