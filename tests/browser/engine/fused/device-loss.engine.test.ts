import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resilientEngine } from '../../../../src/engine/resilient';
import type { Engine, LossFunction, LossTerm } from '../../../../src/engine/types';
import type { GptConfig } from '../../../../src/model/config';
import { sftLoss } from '../../../../src/pipeline/losses/sft';
import { busyWeights } from '../../../support/engines';
import { LOSS_CASES } from '../../../support/loss-cases';
import { adam, everything, raggedBatch, wantAll } from '../../../support/losses';
import { relativeL2 } from '../../../support/numbers';
import { openDevice, SHARING, type OpenDevice } from '../../../support/shared';

const config: GptConfig = { vocabSize: 13, nPositions: 12, nEmbd: 8, nLayer: 1, nHead: 2 };
const dpo = LOSS_CASES.find(({ name }) => name.startsWith('DPO sigmoid'))!;

/** Three pairs: chosen answers, then rejected ones, of up to five tokens (what the losses' numbers are for). */
const pairs = [4, 2, 5, 1, 3, 5].map((length, b) => {
  const ids = [1, 4 + b, 7, ...Array.from({ length }, (_, i) => 2 + ((3 * i + b) % 11))];
  return { ids, start: 3 };
});
const dpoTerm: LossTerm = { batch: pairs, want: dpo.want, loss: dpo.loss };
const general: LossTerm = { batch: raggedBatch, want: wantAll, loss: everything };
const linear: LossTerm = { batch: pairs, want: { logProbs: true, entropy: true }, loss: sftLoss };

/** Few operations of tfjs, for devices that are opened only to be lost. */
const squares: LossTerm = {
  batch: pairs,
  want: { logProbs: true },
  loss: ({ logProbs }) => ({ loss: tf.mean(tf.square(logProbs)) as tf.Scalar }),
};

/** A software GPU compiles its shaders anew for every device. */
const SLOW = 400_000;

