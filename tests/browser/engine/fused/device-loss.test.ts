import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SharedTfjs } from '../../../../src/engine/devices/tfjs';
import type { RaggedBatch } from '../../../../src/engine/fused/batch';
import { lossOnDevice, REPORT } from '../../../../src/engine/fused/device-loss';
import type { Heads, Numbers } from '../../../../src/engine/fused/heads';
import { evaluateLoss } from '../../../../src/engine/fused/loss';
import { valueAt } from '../../../../src/engine/fused/reports';
import { registerGradients } from '../../../../src/engine/shared/gradients';
import type { HostOutputs, LossFunction } from '../../../../src/engine/types';
import { normals } from '../../../kernels/harness';
import { LENGTHS, LOSS_CASES, type LossCase } from '../../../support/loss-cases';
import { relativeL2 } from '../../../support/numbers';
import { openDevice, SHARING, type OpenDevice } from '../../../support/shared';

const [rows, cols] = [LENGTHS.length, Math.max(...LENGTHS)];
const cells = Int32Array.from(LENGTHS.flatMap((n, b) => Array.from({ length: n }, (_, c) => b * cols + c)));
const predictors = cells.length;
const mask = { rows, cols, data: new Float32Array(rows * cols) };
for (const cell of cells) mask.data[cell] = 1;

/** What heads would have computed, one number per selected token. */
interface Packed {
  logProbs: Float32Array;
  entropy: Float32Array;
  scalars: Float32Array;
}

const packed = (): Packed => ({
  logProbs: normals(predictors, 'log-probs').map((x) => -1.5 + 0.5 * x),
  entropy: normals(predictors, 'entropy').map((x) => 2 + 0.3 * x),
  scalars: normals(predictors + rows, 'scalars'),
});

interface Result {
  loss: number;
  metrics: Record<string, number>;
  logProbs: Float32Array | null;
  entropy: Float32Array | null;
  scalars: Float32Array | null;
}

const batchFor = ({ want }: LossCase) =>
  ({ mask, cells, predictors, lasts: want.scores ? rows : 0 }) as unknown as RaggedBatch;

/** The tfjs form on tfjs's JavaScript backend. */
function onHost(entry: LossCase, { logProbs, entropy, scalars }: Packed): Result {
  const spread = (x: Float32Array) => {
    const data = new Float32Array(rows * cols);
    for (let i = 0; i < predictors; i++) data[cells[i]!] = x[i]!;
    return { rows, cols, data };
  };
  const host: HostOutputs = { mask };
  if (entry.want.logProbs) host.logProbs = spread(logProbs);
  if (entry.want.entropy) host.entropy = spread(entropy);
  if (entry.want.values) host.values = spread(scalars);
  if (entry.want.scores) host.scores = scalars.slice(predictors);
  const { loss, metrics, gradients } = evaluateLoss(host, batchFor(entry), entry.loss);
  const numbers = (x: Numbers | null | undefined) => (x ?? null) as Float32Array | null;
  const { logProbs: a, entropy: b, scalars: c } = gradients;
  return { loss, metrics, logProbs: numbers(a), entropy: numbers(b), scalars: numbers(c[0]) };
}

