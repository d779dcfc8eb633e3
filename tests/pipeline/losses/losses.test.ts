import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { registerGradients } from '../../../src/engine/shared/gradients';
import { explainedVariance, generalizedAdvantages, whiten } from '../../../src/pipeline/maths/advantages';
import { adaptKlCoef, klEstimators, penalisedRewards, sequenceKl } from '../../../src/pipeline/maths/kl';
import { dpoLoss, type DpoOptions } from '../../../src/pipeline/losses/dpo';
import { logSigmoid, shareGreater } from '../../../src/pipeline/losses/masked';
import { ppoPolicyLoss, ppoValueLoss } from '../../../src/pipeline/losses/ppo';
import { pairwiseRewardLoss, rewardModelLoss } from '../../../src/pipeline/losses/reward';
import { negativeLogLikelihood, sftLoss } from '../../../src/pipeline/losses/sft';
import { maskedMean, total, zipWith } from '../../../src/pipeline/maths/matrix';
import type { Matrix, Outputs } from '../../../src/engine/types';
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
/** The same values with other ones outside the mask. */
const disturbed = (values: number[]): number[] => values.map((v, i) => (MASK[i] ? v : v + 17 * rng.normal()));

const tensor = (values: number[]) => tf.tensor2d(values, [B, C]);
const matrix = (values: number[]): Matrix => ({ rows: B, cols: C, data: Float32Array.from(values) });
const masked = (values: number[]): number[] => values.map((v, i) => v * MASK[i]!);
const value = (x: tf.Tensor): number => x.dataSync()[0]!;
const values = (x: tf.Tensor): number[] => Array.from(x.dataSync());
const near = (a: number[], b: number[], digits = 5) => {
  expect(a.length).toBe(b.length);
  a.forEach((x, i) => expect(x, `at ${i}`).toBeCloseTo(b[i]!, digits));
};

describe('what lies outside the mask changes nothing', () => {
  const mask = () => tensor(MASK);

  it('in the policy loss and its gradient', () => {
    const [logProbs, old, advantages] = [random(0.5), random(0.5), random()] as const;
    const at = (p: number[], o: number[], a: number[]) => {
      const f = (x: tf.Tensor) => ppoPolicyLoss(x, tensor(o), tensor(a), mask(), 0.2);
      const { loss, clipFraction, approxKl, ratioMean, ratioVar } = f(tensor(p));
      const gradient = values(tf.grad((x) => f(x).loss)(tensor(p))).map((g) => g + 0); // no −0
      return [...[loss, clipFraction, approxKl, ratioMean, ratioVar].map(value), ...gradient];
    };
    const before = at(logProbs, old, advantages);
    expect(at(disturbed(logProbs), disturbed(old), disturbed(advantages))).toEqual(before);
    before.slice(5).forEach((g, i) => !MASK[i] && expect(Math.abs(g)).toBe(0));
  });

  it('in the value loss', () => {
    const [v, old, returns] = [random(), random(), random()] as const;
    const at = (a: number[], b: number[], c: number[]) => {
      const { loss, clipFraction } = ppoValueLoss(tensor(a), tensor(b), tensor(c), mask(), 0.2);
      return [value(loss), value(clipFraction)];
    };
    expect(at(disturbed(v), disturbed(old), disturbed(returns))).toEqual(at(v, old, returns));
  });

  it('in the SFT loss and its entropy', () => {
    const [logProbs, entropy] = [random(), random()];
    const at = (p: number[], h: number[]) => {
      const outputs = { logProbs: tensor(p), entropy: tensor(h), mask: mask() } as Outputs;
      const { loss, metrics } = sftLoss(outputs);
      return [value(loss), value(metrics!['entropy']!), value(negativeLogLikelihood(outputs).loss)];
    };
    const before = at(logProbs, entropy);
    expect(at(disturbed(logProbs), disturbed(entropy))).toEqual(before);
    expect(before[0]).toBeCloseTo(-masked(logProbs).reduce((a, b) => a + b) / 14, 5);
  });

  it('in KL, rewards, advantages and whitening', () => {
    const mask = matrix(MASK);
    const at = (p: number[], q: number[], v: number[]) => {
      const [policy, reference] = [matrix(p), matrix(q)];
      const kl = klEstimators.k1(policy, reference, mask);
      const rewards = penalisedRewards(kl, mask, [1, 2, 3, 4], 0.1);
      const gae = generalizedAdvantages(rewards, matrix(v), mask, 0.99, 0.9);
      return [
        ...[kl, klEstimators.k2(policy, reference, mask), klEstimators.k3(policy, reference, mask)],
        ...[rewards, gae.advantages, gae.returns, whiten(matrix(v), mask), whiten(matrix(v), mask, false)],
      ].map((m) => Array.from(m.data));
    };
    const [p, q, v] = [random(), random(), random()] as const;
    const before = at(p, q, v);
    expect(at(disturbed(p), disturbed(q), disturbed(v))).toEqual(before);
    for (const m of before) m.forEach((x, i) => !MASK[i] && expect(x).toBe(0));
  });
});

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

