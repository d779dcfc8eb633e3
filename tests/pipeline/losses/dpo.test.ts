import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { registerGradients } from '../../../src/engine/shared/gradients';
import { dpoLoss, type DpoOptions } from '../../../src/pipeline/losses/dpo';
import { logSigmoid } from '../../../src/pipeline/losses/masked';
import { rngFrom, type Rng } from '../../../src/random/rng';

let rng: Rng;
beforeAll(async () => {
  await tf.setBackend('cpu');
  registerGradients();
});
beforeEach(() => {
  rng = rngFrom('losses');
});
const value = (x: tf.Tensor): number => x.dataSync()[0]!;
const values = (x: tf.Tensor): number[] => Array.from(x.dataSync());
const near = (a: number[], b: number[], digits = 5) => {
  expect(a.length).toBe(b.length);
  a.forEach((x, i) => expect(x, `at ${i}`).toBeCloseTo(b[i]!, digits));
};

describe('DPO', () => {
  const options: DpoOptions = { beta: 0.3, lossType: 'sigmoid', labelSmoothing: 0, referenceFree: false };
  const vector = (x: number[]) => tf.tensor1d(x);
  const pairs = () => [0, 1, 2, 3].map(() => Array.from({ length: 5 }, () => -10 + 3 * rng.normal()));
  const at = (changes: Partial<DpoOptions>, [a, b, c, d]: number[][] = pairs()) =>
    dpoLoss(vector(a!), vector(b!), vector(c!), vector(d!), { ...options, ...changes });

  it('starts at ln 2 with zero rewards when the policy is the reference', () => {
    const [a, b] = pairs() as [number[], number[]];
    for (const labelSmoothing of [0, 0.1, 0.5]) {
      const { losses, chosenRewards, rejectedRewards } = at({ labelSmoothing }, [a, b, a, b]);
      near(values(losses), new Array<number>(5).fill(Math.LN2), 6);
      expect([...values(chosenRewards), ...values(rejectedRewards)].every((r) => r === 0)).toBe(true);
    }
    near(values(at({ lossType: 'hinge' }, [a, b, a, b]).losses), [1, 1, 1, 1, 1], 6);
    near(values(at({ lossType: 'ipo' }, [a, b, a, b]).losses), new Array<number>(5).fill((1 / 0.6) ** 2), 4);
  });

  it('has the gradient −β·σ(−βh) of eq. 7: up for chosen, down for rejected, less where it is already right', () => {
    const given = pairs();
    const [a, b, c, d] = given.map(vector) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
    const f = (x: tf.Tensor, y: tf.Tensor) =>
      tf.sum(dpoLoss(x as tf.Tensor1D, y as tf.Tensor1D, c, d, options).losses) as tf.Scalar;
    const [up, down] = tf.grads(f)([a, b]).map(values) as [number[], number[]];
    given[0]!.forEach((_, i) => {
      const h = given[0]![i]! - given[1]![i]! - (given[2]![i]! - given[3]![i]!);
      const weight = 0.3 / (1 + Math.exp(0.3 * h));
      expect(up[i]).toBeCloseTo(-weight, 5);
      expect(down[i]).toBeCloseTo(weight, 5);
    });
  });

  it('label smoothing mixes in the loss of the flipped label; one half is indifferent to the sign', () => {
    const [a, b, c, d] = pairs() as [number[], number[], number[], number[]];
    const straight = values(at({}, [a, b, c, d]).losses);
    const flipped = values(at({}, [b, a, d, c]).losses);
    near(values(at({ labelSmoothing: 0.2 }, [a, b, c, d]).losses), straight.map((x, i) => 0.8 * x + 0.2 * flipped[i]!), 4); // prettier-ignore
    const half = [at({ labelSmoothing: 0.5 }, [a, b, c, d]), at({ labelSmoothing: 0.5 }, [b, a, d, c])];
    near(values(half[0]!.losses), values(half[1]!.losses), 4);
  });

  it('smoothing makes a bounded margin best: the gradient vanishes at βh = ln((1−ε)/ε)', () => {
    const h = Math.log(0.9 / 0.1) / 0.3;
    const smoothed = { ...options, labelSmoothing: 0.1 };
    const zero = vector([0]);
    const f = (x: tf.Tensor) =>
      tf.sum(dpoLoss(x as tf.Tensor1D, zero, zero, zero, smoothed).losses) as tf.Scalar;
    expect(value(tf.grad(f)(vector([h])))).toBeCloseTo(0, 6);
    expect(value(tf.grad(f)(vector([h + 1])))).toBeGreaterThan(0);
    expect(value(tf.grad(f)(vector([h - 1])))).toBeLessThan(0);
  });

  it('IPO is smallest at h = 1/(2β); hinge is 0 from βh = 1 on', () => {
    const target = 1 / 0.6;
    const ipo = (h: number) => value(at({ lossType: 'ipo' }, [[h], [0], [0], [0]]).losses);
    expect(ipo(target)).toBeCloseTo(0, 6);
    expect(ipo(target + 1)).toBeCloseTo(1, 5);
    expect(ipo(target - 1)).toBeCloseTo(1, 5);
    const hinge = (h: number) => value(at({ lossType: 'hinge' }, [[h], [0], [0], [0]]).losses);
    expect(hinge(1 / 0.3 + 0.1)).toBe(0);
    expect(hinge(-1 / 0.3)).toBeCloseTo(2, 5);
  });

  it('reference-free ignores the reference in the loss but not in the rewards it reports', () => {
    const [a, b, c, d] = pairs() as [number[], number[], number[], number[]];
    const moved = c.map((x) => x + 5);
    const [one, two] = [
      at({ referenceFree: true }, [a, b, c, d]),
      at({ referenceFree: true }, [a, b, moved, d]),
    ];
    expect(values(one.losses)).toEqual(values(two.losses));
    expect(values(one.chosenRewards)).not.toEqual(values(two.chosenRewards));
    expect(values(at({}, [a, b, c, d]).losses)).not.toEqual(values(at({}, [a, b, moved, d]).losses));
  });

  it('stays finite where the naive formula overflows', () => {
    near(values(logSigmoid(vector([-1000, -100, 0, 100, 1000]))), [-1000, -100, -Math.LN2, 0, 0], 4);
    const { losses } = at({ beta: 5 }, [[-2000], [-1], [-1], [-1]]);
    expect(value(losses)).toBeCloseTo(9995, 0);
  });
});
