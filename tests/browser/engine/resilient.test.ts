import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFusedEngine } from '../../../src/engine/fused';
import { DeviceLostError } from '../../../src/engine/errors';
import { resilientEngine } from '../../../src/engine/resilient';
import { sentence, type Message } from '../../../src/messages';
import type { Engine, UpdateStep } from '../../../src/engine/types';
import { initialWeights } from '../../../src/model/parameters';
import { negativeLogLikelihood } from '../../../src/pipeline/losses/sft';
import { adamw } from '../../../src/pipeline/training/optimizer';
import { isTimed, RunControl, runStage, type Job, type TimedEvent } from '../../../src/pipeline/lab/runner';
import { rngFrom } from '../../../src/random/rng';
import { VOCABULARY } from '../../../src/world';
import { Devices, plainWebGl, webgl, webgpu } from '../../support/lost-devices';

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

/** A run of the job; `afterRow` is called with the update of each row. */
async function run(engine: Engine, afterRow: (update: number) => void = () => undefined) {
  const events: TimedEvent[] = [];
  const notices: Message[] = [];
  const outcome = await runStage(engine, job(), new RunControl(), (event) => {
    if (event.type === 'notice') notices.push(event.message);
    else if (isTimed(event)) {
      events.push(event);
      afterRow(event.update);
    }
  });
  return { events, notices, outcome };
}

/** What came of a run, without the times. */
const figuresOf = ({ events, outcome }: Awaited<ReturnType<typeof run>>) => ({
  events: events.map(({ seconds: _, ...event }) => event),
  result: outcome.status === 'done' ? outcome.result : outcome,
});

/** Updates that are not all read back, three more that are asked for together, and all that a model is afterwards. */
async function learn(engine: Engine) {
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
  for (let i = 1; i <= 6; i++) {
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

/**
 * One device is lost after the other, and the next test goes on with what has taken its place: a software GPU
 * compiles its shaders anew for every device.
 */
describe.each([
  ['WebGL', webgl],
  ['WebGPU', webgpu],
])('a device of %s that is lost', (name, open) => {
  const devices = new Devices(open);
  const notices: Message[] = [];
  let resilient: Engine;
  /** What comes of a device that is not lost. */
  let expected: { figures: ReturnType<typeof figuresOf>; learned: Awaited<ReturnType<typeof learn>> };
  beforeAll(async () => {
    const first = await devices.open();
    expected = { figures: figuresOf(await run(first)), learned: await learn(first) };
    resilient = resilientEngine(first, devices.open);
    resilient.onNotice!((notice) => notices.push(notice));
  }, SLOW);
  beforeEach(() => void (notices.length = 0));
  afterAll(() => resilient.dispose());

  it('in whichever update loses nothing', { timeout: SLOW }, async () => {
    const update = rngFrom(15, name).int(1, 6);
    devices.loseDuring(update);
    const lossy = await run(resilient);
    expect(lossy.outcome.status).toBe('done');
    expect(lossy.notices, `update ${update}`).toHaveLength(1);
    expect(sentence(lossy.notices[0]!)).toContain('lost');
    expect(figuresOf(lossy), `update ${update}`).toEqual(expected.figures);
  });

  it('repeats the updates that nobody has read back', { timeout: SLOW }, async () => {
    const before = devices.losses;
    devices.loseDuring(7, 1); // among those asked for together, and once more while it is brought back
    expect(await learn(resilient)).toEqual(expected.learned);
    expect(devices.losses).toBe(before + 2);
  });

  it('while nobody used it is opened again by whatever comes next', { timeout: SLOW }, async () => {
    devices.lose();
    // an idle device tells of its loss by itself, but of an error only with the next command
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await learn(resilient)).toEqual(expected.learned); // with a model made on a device that is gone
    expect(notices).toHaveLength(1);
  });

  it('and does not open again: the next backend goes on', { timeout: SLOW }, async () => {
    const other = resilientEngine(await devices.open(), () => createFusedEngine('wasm'));
    const { notices: said, outcome } = await run(other, (update) => update === 3 && devices.lose());
    expect(outcome.status).toBe('done');
    expect(said[0]).toMatchObject({ code: 'engine.moved', values: { to: 'wasm' } });
    expect(other.info.backend).toBe('wasm');
    other.dispose();
  });

  it('rejects what waits for it and all that follows', { timeout: SLOW }, async () => {
    const engine = await devices.open();
    const model = engine.createModel(CONFIG, initialWeights(CONFIG, rngFrom(1)));
    const batch = [{ ids: [1, 4, 5, 2], start: 1 }];
    await model.evaluate(batch, { logProbs: true });
    const pending = model.evaluate(batch, { logProbs: true });
    devices.lose();
    await expect(pending).rejects.toThrow(DeviceLostError);
    expect(sentence((await engine.lost)!)).not.toBe('');
    await expect(model.weights()).rejects.toThrow(DeviceLostError);
    await expect(model.evaluate(batch, { scores: true })).rejects.toThrow(DeviceLostError);
    model.setWeights(initialWeights(CONFIG, rngFrom(2))); // the next call tells
    await expect(model.weights()).rejects.toThrow(DeviceLostError);
    const moved = resilientEngine(engine, () => createFusedEngine('wasm'));
    const weights = initialWeights(CONFIG, rngFrom(3));
    expect(await moved.createModel(CONFIG, weights).weights()).toEqual(weights); // made after it is brought back
    moved.dispose();
  });
});

/** tfjs's own devices: how a model is brought back is the same. */
describe("a device of tfjs's WebGL that is lost", () => {
  it('is opened again, and training goes on to the same end', { timeout: SLOW }, async () => {
    const devices = new Devices(plainWebGl);
    const first = await devices.open();
    const expected = await learn(first);
    const resilient = resilientEngine(first, devices.open);
    const notices: Message[] = [];
    resilient.onNotice!((notice) => notices.push(notice));
    devices.loseDuring(5);
    expect(await learn(resilient)).toEqual(expected);
    expect(notices).toHaveLength(1);
    expect(sentence(notices[0]!)).toContain('lost');
    const model = resilient.createModel(CONFIG, initialWeights(CONFIG, rngFrom(1)));
    await model.weights();
    devices.lose();
    expect(await model.weights()).toEqual(initialWeights(CONFIG, rngFrom(1)));
    expect(devices.losses).toBe(2);
    resilient.dispose();
  });
});
