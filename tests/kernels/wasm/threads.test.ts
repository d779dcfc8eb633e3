import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { type Message } from '../../../src/messages';
import { openWasm } from '../../../src/engine/devices/wasm';
import { DeviceLostError } from '../../../src/engine/errors';
import { createFusedEngine } from '../../../src/engine/fused';
import { engineOn } from '../../../src/engine/fused/engine';
import { resilientEngine } from '../../../src/engine/resilient';
import { WasmKernels } from '../../../src/kernels/wasm/kernels';
import { busyWeights } from '../../support/engines';
import { adam, pretrainTerm } from '../../support/losses';
import { everythingOn, kernelBattery, SIZES, type Fingerprint } from '../../support/thread-battery';
import { BUILDS } from '../harness';

const alone: Record<string, Promise<Record<string, Fingerprint>>> = {};

describe.each(BUILDS)('threads ($name build)', ({ name, relaxed }) => {
  it.each([2, 3, 4])('%i compute bit for bit what one does', async (count) => {
    const expected = await (alone[name] ??= everythingOn(1, relaxed));
    expect(await everythingOn(count, relaxed)).toEqual(expected);
  });
});

const open = async (threads: number) => {
  const { loaded, lost, close } = await openWasm(threads);
  return { kernels: new WasmKernels(loaded), lost, close };
};
const workersOf = (kernels: WasmKernels): Worker[] => [...kernels.pool!['threads']] as unknown as Worker[];
const ended = (workers: Worker[]) => Promise.all(workers.map((w) => once(w, 'exit')));
const config = { vocabSize: 37, nPositions: 8, nEmbd: 16, nLayer: 1, nHead: 2 };
const info = { backend: 'wasm', kind: 'fused', adapter: 'test', software: false } as const;

describe('the pool of threads', () => {
  it('ends with its engine', async () => {
    const { kernels, close } = await open(3);
    const workers = workersOf(kernels);
    expect(workers).toHaveLength(2);
    const exits = ended(workers);
    engineOn(kernels, info, { close }).dispose();
    await exits;
    expect(workers.map((w) => w.threadId)).toEqual([-1, -1]);
  });

  it('computes the same with fewer threads, and after one has vanished', async () => {
    const { kernels } = await open(4);
    const expected = kernelBattery(kernels, SIZES['prime sizes']!);
    for (const limit of [1, 2, 9, 3]) {
      kernels.pool!.setLimit(limit);
      expect(kernels.pool!.limit).toBe(Math.min(4, limit));
      expect(kernelBattery(kernels, SIZES['prime sizes']!)).toEqual(expected);
    }
    await workersOf(kernels)[0]!.terminate();
    expect(kernelBattery(kernels, SIZES['prime sizes']!)).toEqual(expected);
    kernels.pool!.close();
    expect(kernelBattery(kernels, SIZES['prime sizes']!)).toEqual(expected);
  });

  it('does not wait for ever for a thread that has died with a task in its hands', async () => {
    const { kernels, lost } = await open(2);
    const pool = kernels.pool!;
    pool.patience = 50;
    const thief = new Worker(
      `const { control } = require('node:worker_threads').workerData;
       for (;;) {
         const tickets = Atomics.load(control, 0);
         if ((tickets & 255) > 0 && Atomics.compareExchange(control, 0, tickets, tickets - 1) === tickets) break;
       }`, // and is gone
      { eval: true, workerData: { control: pool['control'] } },
    );
    await once(thief, 'online');
    // rounds until it has taken one: the other threads are faster now and then
    const rounds = () => {
      for (let i = 0; i < 1000; i++) kernelBattery(kernels, SIZES['prime sizes']!);
    };
    expect(rounds).toThrow(DeviceLostError);
    expect(await lost).toEqual({ code: 'thread.silent', values: { seconds: 0.05 } });
    expect(rounds).toThrow(DeviceLostError); // and not a wrong number
  });

  it('reports a thread that fails, and training goes on in a new engine', async () => {
    const { kernels, lost, close } = await open(2);
    const exits = ended(workersOf(kernels));
    const run = kernels.pool!.run.bind(kernels.pool!);
    const broken = engineOn(kernels, info, { lost, close });
    const engine = resilientEngine(broken, () => createFusedEngine('wasm'));
    const notices: Message[] = [];
    engine.onNotice!((message) => notices.push(message));
    const model = engine.createModel(config, busyWeights(config, 1));
    const outside = [0xfffffff0, 0xfffffff0, 64];
    expect(() => run('gelu', [outside, outside])).toThrow(DeviceLostError);
    expect(await lost).toEqual({ code: 'thread.kernel', values: { kernel: 'gelu' } });
    await exits;
    const report = await model.update(
      [
        pretrainTerm([
          [1, 5, 6, 7, 8, 2],
          [1, 4, 2],
        ]),
      ],
      adam,
      true,
    );
    expect(report!.loss).toBeGreaterThan(0);
    expect(notices).toHaveLength(1);
    engine.dispose();
  });
});