describe('the reward model loss', () => {
  it('comes with an accuracy that counts ties half', () => {
    const vector = (xs: number[]) => tf.tensor1d(xs);
    expect(value(shareGreater(vector([1, 0, 2, 5]), vector([0, 1, 2, 5])))).toBe(0.5);
    expect(value(shareGreater(vector([1, 1]), vector([0, 1])))).toBe(0.75);
    expect(value(rewardModelLoss({ scores: vector([0, 0, 0, 0]) } as Outputs).metrics!['accuracy']!)).toBe(
      0.5,
    );
  });

  it('starts at ln 2, needs the margin to be overcome and sees only differences', () => {
    const [chosen, rejected] = [tf.tensor1d([1, -2, 0.5]), tf.tensor1d([1, -2, 0.5])];
    near(values(pairwiseRewardLoss(chosen, rejected)), [Math.LN2, Math.LN2, Math.LN2], 6);
    const better = tf.add(chosen, 2) as tf.Tensor1D;
    near(values(pairwiseRewardLoss(better, rejected, 2)), [Math.LN2, Math.LN2, Math.LN2], 6);
    const perPair = values(pairwiseRewardLoss(better, rejected, tf.tensor1d([0, 2, 4])));
    expect(perPair[0]).toBeLessThan(perPair[1]!);
    expect(perPair[1]).toBeLessThan(perPair[2]!);
    const shifted = pairwiseRewardLoss(tf.add(better, 9) as tf.Tensor1D, tf.add(rejected, 9) as tf.Tensor1D);
    near(values(shifted), values(pairwiseRewardLoss(better, rejected)), 5);
  });

  it('reads the first half of the scores as chosen and the second as rejected', () => {
    const { loss, metrics } = rewardModelLoss({ scores: tf.tensor1d([3, 0, 1, 2]) } as Outputs);
    expect(value(loss)).toBeCloseTo((Math.log(1 + Math.exp(-2)) + Math.log(1 + Math.exp(2))) / 2, 5);
    const numbers = Object.fromEntries(Object.entries(metrics!).map(([name, x]) => [name, value(x)]));
    expect(numbers).toEqual({ accuracy: 0.5, margin: 0, min_reward: 0, mean_reward: 1.5, max_reward: 3 });
  });
});