describe.each(SHARING)('losses on the device: %s', (backend) => {
  let device: OpenDevice;
  let tfjs: SharedTfjs;
  beforeAll(async () => {
    registerGradients();
    device = await openDevice(backend);
    tfjs = device.share();
  }, 120_000);
  afterAll(() => {
    tfjs.close();
    device.close();
  });

  /** The same where the numbers are; all that comes of it in one readback at the end. */
  function onDevice(entry: LossCase, numbers: Packed): Promise<Result> {
    const { kernels } = device;
    return kernels.frame(async () => {
      const into = kernels.temporary(REPORT);
      const heads = {
        logProbs: kernels.upload(numbers.logProbs),
        entropy: kernels.upload(numbers.entropy),
        scalars: kernels.upload(numbers.scalars.slice(0, predictors + (entry.want.scores ? rows : 0))),
      } as unknown as Heads;
      const { gradients, names } = lossOnDevice(
        tfjs,
        kernels,
        { batch: batchFor(entry), heads, want: entry.want },
        entry.loss,
        into,
      );
      const { logProbs, entropy, scalars } = gradients;
      const wanted = [into, logProbs, entropy, ...scalars].filter(Boolean);
      const [reported, ...found] = await kernels.readAll(wanted as never);
      const parts = [logProbs, entropy].map((buffer) => (buffer ? found.shift()! : null));
      const sum = found.length > 0 ? found[0]!.map((x, i) => x + (found[1]?.[i] ?? 0)) : null; // prettier-ignore
      return {
        ...(await valueAt(0, names)(reported!)),
        logProbs: parts[0]!,
        entropy: parts[1]!,
        scalars: sum,
      };
    });
  }

  it.each(LOSS_CASES)('$name: value, metrics and gradients are those of tfjs on the host', async (entry) => {
    const [expected, found] = [onHost(entry, packed()), await onDevice(entry, packed())];
    expect(Math.abs(found.loss - expected.loss)).toBeLessThan(1e-5 * Math.max(1, Math.abs(expected.loss)));
    expect(Object.keys(found.metrics)).toEqual(Object.keys(expected.metrics));
    for (const [name, value] of Object.entries(expected.metrics))
      expect(Math.abs(found.metrics[name]! - value), name).toBeLessThan(1e-5 * Math.max(1, Math.abs(value)));
    for (const name of ['logProbs', 'entropy', 'scalars'] as const) {
      expect(found[name] === null, name).toBe(expected[name] === null);
      if (expected[name]) expect(relativeL2(found[name]!, expected[name]), name).toBeLessThan(1e-5);
    }
  });

  const isFinite = ({ loss, logProbs, entropy, scalars }: Result) =>
    [loss, ...(logProbs ?? []), ...(entropy ?? []), ...(scalars ?? [])].every(Number.isFinite);

  it.each(LOSS_CASES)('$name: of a model that has diverged is never an ordinary number', async (entry) => {
    const { want } = entry;
    const places = [
      ...(want.logProbs ? [['logProbs', 3] as const] : []),
      ...(want.entropy ? [['entropy', predictors - 1] as const] : []),
      ...(want.values ? [['scalars', 5] as const] : []),
      ...(want.scores ? [['scalars', predictors + 1] as const] : []),
    ];
    for (const [name, at] of places)
      for (const value of [NaN, Infinity, -Infinity]) {
        const numbers = packed();
        numbers[name][at] = value;
        const [expected, found] = [onHost(entry, numbers), await onDevice(entry, numbers)];
        if (!Number.isFinite(expected.loss)) expect(found.loss, `${name} ${value}`).not.toSatisfy(Number.isFinite); // prettier-ignore
        if (Number.isNaN(value)) expect(Number.isNaN(found.loss), name).toBe(Number.isNaN(expected.loss));
        expect(isFinite(found), `${name} ${value}`).toBe(isFinite(expected));
      }
  });

  it('a loss that throws leaves tfjs as it was, and nothing behind', async () => {
    const before = [tf.getBackend(), tf.memory().numTensors];
    const broken: LossFunction = ({ logProbs }) => ({
      loss: tf.sum(logProbs) as tf.Scalar,
      get metrics(): never {
        throw new Error('of its own');
      },
    });
    const entry = { name: '', want: { logProbs: true }, loss: broken };
    await expect(onDevice(entry, packed())).rejects.toThrow('of its own');
    const unwanted: LossFunction = ({ scores }) => ({ loss: tf.sum(scores) as tf.Scalar });
    await expect(onDevice({ ...entry, loss: unwanted }, packed())).rejects.toThrow('does not want');
    expect([tf.getBackend(), tf.memory().numTensors]).toEqual(before);
  });

  it('refuses to lose metrics for which there is no room', async () => {
    const many: LossFunction = ({ logProbs }) => {
      const loss = tf.sum(logProbs) as tf.Scalar;
      return { loss, metrics: Object.fromEntries(Array.from({ length: REPORT }, (_, i) => [`m${i}`, loss])) };
    };
    await expect(onDevice({ name: '', want: { logProbs: true }, loss: many }, packed())).rejects.toThrow(
      'at most 63 metrics',
    );
  });
});
