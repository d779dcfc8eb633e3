import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { registerGradients } from '../../../src/engine/shared/gradients';
import { ppoPolicyLoss, ppoValueLoss } from '../../../src/pipeline/losses/ppo';
import { rngFrom, type Rng } from '../../../src/random/rng';

const B = 4;
const C = 6;
const LENGTHS = [6, 1, 4, 3];

let rng: Rng;
beforeAll(async () => {
  await tf.setBackend('cpu');
  registerGradients();
});
beforeEach(() => {
  rng = rngFrom('losses');
});

const random = (scale = 1): number[] => Array.from({ length: B * C }, () => scale * rng.normal());
const MASK = LENGTHS.flatMap((n) => Array.from({ length: C }, (_, c) => (c < n ? 1 : 0)));

const tensor = (values: number[]) => tf.tensor2d(values, [B, C]);
const masked = (values: number[]): number[] => values.map((v, i) => v * MASK[i]!);
const value = (x: tf.Tensor): number => x.dataSync()[0]!;
const values = (x: tf.Tensor): number[] => Array.from(x.dataSync());
const near = (a: number[], b: number[], digits = 5) => {
  expect(a.length).toBe(b.length);
  a.forEach((x, i) => expect(x, `at ${i}`).toBeCloseTo(b[i]!, digits));
};

describe('PPO', () => {
  const [advantages, logProbs] = [() => random(), () => random(0.4)];
  const ones = () => tensor(new Array<number>(B * C).fill(1));

  it('at ratio 1: nothing is clipped, the loss is −mean(A) and its gradient −A/n', () => {
    const [p, a] = [logProbs(), advantages()];
    const f = (x: tf.Tensor) => ppoPolicyLoss(x, tensor(p), tensor(a), tensor(MASK), 0.2);
    const { loss, clipFraction, approxKl, ratioMean, ratioVar } = f(tensor(p));
    expect([clipFraction, approxKl, ratioMean, ratioVar].map(value)).toEqual([0, 0, 1, 0]);
    expect(value(loss)).toBeCloseTo(-masked(a).reduce((x, y) => x + y) / 14, 5);
    near(values(tf.grad((x) => f(x).loss)(tensor(p))), masked(a).map((x) => -x / 14)); // prettier-ignore
  });

  it('has no gradient exactly where the clipped branch is the larger loss', () => {
    const [p, old, a] = [logProbs(), logProbs(), advantages()];
    const f = (x: tf.Tensor) => ppoPolicyLoss(x, tensor(old), tensor(a), ones(), 0.2);
    const gradient = values(tf.grad((x) => f(x).loss)(tensor(p)));
    let clipped = 0;
    p.forEach((_, i) => {
      const ratio = Math.exp(p[i]! - old[i]!);
      const cut = (a[i]! > 0 && ratio > 1.2) || (a[i]! < 0 && ratio < 0.8);
      if (cut) clipped++;
      expect(gradient[i]).toBeCloseTo(cut ? 0 : (-a[i]! * ratio) / (B * C), 5);
    });
    expect(clipped).toBeGreaterThan(2);
    expect(value(f(tensor(p)).clipFraction)).toBeCloseTo(clipped / (B * C), 6);
  });

  it('is pessimistic: never below the unclipped surrogate; without clipping it is that', () => {
    const [p, old, a] = [logProbs(), logProbs(), advantages()];
    const at = (clip: number | null) => ppoPolicyLoss(tensor(p), tensor(old), tensor(a), ones(), clip);
    const surrogate = -p.reduce((sum, _, i) => sum + a[i]! * Math.exp(p[i]! - old[i]!), 0) / (B * C);
    expect(value(at(null).loss)).toBeCloseTo(surrogate, 5);
    expect(value(at(null).clipFraction)).toBe(0);
    expect(value(at(0.2).loss)).toBeGreaterThan(surrogate);
    expect(value(at(1e3).loss)).toBeCloseTo(surrogate, 5);
  });

  it('the value is clipped around the old value, not around the return', () => {
    const one = (v: number, old: number, ret: number, clip: number | null) => {
      const [V, O, R, M] = [v, old, ret, 1].map((x) => tf.tensor2d([x], [1, 1]));
      const { loss, clipFraction } = ppoValueLoss(V!, O!, R!, M!, clip);
      return [value(loss), value(clipFraction)];
    };
    expect(one(3, 0, 3, null)).toEqual([0, 0]);
    const [loss, fraction] = one(3, 0, 3, 0.5); // moved 3 where 0.5 is allowed: judged at 0.5
    expect(loss).toBeCloseTo(0.5 * (0.5 - 3) ** 2, 6);
    expect(fraction).toBe(1);
    expect(one(0.2, 0, 3, 0.5)[1]).toBe(0);
  });

  it('a value that has moved less than the clip range is not counted as clipped, whatever float32 rounds', () => {
    const old = Array.from({ length: 4096 }, () => rng.normal());
    const column = (xs: number[]) => tf.tensor2d(xs, [xs.length, 1]);
    const share = (moves: number[]) =>
      value(
        ppoValueLoss(
          column(old.map((v, i) => v + moves[i % moves.length]!)),
          column(old),
          column(old.map((v) => v + 1)), // both errors shrink as the value rises: clipping it is a larger loss
          tf.onesLike(column(old)),
          0.2,
        ).clipFraction,
      );
    expect(share([0, 0.05, 0.15])).toBe(0);
    expect(share([0.05, 0.25])).toBe(0.5);
  });
});