describe('advantages and KL', () => {
  it('with λ = γ = 1 the return is the sum of the rewards to come, whatever the values', () => {
    const mask = matrix(MASK);
    const rewards = matrix(masked(random()));
    const { returns, advantages } = generalizedAdvantages(rewards, matrix(random()), mask, 1, 1);
    for (let r = 0; r < B; r++)
      for (let c = 0; c < LENGTHS[r]!; c++) {
        const rest = rewards.data.slice(r * C + c, r * C + LENGTHS[r]!).reduce((a, b) => a + b, 0);
        expect(returns.data[r * C + c]).toBeCloseTo(rest, 4);
      }
    const none = generalizedAdvantages(rewards, matrix(new Array<number>(B * C).fill(0)), mask, 1, 1);
    near(Array.from(none.advantages.data), Array.from(none.returns.data));
    expect(advantages.data[C]).toBeCloseTo(rewards.data[C]! - (returns.data[C]! - advantages.data[C]!), 4);
  });

  it('with λ = 0 the advantage is the one-step error', () => {
    const [mask, rewards, v] = [matrix(MASK), matrix(masked(random())), matrix(masked(random()))];
    const { advantages } = generalizedAdvantages(rewards, v, mask, 0.9, 0);
    for (let r = 0; r < B; r++)
      for (let c = 0; c < LENGTHS[r]!; c++) {
        const i = r * C + c;
        const next = c + 1 < LENGTHS[r]! ? v.data[i + 1]! : 0; // nothing after the end
        expect(advantages.data[i]).toBeCloseTo(rewards.data[i]! + 0.9 * next - v.data[i]!, 5);
      }
  });

  it('a perfect value function leaves no advantage', () => {
    const mask = matrix(MASK);
    const rewards = matrix(masked(random()));
    const { returns } = generalizedAdvantages(rewards, matrix(new Array<number>(B * C).fill(0)), mask, 1, 1);
    const { advantages } = generalizedAdvantages(rewards, returns, mask, 1, 0.95);
    near(Array.from(advantages.data), new Array<number>(B * C).fill(0));
  });

  it('whitened values have mean 0 and unbiased variance 1 over the mask', () => {
    const mask = matrix(MASK);
    const white = whiten(matrix(random(7)), mask);
    expect(maskedMean(white, mask)).toBeCloseTo(0, 5);
    expect(total(zipWith((x) => x * x, white))).toBeCloseTo(13, 4); // 14 tokens
    const flat = whiten(matrix(new Array<number>(B * C).fill(3)), mask);
    expect(flat.data.every((x) => x === 0)).toBe(true); // no spread: not NaN
  });

  it('k1 averages to the exact KL, k3 too and is never negative, k2 never is', () => {
    const [p, q] = [[0.7, 0.2, 0.1], [0.3, 0.3, 0.4]]; // prettier-ignore
    const exact = p!.reduce((sum, x, i) => sum + x * Math.log(x / q![i]!), 0);
    const draws = 40_000;
    const row = Array.from({ length: draws }, () => rng.weighted([0, 1, 2], p!));
    const logs = (of: number[]): Matrix => ({
      rows: 1,
      cols: draws,
      data: Float32Array.from(row, (i) => Math.log(of[i]!)),
    });
    const mask = { rows: 1, cols: draws, data: new Float32Array(draws).fill(1) };
    const [k1, k2, k3] = (['k1', 'k2', 'k3'] as const).map((k) => klEstimators[k](logs(p!), logs(q!), mask));
    expect(maskedMean(k1!, mask)).toBeCloseTo(exact, 1);
    expect(Math.abs(maskedMean(k3!, mask) - exact)).toBeLessThan(0.01);
    expect([...k2!.data, ...k3!.data].every((x) => x >= 0)).toBe(true);
    expect(k1!.data.some((x) => x < 0)).toBe(true);
    expect(sequenceKl(logs(p!), logs(q!), mask)[0]! / draws).toBeCloseTo(maskedMean(k1!, mask), 5);
  });

  it('the score lands on the last token of each row; the penalty is −β·k1 on every token', () => {
    const kl = matrix(random());
    const rewards = penalisedRewards(kl, matrix(MASK), [10, 20, 30, 40], 0.5);
    for (let r = 0; r < B; r++)
      for (let c = 0; c < C; c++) {
        const score = c === LENGTHS[r]! - 1 ? 10 * (r + 1) : 0;
        const penalty = c < LENGTHS[r]! ? -0.5 * kl.data[r * C + c]! : 0;
        expect(rewards.data[r * C + c]).toBeCloseTo(score + penalty, 4);
      }
  });

  it('the adaptive coefficient rises above the target, falls below it and is clipped at 20 %', () => {
    const options = { target: 4, horizon: 1000, samples: 100 };
    expect(adaptKlCoef(0.1, 4, options)).toBe(0.1);
    expect(adaptKlCoef(0.1, 4.4, options)).toBeCloseTo(0.1 * 1.01, 9);
    expect(adaptKlCoef(0.1, 400, options)).toBeCloseTo(0.1 * 1.02, 9);
    expect(adaptKlCoef(0.1, 0, options)).toBeCloseTo(0.1 * 0.98, 9);
  });

  it('the adaptive coefficient never turns negative: a batch longer than the horizon moves it by 20 %', () => {
    for (const samples of [64, 256, 1e6]) {
      const options = { target: 4, horizon: 10, samples };
      expect(adaptKlCoef(0.2, 0, options)).toBeCloseTo(0.16, 12);
      expect(adaptKlCoef(0.2, 400, options)).toBeCloseTo(0.24, 12);
    }
  });

  it('explained variance is 1 for the returns themselves, 0 for a constant, absent where nothing varies', () => {
    const [mask, returns] = [matrix(MASK), matrix(random())];
    expect(explainedVariance(returns, returns, mask)).toBe(1);
    expect(explainedVariance(matrix(MASK), returns, mask)).toBeCloseTo(0, 6);
    expect(explainedVariance(returns, matrix(MASK), mask)).toBeUndefined();
  });

  it('matrices of different shapes are refused', () => {
    const [a, b] = [matrix(random()), { rows: 1, cols: 1, data: new Float32Array(1) }];
    expect(() => zipWith((x, y) => x! + y!, a, b)).toThrow(RangeError);
  });
});
