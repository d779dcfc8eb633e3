import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { openBackend } from '../../src/engine/plain/backend';
import { registerGradients } from '../../src/engine/shared/gradients';
import type { BackendName, Outputs } from '../../src/engine/types';
import { dpoLoss } from '../../src/pipeline/losses/dpo';
import { maskedMean } from '../../src/pipeline/losses/masked';
import { ppoPolicyLoss, ppoValueLoss } from '../../src/pipeline/losses/ppo';
import { pairwiseRewardLoss, rewardModelLoss } from '../../src/pipeline/losses/reward';
import { negativeLogLikelihood, sftLoss } from '../../src/pipeline/losses/sft';
import { unlikelihoodLoss } from '../../src/pipeline/losses/unlikelihood';

const [B, C] = [2, 3];
const MASK = [1, 1, 0, 1, 1, 1];

/** A loss of some inputs that a diverged model (or a rollout of one) may have filled with anything. */
interface Case {
  name: string;
  /** Numbers that are all right. */
  inputs: Record<string, number[]>;
  loss(inputs: Record<string, tf.Tensor>, mask: tf.Tensor2D): tf.Tensor;
  /** Inputs that go through the mask, [B, C]; the others have one number per pair. */
  masked: boolean;
}

const logProbs = [-0.5, -1, 0, -2, -0.1, -0.7];
const others = [-0.9, -0.8, 0, -1, -3, -0.6];
const numbers = [0.5, -1, 0, 2, -0.4, 1.5];

const CASES: Case[] = [
  ...[0.2, null].map((clip): Case => ({
    name: `PPO's policy loss, clip ${clip}`,
    inputs: { logProbs, old: others, advantages: numbers },
    loss: ({ logProbs, old, advantages }, mask) =>
      ppoPolicyLoss(logProbs!, old!, advantages!, mask, clip).loss,
    masked: true,
  })),
  ...[0.2, null].map((clip): Case => ({
    name: `PPO's value loss, clip ${clip}`,
    // without clipping the old values play no part
    inputs: { values: numbers, returns: logProbs, ...(clip === null ? {} : { old: others }) },
    loss: ({ values, returns, old = values }, mask) => ppoValueLoss(values!, old!, returns!, mask, clip).loss,
    masked: true,
  })),
  {
    name: 'the unlikelihood loss',
    inputs: { logProbs },
    loss: ({ logProbs }, mask) => unlikelihoodLoss(logProbs!, mask),
    masked: true,
  },
  ...[negativeLogLikelihood, sftLoss].map((loss, i): Case => ({
    name: i ? 'the SFT loss' : 'the language-model loss',
    inputs: { logProbs },
    loss: ({ logProbs }, mask) => loss({ logProbs, entropy: logProbs, mask } as unknown as Outputs).loss,
    masked: true,
  })),
  ...(['sigmoid', 'ipo', 'hinge'] as const).map((lossType): Case => ({
    name: `DPO's loss, ${lossType}`,
    inputs: {
      chosen: [-1, -2],
      rejected: [-3, -1],
      referenceChosen: [-1.5, -2],
      referenceRejected: [-2, -1.2],
    },
    loss: (of) => {
      const [a, b, c, d] = ['chosen', 'rejected', 'referenceChosen', 'referenceRejected'].map(
        (name) => of[name] as tf.Tensor1D,
      );
      const options = { beta: 0.5, lossType, labelSmoothing: 0.1, referenceFree: false };
      return tf.mean(dpoLoss(a!, b!, c!, d!, options).losses);
    },
    masked: false,
  })),
  {
    name: "the reward model's loss with a margin",
    inputs: { chosen: [1, 2], rejected: [0, 3], margin: [0.1, 0.2] },
    loss: ({ chosen, rejected, margin }) =>
      tf.mean(pairwiseRewardLoss(chosen as tf.Tensor1D, rejected as tf.Tensor1D, margin as tf.Tensor1D)),
    masked: false,
  },
  {
    name: "the reward model's loss",
    inputs: { scores: [1, 2, 0, 3] },
    loss: ({ scores }) => rewardModelLoss({ scores } as unknown as Outputs).loss,
    masked: false,
  },
];

/** On a backend: not a number in gives not a number out, and nothing to average over gives no average. */
export function nanSuite(name: BackendName): void {
  const open = async () => {
    registerGradients();
    const backend = await openBackend(name);
    // small tensors stay on the host otherwise, and the device is not asked at all
    if (name === 'webgl' || name === 'webgpu') tf.env().set(`${name.toUpperCase()}_CPU_FORWARD`, false);
    backend.activate();
    return backend;
  };
  /** Value and gradients of a loss, one array. */
  async function valuesOf({ inputs, masked, loss }: Case, mask = MASK): Promise<Float32Array> {
    const backend = await open();
    const all = tf.tidy(() => {
      const tensors = Object.fromEntries(
        Object.entries(inputs).map(([name, x]) => [name, masked ? tf.tensor2d(x, [B, C]) : tf.tensor1d(x)]),
      );
      const maskTensor = tf.tensor2d(mask, [B, C]);
      const f = () => loss(tensors, maskTensor) as tf.Scalar;
      const { value, grads } = tf.engine().gradients(f, Object.values(tensors), undefined, true);
      return tf.concat([value, ...grads.filter(Boolean)].map((x) => tf.reshape(x, [-1])));
    });
    return (await backend.read(all).finally(() => all.dispose())).slice();
  }

  it.each(CASES)('$name of a model that has diverged is not a number', async (entry) => {
    expect((await valuesOf(entry)).every(Number.isFinite)).toBe(true);
    for (const [input, numbers] of Object.entries(entry.inputs))
      for (const [i] of numbers.entries()) {
        if (entry.masked && !MASK[i]) continue;
        const inputs = { ...entry.inputs, [input]: numbers.map((x, j) => (i === j ? NaN : x)) };
        expect((await valuesOf({ ...entry, inputs }))[0], `${input} ${i}`).toBeNaN();
      }
  });

  it('a mean over nothing is not a number', async () => {
    const backend = await open();
    const mean = tf.tidy(() => maskedMean(tf.tensor2d(numbers, [B, C]), tf.zeros([B, C])));
    expect((await backend.read(mean))[0]).toBeNaN();
    for (const entry of CASES.filter((c) => c.masked))
      expect((await valuesOf(entry, MASK.map(() => 0)))[0], entry.name).toBeNaN(); // prettier-ignore
  });
}
