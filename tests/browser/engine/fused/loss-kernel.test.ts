import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWebGl } from '../../../../src/engine/devices/webgl';
import { openWebGpu } from '../../../../src/engine/devices/webgpu';
import { packBatch, type RaggedBatch } from '../../../../src/engine/fused/batch';
import { evaluateLoss } from '../../../../src/engine/fused/loss';
import type { HeadGradients } from '../../../../src/engine/fused/heads';
import { kernelLoss } from '../../../../src/engine/fused/loss-kernel';
import { hostOutputs } from '../../../../src/engine/fused/outputs';
import { ReportSheet } from '../../../../src/engine/fused/reports';
import { registerGradients } from '../../../../src/engine/shared/gradients';
import type { LossFunction, Matrix, Wanted } from '../../../../src/engine/types';
import type { Kernels } from '../../../../src/kernels/kernels';
import { WebGlKernels } from '../../../../src/kernels/webgl/kernels';
import { WebGpuKernels } from '../../../../src/kernels/webgpu/kernels';
import { dpoOnPairs, type PairLossOptions } from '../../../../src/pipeline/losses/dpo';
import { ppoLoss, separateValueLoss, type PpoCoefficients } from '../../../../src/pipeline/losses/ppo';
import { rewardModelLoss } from '../../../../src/pipeline/losses/reward';
import { weightedLikelihood } from '../../../../src/pipeline/losses/sft';
import { unlikelihoodOnPairs } from '../../../../src/pipeline/losses/unlikelihood';
import { rngFrom, type Rng } from '../../../../src/random/rng';

const CONFIG = { vocabSize: 11, nPositions: 400, nEmbd: 8, nLayer: 1, nHead: 2 };

/** Lengths of completions, row by row. */
const SHAPES: Record<string, number[]> = {
  'one row': [3],
  'one token': [1],
  'two rows, one of a single token': [1, 7],
  'an empty completion': [0, 4, 2, 5],
  'ragged rows': [5, 1, 9, 4, 2, 8, 3, 6],
  'more tokens than threads': Array.from({ length: 12 }, (_, i) => 18 + 2 * i),
  'more pairs than threads': Array.from({ length: 600 }, (_, i) => 1 + (i % 3)),
};
const PAIRED = Object.keys(SHAPES).filter((name) => SHAPES[name]!.length % 2 === 0);

type Output = 'logProbs' | 'entropy' | 'scalars';
type Given = Record<Output, Float32Array>;

interface Case {
  want: Wanted;
  /** The outputs that the loss reads. */
  reads: readonly Output[];
  loss(batch: RaggedBatch, given: Given, rng: Rng): LossFunction;
}

/** [B, C] numbers of a batch. */
function matrix({ mask, cells }: RaggedBatch, f: (token: number) => number): Matrix {
  const data = new Float32Array(mask.data.length);
  cells.forEach((cell, i) => (data[cell] = f(i)));
  return { ...mask, data };
}

/** Old numbers near the present ones: some far off (clipped), some equal (ties), one exactly at the bound of the values. */
function targets(batch: RaggedBatch, { logProbs, scalars }: Given, rng: Rng) {
  const near = [0, 0, 0.05, -0.1, 0.6, -0.7, 1.5];
  return {
    oldLogProbs: matrix(batch, (i) => logProbs[i]! - near[i % 7]!),
    advantages: matrix(batch, (i) => (i % 5 === 4 ? 0 : rng.normal())),
    oldValues: matrix(batch, (i) => scalars[i]! - [0, 0.25, -0.25, 0.1, 0.9][i % 5]!),
    returns: matrix(batch, (i) => (i % 6 === 5 ? scalars[i]! : rng.normal())),
  };
}

const SETTINGS: PpoCoefficients = { clipRange: 0.2, valueClip: 0.25, entropyCoef: 0, valueCoef: 0.1 };
const ppoCase = (changes: Partial<PpoCoefficients>, shared: boolean): Case => ({
  want: { logProbs: true, entropy: true, values: shared },
  reads: ['logProbs', 'entropy', ...(shared ? (['scalars'] as const) : [])],
  loss: (batch, given, rng) => ppoLoss(targets(batch, given, rng), { ...SETTINGS, ...changes }, shared),
});

