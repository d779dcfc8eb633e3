import { describe, expect, it, vi } from 'vitest';
import { DeviceLostError } from '../../src/engine/errors';
import { createFusedEngine } from '../../src/engine/fused';
import { resilientEngine } from '../../src/engine/resilient';
import { sentence, type Message } from '../../src/messages';
import type { Engine, LanguageModel } from '../../src/engine/types';
import { initialWeights } from '../../src/model/parameters';
import { negativeLogLikelihood } from '../../src/pipeline/losses/sft';
import { adamw } from '../../src/pipeline/training/optimizer';
import { rngFrom } from '../../src/random/rng';

const CONFIG = { vocabSize: 13, nPositions: 8, nEmbd: 8, nLayer: 1, nHead: 2 };
const BATCH = [{ ids: [1, 3, 4, 5, 2], start: 1 }];

/** A real engine whose device can be pulled out: from then on every call rejects. */
async function losable() {
  const engine = await createFusedEngine('wasm');
  let gone = false;
  const calls = { update: 0 };
  const guard =
    <A extends unknown[], R>(f: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (gone) throw new DeviceLostError('pulled out');
      return f(...args);
    };
  const wrapped: Engine = {
    info: engine.info,
    createModel(config, weights) {
      const model = engine.createModel(config, weights);
      return {
        config,
        evaluate: guard((b, w) => model.evaluate(b, w)),
        nextLogits: guard((b) => model.nextLogits(b)),
        gradients: guard((t) => model.gradients(t)),
        update: guard((t, o, r) => {
          calls.update++;
          return model.update(t, o, r);
        }),
        updates: guard((steps, r) => {
          calls.update += steps.length;
          return model.updates(steps, r);
        }),
        generate: guard((p, o) => model.generate(p, o)),
        weights: guard(() => model.weights()),
        optimizerState: guard(() => model.optimizerState()),
        setWeights: (w, o) => model.setWeights(w, o),
        dispose: () => model.dispose(),
      } satisfies LanguageModel;
    },
    evaluateTogether: (passes) =>
      Promise.all(passes.map(({ model, batch, want }) => model.evaluate(batch, want))),
    memory: () => engine.memory(),
    dispose: () => engine.dispose(),
  };
  return { engine: wrapped, calls, pull: () => (gone = true) };
}

const step = (model: LanguageModel, read = true) =>
  model.update([{ batch: BATCH, want: { logProbs: true }, loss: negativeLogLikelihood }], adamw(1e-2), read);

const open = () => initialWeights(CONFIG, rngFrom(1, 'resilient'));
const pause = () => new Promise((resolve) => setTimeout(resolve, 300));