describe.each(SHARING)('models whose losses run on the device: %s', { timeout: SLOW }, (backend) => {
  let device: OpenDevice;
  let engines: { device: Engine; host: Engine };
  beforeAll(async () => {
    device = await openDevice(backend);
    engines = { device: device.engine({ owner: true }), host: device.engine({ host: true }) };
  }, SLOW);
  afterAll(() => engines.device.dispose());
  const model = (on: Engine = engines.device, seed = 3) => on.createModel(config, busyWeights(config, seed));

  it('learn what they learn when the outputs are read for their losses', async () => {
    const [a, b] = [model(), model(engines.host)];
    for (const terms of [[dpoTerm], [general, linear, dpoTerm]]) {
      const reports = await Promise.all([a, b].map((m) => m.update(terms, { ...adam, epsilon: 1e-2 }, true)));
      const [found, expected] = reports as [
        NonNullable<(typeof reports)[0]>,
        NonNullable<(typeof reports)[1]>,
      ];
      expect(found.loss).toBeCloseTo(expected.loss, 4);
      expect(found.gradNorm / expected.gradNorm).toBeCloseTo(1, 5);
      expect(Object.keys(found.metrics)).toEqual(Object.keys(expected.metrics));
      for (const [name, value] of Object.entries(expected.metrics))
        expect(found.metrics[name], name).toBeCloseTo(value, 4);
      const [g, h] = await Promise.all([a, b].map((m) => m.gradients(terms)));
      expect(relativeL2(g!.gradients, h!.gradients)).toBeLessThan(1e-5);
    }
    a.dispose();
    b.dispose();
  });

  it('read nothing back for an update that is not logged, and once for one that is', async () => {
    const m = model();
    const counted = async (terms: LossTerm[], read: boolean) => {
      const before = engines.device.counters!();
      await m.update(terms, adam, read);
      const after = engines.device.counters!();
      return {
        dispatches: after.dispatches - before.dispatches,
        readbacks: after.readbacks - before.readbacks,
        submits: after.submits - before.submits,
      };
    };
    await counted([dpoTerm], true);
    const host = engines.host.createModel(config, busyWeights(config, 3));
    const before = engines.host.counters!();
    await host.update([dpoTerm], adam, false);
    const after = engines.host.counters!();
    const silent = await counted([dpoTerm], false);
    const logged = await counted([dpoTerm], true);
    const several = await counted([dpoTerm, general, dpoTerm], true);
    expect([silent.readbacks, logged.readbacks, several.readbacks]).toEqual([0, 1, 1]);
    if (backend === 'webgpu') expect([silent, logged, several].map((c) => c.submits)).toEqual([1, 1, 1]);
    console.log(
      `${backend}: DPO update of one layer ${JSON.stringify({ silent, logged })}, with its loss on the host ` +
        JSON.stringify({ dispatches: after.dispatches - before.dispatches, readbacks: after.readbacks - before.readbacks }), // prettier-ignore
    );
    m.dispose();
    host.dispose();
  });

  it('keep memory constant over a hundred updates', async () => {
    const m = model();
    const batches = [pairs, pairs.map(({ ids, start }) => ({ ids: ids.slice(0, start + 1), start }))];
    const anyLoss: LossFunction = ({ logProbs, mask }) => {
      const weights = tf.tensor1d([1, -1, 2, -2, 0.5, 3]);
      const loss = tf.sum(tf.mul(tf.sum(tf.mul(tf.square(logProbs), mask), 1), weights)) as tf.Scalar;
      return { loss, metrics: { mean: tf.mean(logProbs) as tf.Scalar } };
    };
    const round = async (read: boolean) => {
      for (const batch of batches) await m.update([{ batch, want: { logProbs: true }, loss: anyLoss }], adam, read); // prettier-ignore
    };
    for (let i = 0; i < 3; i++) await round(i % 2 === 0);
    const before = engines.device.memory();
    for (let i = 0; i < 50; i++) await round(i % 10 === 0);
    expect(engines.device.memory()).toEqual(before);
    m.dispose();
  });

  it('give the same when they are called at once as one after the other', async () => {
    const run = async (atOnce: boolean) => {
      const [a, b] = [model(undefined, 5), model(undefined, 6)];
      const calls: (() => Promise<unknown>)[] = [
        () => a.update([dpoTerm], adam, true),
        () => b.generate([[1, 4], [1]], { maxNewTokens: 6, temperature: 1, noiseKey: 1 }),
        () => b.update([general, dpoTerm], adam, false),
        () => a.evaluate(raggedBatch, wantAll),
        () => b.update([dpoTerm], adam, true),
        () => a.weights(),
        () => b.weights(),
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

  it('hand their outputs to a loss where they are; what it makes of them can be read later', async () => {
    const m = model();
    const expected = await m.evaluate(raggedBatch, wantAll);
    const kept: tf.Tensor[] = [];
    const names: string[] = [];
    const loss: LossFunction = (outputs) => {
      names.push(tf.getBackend());
      kept.push(tf.keep(tf.mul(outputs.logProbs, 2)), tf.keep(tf.add(outputs.scores, tf.tensor1d([1, 2, 3, 4])))); // prettier-ignore
      return everything(outputs);
    };
    const before = tf.getBackend();
    await m.update([{ ...general, loss }], { ...adam, learningRate: 0 }, false);
    expect(tf.getBackend()).toBe(before || 'cpu');
    expect(names[0]).toMatch(/^alignlet-/);
    const reads = kept.map((tensor) => tensor.data<'float32'>());
    await m.update([general], { ...adam, learningRate: 0 }, true); // meanwhile
    const [doubled, shifted] = await Promise.all(reads);
    expect(relativeL2(doubled!, expected.logProbs!.data.map((x) => 2 * x))).toBeLessThan(1e-6); // prettier-ignore
    expect(relativeL2(shifted!, expected.scores!.map((x, i) => x + i + 1))).toBeLessThan(1e-6); // prettier-ignore
    tf.dispose(kept);
    m.dispose();
  });

  it('lose nothing when the device is lost in the middle of a loss', async () => {
    const learn = async (engine: Engine, lose: (update: number) => void) => {
      const m = engine.createModel(config, busyWeights(config, 9));
      for (let i = 1; i <= 4; i++) {
        const loss: LossFunction = (outputs) => {
          lose(i);
          return squares.loss(outputs);
        };
        await m.update([{ ...squares, loss }], adam, i % 2 === 0);
      }
      const weights = await m.weights();
      m.dispose();
      return weights;
    };
    const registered = Object.keys(tf.engine().registryFactory).length;
    const open = async () => {
      const opened = await openDevice(backend);
      return { engine: opened.engine({ owner: true }), provoke: opened.provoke };
    };
    const expected = await learn(engines.device, () => undefined);
    const first = await open();
    const resilient = resilientEngine(first.engine, async () => (await open()).engine);
    const notices: unknown[] = [];
    resilient.onNotice!((notice) => notices.push(notice));
    let lost = false;
    const found = await learn(resilient, (update) => {
      if (update !== 3 || lost) return;
      lost = true;
      first.provoke();
    });
    expect(found).toEqual(expected);
    expect(notices).toHaveLength(1);
    resilient.dispose();
    expect(Object.keys(tf.engine().registryFactory)).toHaveLength(registered);
  });
});
