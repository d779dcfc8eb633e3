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
import type { Engine } from '../../../src/engine/types';
import { WebGlKernels } from '../../../src/kernels/webgl/kernels';
import { WebGpuKernels } from '../../../src/kernels/webgpu/kernels';
import { initialWeights } from '../../../src/model/parameters';
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

const software = { adapter: 'test', software: true, kind: 'fused' } as const;

async function webgl(): Promise<{ engine: Engine; provoke: () => void }> {
  const { context, lost, close } = openWebGl();
  const engine = engineOn(new WebGlKernels(context), { backend: 'webgl', ...software }, { lost, close });
  return { engine, provoke: () => giveBack(context.gl) };
}

async function webgpu(): Promise<{ engine: Engine; provoke: () => void }> {
  const { gpu, lost, close } = await openWebGpu();
  const engine = engineOn(new WebGpuKernels(gpu), { backend: 'webgpu', ...software }, { lost, close });
  return { engine, provoke: () => gpu.device.destroy() };
}

/** Not a lost device but a command it rejects: everything computed since is suspect. */
async function webgpuWithError(): Promise<{ engine: Engine; provoke: () => void }> {
  const { gpu, lost, close } = await openWebGpu();
  const engine = engineOn(new WebGpuKernels(gpu), { backend: 'webgpu', ...software }, { lost, close });
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

describe.each([
  ['a lost WebGL context', webgl],
  ['a destroyed GPU device', webgpu],
  ['an uncaptured GPU error', webgpuWithError],
  ["tfjs's WebGL context lost", plainWebGl],
  ["tfjs's GPU device destroyed", plainWebGpu],
])('%s', (_, open) => {
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