const pairOptions: PairLossOptions = {
  beta: 0.5,
  lossType: 'sigmoid',
  labelSmoothing: 0,
  referenceFree: false,
  sftCoef: 0,
};
const dpoCase = (changes: Partial<PairLossOptions>): Case => ({
  want: { logProbs: true },
  reads: ['logProbs'],
  // every third row as the reference has it, so that some pairs tie
  loss: (batch, { logProbs }, rng) => {
    const { cells, mask } = batch;
    const off = (i: number) => (Math.floor(cells[i]! / mask.cols) % 3 === 0 ? 0 : 0.4 * rng.normal());
    return dpoOnPairs(
      matrix(batch, (i) => logProbs[i]! + off(i)),
      { ...pairOptions, ...changes },
    );
  },
});

const CASES: Record<string, Case> = {
  'PPO, shared value': ppoCase({}, true),
  'PPO, shared value, bonus': ppoCase({ entropyCoef: 0.02, valueCoef: 2 }, true),
  'PPO, nothing clipped': ppoCase({ clipRange: null, valueClip: null }, true),
  'PPO, only the ratio clipped': ppoCase({ valueClip: null }, true),
  'PPO, only the value clipped': ppoCase({ clipRange: null, entropyCoef: 0.5 }, true),
  'PPO, no value': ppoCase({ entropyCoef: 0.01 }, false),
  'PPO, no value, not clipped': ppoCase({ clipRange: null }, false),
  'a value model of its own': {
    want: { values: true },
    reads: ['scalars'],
    loss: (batch, given, rng) => separateValueLoss(targets(batch, given, rng), 0.25),
  },
  'a value model of its own, not clipped': {
    want: { values: true },
    reads: ['scalars'],
    loss: (batch, given, rng) => separateValueLoss(targets(batch, given, rng), null),
  },
  'PPO-ptx': { want: { logProbs: true }, reads: ['logProbs'], loss: () => weightedLikelihood(0.3, 'nll') },
};

const PAIR_CASES: Record<string, Case> = {
  ...Object.fromEntries(
    (['sigmoid', 'ipo', 'hinge'] as const).flatMap((lossType) =>
      [false, true].flatMap((referenceFree) =>
        [0, 0.7].map((sftCoef) => [
          `DPO, ${lossType}${referenceFree ? ', reference-free' : ''}${sftCoef ? ', SFT term' : ''}`,
          dpoCase({ lossType, referenceFree, sftCoef, beta: lossType === 'hinge' ? 0.3 : 0.5 }),
        ]),
      ),
    ),
  ),
  'DPO, label smoothing': dpoCase({ labelSmoothing: 0.1, beta: 0.05 }),
  'DPO, label smoothing, reference-free': dpoCase({ labelSmoothing: 0.5, referenceFree: true }),
  unlikelihood: { want: { logProbs: true }, reads: ['logProbs'], loss: () => unlikelihoodOnPairs(0.5) },
  'unlikelihood, coefficient 0': {
    want: { logProbs: true },
    reads: ['logProbs'],
    loss: () => unlikelihoodOnPairs(0),
  },
  'Bradley–Terry': { want: { scores: true }, reads: ['scalars'], loss: () => rewardModelLoss },
};

const DEVICES: Record<string, () => Promise<{ kernels: Kernels; close?: () => void }>> = {
  webgl: () => {
    const { context, close } = openWebGl();
    return Promise.resolve({ kernels: new WebGlKernels(context), close });
  },
  webgpu: async () => {
    const { gpu, close } = await openWebGpu();
    return { kernels: new WebGpuKernels(gpu), close };
  },
};

