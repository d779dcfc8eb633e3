import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SharedTfjs } from '../../../../src/engine/devices/tfjs';
import { DeviceLostError } from '../../../../src/engine/errors';
import { createPlainEngine } from '../../../../src/engine/plain';
import type { DeviceBuffer } from '../../../../src/kernels/kernels';
import { normals } from '../../../kernels/harness';
import { busyWeights, tinyConfig } from '../../../support/engines';
import { raggedBatch } from '../../../support/losses';
import { openDevice, SHARING, type OpenDevice } from '../../../support/shared';

const N = 6;
const [A, B] = [normals(N, 'a'), normals(N, 'b')];
const times = (x: Float32Array, factor: number) => [...x.map((v) => v * factor)]; // prettier-ignore
const backends = () => Object.keys(tf.engine().registryFactory).sort();

describe.each(SHARING)('tfjs on the device of our kernels: %s', (backend) => {
  let device: OpenDevice;
  let tfjs: SharedTfjs;
  beforeAll(async () => {
    await tf.setBackend('cpu');
    device = await openDevice(backend);
    tfjs = device.share();
  }, 120_000);
  afterAll(() => {
    tfjs.close();
    device.close();
  });

  const copy = (from: DeviceBuffer, to: DeviceBuffer) => {
    const { kernels } = device;
    const index = kernels.upload(Int32Array.from({ length: N }, (_, i) => i));
    kernels.gatherCells!({ x: from, index, out: to, cells: N });
    return to;
  };
  const fresh = (from: DeviceBuffer) => copy(from, device.kernels.temporary(N));

  it('runs the operations of both in the order of the calls', async () => {
    const { kernels } = device;
    const found = await kernels.frame(() => {
      const [a, b] = [kernels.upload(A), kernels.upload(B)];
      const buffer = fresh(a);
      const results = tfjs.run(() => {
        const view = tfjs.tensor(buffer, [N]);
        const first = tf.mul(view, 2);
        copy(b, buffer); // ours, after tfjs has read a
        const second = tf.mul(tfjs.tensor(buffer, [2, 3]), 3);
        const back = fresh(tfjs.buffer(second)); // ours, of what tfjs has just been asked for
        const sum = tf.add(tfjs.tensor(back, [N]), first);
        const later = tf.mul(view, 5);
        return [first, second, sum, later].map((tensor) => fresh(tfjs.buffer(tensor)));
      });
      copy(a, buffer); // and after everything
      return kernels.readAll(results);
    });
    const expected = [times(A, 2), times(B, 3), times(B, 3).map((x, i) => Math.fround(x + A[i]! * 2))];
    expected.forEach((numbers, i) => expect([...found[i]!]).toEqual(numbers.map(Math.fround)));
    // on WebGPU a tensor is the buffer itself, on WebGL a copy of what was in it
    expect([...found[3]!]).toEqual(times(backend === 'webgpu' ? B : A, 5));
  });

  it('hands out numbers from the host, too, and tensors with as many numbers as they have', async () => {
    const { kernels } = device;
    const [found, view] = await kernels.frame(async () => {
      const buffer = fresh(kernels.upload(A));
      const result = tfjs.run(() => [
        fresh(tfjs.buffer(tf.tensor1d(B))),
        fresh(tfjs.buffer(tf.add(tf.scalar(1), tf.zeros([N])))),
      ]);
      const kept = tfjs.run(() => tf.keep(tfjs.tensor(buffer, [N])));
      const read = kernels.readAll(result);
      const view = await kept.data<'float32'>();
      kept.dispose();
      return [await read, view];
    });
    expect([...found[0]!]).toEqual([...B]);
    expect([...found[1]!]).toEqual(Array(N).fill(1));
    expect([...view]).toEqual([...A]);
  });

  it('what tfjs made of our numbers stays, and is read while our kernels go on', async () => {
    const { kernels } = device;
    const kept = kernels.frame(() =>
      tfjs.run(() => tf.keep(tf.mul(tfjs.tensor(fresh(kernels.upload(A)), [N]), 4))),
    );
    const read = kept.data<'float32'>();
    const ours: Float32Array[][] = [];
    for (let i = 0; i < 3; i++)
      ours.push(await kernels.frame(() => kernels.readAll([fresh(kernels.upload(B)), fresh(kernels.upload(A))]))); // prettier-ignore
    expect([...(await read)]).toEqual(times(A, 4));
    for (const round of ours) expect(round.map((x) => [...x])).toEqual([[...B], [...A]]);
    const again = tfjs.run(() => tf.keep(tf.sum(kept)));
    expect((await again.data())[0]).toBeCloseTo(
      times(A, 4).reduce((x, y) => x + y),
      5,
    );
    tf.dispose([kept, again]);
  });

  it('leaves tfjs on the backend on which it was, whatever happens', () => {
    const { numTensors } = tf.memory();
    expect(tfjs.run(() => tf.getBackend())).toMatch(new RegExp(`^alignlet-${backend}-\\d+$`));
    expect(tf.getBackend()).toBe('cpu');
    const fail = () => {
      tf.zeros([3]);
      throw new RangeError('of its own');
    };
    expect(() => tfjs.run(fail)).toThrow('of its own');
    expect([tf.getBackend(), tf.memory().numTensors]).toEqual(['cpu', numTensors]);
  });

  it("does not get in the way of tfjs's own backend", async () => {
    const engine = await createPlainEngine(backend);
    const own = tf.findBackend(backend) as unknown as { gpgpu?: { gl: unknown }; device?: GPUDevice };
    const { context, gpu } = device.kernels as unknown as {
      context?: { gl: unknown };
      gpu?: { device: GPUDevice };
    };
    if (own.gpgpu) expect(own.gpgpu.gl).not.toBe(context!.gl);
    else expect(own.device).not.toBe(gpu!.device);
    const model = engine.createModel(tinyConfig, busyWeights(tinyConfig, 3));
    const evaluate = () => model.evaluate(raggedBatch, { scores: true });
    const before = await evaluate();
    const other = await openDevice(backend);
    const shared = other.share();
    const sum = other.kernels.frame(() => shared.run(() => tf.keep(tf.sum(tf.square(tf.tensor1d(A))))));
    expect(await evaluate()).toEqual(before);
    expect((await sum.data())[0]).toBeCloseTo(
      A.reduce((x, y) => x + y * y, 0),
      5,
    );
    shared.close();
    other.close();
    expect(await evaluate()).toEqual(before);
    engine.dispose();
    await tf.setBackend('cpu');
  });

  it('is gone from tfjs when it is closed, and what was kept can still be disposed of', async () => {
    const before = backends();
    const other = await openDevice(backend);
    const shared = other.share();
    const name = shared.run(() => tf.getBackend());
    expect(backends()).toEqual([...before, name].sort());
    expect(tf.getKernelsForBackend(name).length).toBeGreaterThan(50);
    const { numTensors } = tf.memory();
    const kept = shared.run(() => tf.keep(tf.square(tf.tensor1d(A))));
    shared.close();
    other.close();
    expect(backends()).toEqual(before);
    expect(tf.getKernelsForBackend(name)).toEqual([]);
    kept.dispose();
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it('says that the device is lost where tfjs has words of its own', async () => {
    const other = await openDevice(backend);
    const shared = other.share();
    const lost = other.engine().lost!;
    const work = () => shared.run(() => tf.square(tf.tensor1d(A)).shape);
    expect(work()).toEqual([N]);
    other.provoke();
    await lost;
    expect(work).toThrow(DeviceLostError);
    expect(tf.getBackend()).toBe('cpu');
    shared.close();
    other.close();
  });
});