describe('an engine that survives the loss of its device', () => {
  it('goes on from the last saved weights and optimiser state, as if nothing had happened', async () => {
    const plain = await createFusedEngine('wasm');
    const expected = plain.createModel(CONFIG, open());
    for (let i = 0; i < 4; i++) await step(expected);

    const first = await losable();
    const second = await losable();
    const engine = resilientEngine(first.engine, () => Promise.resolve(second.engine));
    const notices: Message[] = [];
    engine.onNotice!((m) => notices.push(m));
    const model = engine.createModel(CONFIG, open());
    await step(model);
    await pause(); // weights are saved at most four times a second
    await step(model);
    first.pull();
    await step(model);
    await step(model);

    expect(await model.weights()).toEqual(await expected.weights());
    expect(second.calls.update).toBe(2);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatchObject({ code: 'engine.reopened', values: { backend: 'wasm' } });
    expect(sentence(notices[0]!)).toContain('pulled out');
  });

  it.each([1, 2, 5, 9])(
    'repeats what was learned since the last copy: lost before update %i',
    async (lost) => {
      const plain = await createFusedEngine('wasm');
      const expected = plain.createModel(CONFIG, open());
      for (let i = 1; i <= 10; i++) await step(expected, false);

      const first = await losable();
      const engine = resilientEngine(first.engine, async () => (await losable()).engine);
      const model = engine.createModel(CONFIG, open());
      for (let i = 1; i <= 10; i++) {
        if (i === lost) first.pull();
        await step(model, i === 3); // copied with the third; what follows is not
      }
      expect(await model.weights()).toEqual(await expected.weights());
      expect(await model.optimizerState()).toEqual(await expected.optimizerState());
    },
  );

  it('repeats updates that are read back together, and passes over several models', async () => {
    const steps = Array.from({ length: 3 }, (_, i) => ({
      terms: [{ batch: BATCH, want: { logProbs: true }, loss: negativeLogLikelihood }],
      optimizer: adamw(1e-2 / (i + 1)),
    }));
    const learn = async (engine: Engine, pull: () => void) => {
      const model = engine.createModel(CONFIG, open());
      const other = engine.createModel(CONFIG, open());
      const reports = await model.updates(steps);
      pull();
      reports.push(...(await model.updates(steps, 'weights')));
      pull();
      const passes = [model, other].map((of) => ({ model: of, batch: BATCH, want: { logProbs: true } }));
      const found = await engine.evaluateTogether(passes);
      return { reports, found, weights: await model.weights(), state: await model.optimizerState() };
    };
    const expected = await learn(await createFusedEngine('wasm'), () => undefined);
    expect(expected.reports.map((r) => r.weights !== undefined)).toEqual([
      false,
      false,
      false,
      false,
      false,
      true,
    ]);
    expect(expected.reports[5]!.weights).toEqual(expected.weights);
    const clock = vi.spyOn(performance, 'now').mockReturnValue(0); // only the first report is copied
    let latest = await losable();
    const engine = resilientEngine(latest.engine, async () => (latest = await losable()).engine);
    expect(await learn(engine, () => latest.pull())).toEqual(expected);
    expect(latest.calls.update).toBe(3); // what was learned since the copy, on the third device
    clock.mockRestore();
  });

  it('keeps a bounded number of updates, read back or not', async () => {
    const first = await losable();
    const second = await losable();
    const engine = resilientEngine(first.engine, () => Promise.resolve(second.engine));
    const model = engine.createModel(CONFIG, open());
    for (let i = 0; i < 300; i++) await step(model, false);
    first.pull();
    await step(model, false);
    expect(second.calls.update).toBe(300 - 256 + 1);
  });

  it('brings back every model, trained or not, once per loss', async () => {
    const first = await losable();
    const second = await losable();
    let reopened = 0;
    const engine = resilientEngine(first.engine, () => {
      reopened++;
      return Promise.resolve(second.engine);
    });
    const policy = engine.createModel(CONFIG, open());
    const reference = engine.createModel(CONFIG, open());
    const disposed = engine.createModel(CONFIG, open());
    disposed.dispose();
    first.pull();
    const [a, b] = await Promise.all([
      policy.evaluate(BATCH, { logProbs: true }),
      reference.evaluate(BATCH, { logProbs: true }),
    ]);
    expect(a.logProbs!.data).toEqual(b.logProbs!.data);
    expect(reopened).toBe(1);
  });

  it('passes other errors on, and gives up on a device that is lost again and again', async () => {
    const first = await losable();
    const engine = resilientEngine(first.engine, async () => {
      const next = await losable();
      next.pull();
      return next.engine;
    });
    const model = engine.createModel(CONFIG, open());
    await expect(model.evaluate([], { logProbs: true })).rejects.toThrow(RangeError);
    first.pull();
    await expect(model.evaluate(BATCH, { logProbs: true })).rejects.toThrow(DeviceLostError);
  });

  it('counts only losses in a row, and tries again after it has given up', async () => {
    let broken = true;
    let latest = await losable();
    const engine = resilientEngine(latest.engine, async () => {
      latest = await losable();
      if (broken) latest.pull();
      return latest.engine;
    });
    const model = engine.createModel(CONFIG, open());
    latest.pull();
    await expect(step(model)).rejects.toThrow(DeviceLostError);
    broken = false;
    for (let i = 0; i < 8; i++) {
      latest.pull();
      expect(await step(model)).not.toBeNull();
    }
  });
});