describe.each(Object.keys(DEVICES))('losses on %s against their tfjs form', (device) => {
  let kernels: Kernels;
  let close: (() => void) | undefined;
  beforeAll(async () => {
    registerGradients();
    ({ kernels, close } = await DEVICES[device]!());
  });
  afterAll(() => close?.());

  /** Loss, metrics and gradients of a case by the device and by tfjs, with outputs that `spoil` may change. */
  function both(
    { want, reads, loss: lossOf }: Case,
    lengths: readonly number[],
    spoil?: (given: Given) => void,
  ) {
    return kernels.frame(async () => {
      const rng = rngFrom(7, 'losses', lengths.length);
      const rows = lengths.map((length) => ({
        ids: [1, ...Array.from({ length }, () => rng.int(3, 10))],
        start: 1,
      }));
      const batch = packBatch(kernels, rows, want, CONFIG);
      const { predictors, lasts } = batch;
      const given: Given = {
        // certain ones, whose unlikelihood is held, and none so likely that 1 − p has but few digits
        logProbs: Float32Array.from({ length: predictors }, (_, i) =>
          i % 11 === 3 ? 0 : Math.log(0.95 * rng.uniform()),
        ),
        entropy: Float32Array.from({ length: predictors }, () => 2 * rng.uniform()),
        // some equal scores, so that pairs tie
        scalars: Float32Array.from({ length: predictors + lasts }, (_, i) =>
          i % 4 === 0 ? 1 : rng.normal(),
        ),
      };
      const loss = lossOf(batch, given, rng);
      spoil?.(given);
      const heads = {
        logProbs: kernels.upload(given.logProbs),
        entropy: kernels.upload(given.entropy),
        scalars: kernels.upload(given.scalars),
      };
      const sheet = new ReportSheet(kernels, kernels.temporary(ReportSheet.floatsFor(2)));
      sheet.entry(1); // so that the report is not the first
      const found = kernelLoss(kernels, batch, heads, { batch: rows, want, loss }, sheet)!;
      expect(found).not.toBeNull();
      const one = <A>({ scalars, ...others }: HeadGradients<A>) => ({
        ...others,
        scalars: scalars[0] ?? null,
      });
      const written = one(found.gradients);
      const names = (['logProbs', 'entropy', 'scalars'] as const).filter((name) => written[name]);
      const [numbers, ...gradients] = await kernels.readAll([
        sheet.written,
        ...names.map((name) => written[name]!),
      ]);
      const host = await hostOutputs(kernels, batch, heads as never, want);
      const onHost = evaluateLoss(host, batch, loss);
      const expected = { ...onHost, gradients: one(onHost.gradients as HeadGradients<Float32Array>) };
      expect(names).toEqual(expect.arrayContaining(reads.filter((name) => expected.gradients[name])));
      return {
        found: {
          ...(await found.value(numbers!)),
          gradients: Object.fromEntries(names.map((name, i) => [name, gradients[i]!])) as Partial<Given>,
        },
        expected,
      };
    });
  }

  const agrees = (a: number, b: number) =>
    Object.is(a, b) || Math.abs(a - b) <= 1e-5 * Math.max(1, Math.abs(b));
  const every = [
    ...Object.entries(CASES).flatMap(([name, entry]) =>
      Object.keys(SHAPES).map((shape) => ({ name, entry, shape })),
    ),
    ...Object.entries(PAIR_CASES).flatMap(([name, entry]) => PAIRED.map((shape) => ({ name, entry, shape }))),
  ].filter(({ name, shape }) => !(name === 'PPO-ptx' && shape === 'an empty completion'));

  it.each(every)('$name: $shape', async ({ entry, shape }) => {
    const { found, expected } = await both(entry, SHAPES[shape]!);
    const tokens = SHAPES[shape]!.reduce((a, b) => a + b, 0);
    expect(agrees(found.loss, expected.loss), `loss ${found.loss}, ${expected.loss}`).toBe(true);
    expect(Object.keys(found.metrics)).toEqual(Object.keys(expected.metrics));
    for (const [name, value] of Object.entries(expected.metrics))
      expect(agrees(found.metrics[name]!, value), `${name} ${found.metrics[name]}, ${value}`).toBe(true);
    for (const name of entry.reads) {
      const mine = found.gradients[name]!;
      const theirs = expected.gradients[name]!;
      expect(mine).toHaveLength(theirs.length);
      const scale = entry.want.scores ? SHAPES[shape]!.length : tokens;
      // gradients of means are small by the number of their terms
      mine.forEach((g, i) =>
        expect(agrees(g * scale, theirs[i]! * scale), `d${name}[${i}] ${g}, ${theirs[i]}`).toBe(true),
      );
    }
  });

  it.each(Object.entries({ ...CASES, ...PAIR_CASES }))(
    '%s of outputs that are not numbers, or infinite, is as in tfjs',
    async (_, entry) => {
      const finite = (x: number) => Number.isFinite(x);
      for (const name of entry.reads)
        for (const bad of [NaN, Infinity, -Infinity]) {
          const { found, expected } = await both(
            entry,
            SHAPES['ragged rows']!,
            (given) => (given[name][1] = bad),
          );
          if (Number.isNaN(bad)) expect(found.loss, `${name} ${bad}`).toBeNaN();
          expect(finite(found.loss), `loss, ${name} ${bad}`).toBe(finite(expected.loss));
          const mine = found.gradients[name]!;
          const theirs = expected.gradients[name]!;
          theirs.forEach((g, i) =>
            expect(finite(mine[i]!), `d${name}[${i}], ${bad}: ${mine[i]}, ${g}`).toBe(finite(g)),
          );
        }
    },
  );

  it('gives the same bits again', async () => {
    for (const [name, entry] of Object.entries({ ...CASES, ...PAIR_CASES })) {
      const [a, b] = [await both(entry, SHAPES['ragged rows']!), await both(entry, SHAPES['ragged rows']!)];
      expect(a.found, name).toEqual(b.found);
    }
  });
});
