import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { registerGradients } from '../../../src/engine/shared/gradients';
import { questionOf, type Question } from '../../../src/pipeline/data/questions';
import { isRight, templateSpread } from '../../../src/pipeline/measures/accuracy';
import { bestOfNWeights } from '../../../src/pipeline/maths/best-of-n';
import { checkClaim, type Claim } from '../../../src/pipeline/records/claims';
import { bestOfNKl } from '../../../src/pipeline/maths/kl';
import { unlikelihoodLoss } from '../../../src/pipeline/losses/unlikelihood';
import { tiltedWeights } from '../../../src/pipeline/stages/tilt';
import { rngFrom } from '../../../src/random/rng';
import { BOS, decode, encode, EOS, instructionExample } from '../../../src/world';

beforeAll(async () => {
  await tf.setBackend('cpu');
  registerGradients();
});

const sum = (xs: ArrayLike<number>) => Array.from(xs).reduce((a, b) => a + b, 0);

describe('unlikelihood', () => {
  const mask = tf.tensor2d([[1, 1, 0]]);
  const loss = (probabilities: number[]) =>
    unlikelihoodLoss(tf.log(tf.tensor2d([probabilities])), mask).arraySync();

  it('is the mean of −log(1 − p) over the answer, padding left out', () => {
    expect(loss([0.5, 0.25, 1])).toBeCloseTo(-(Math.log(0.5) + Math.log(0.75)) / 2, 6);
  });

  it('is finite for certain tokens and 0 for impossible ones', () => {
    expect(loss([1, 1, 1])).toBeCloseTo(-Math.log(1e-6), 0);
    expect(unlikelihoodLoss(tf.tensor2d([[-80, -80, 0]]), mask).arraySync()).toBeCloseTo(0, 6);
  });

  it('has the gradient p/(1 − p) per token, over their number', () => {
    const gradient = tf.grad((x) => unlikelihoodLoss(x, mask))(tf.log(tf.tensor2d([[0.5, 0.8, 0.3]])));
    const expected = [1 / 2, 4 / 2, 0];
    gradient.dataSync().forEach((g, i) => expect(g).toBeCloseTo(expected[i]!, 4));
  });
});

describe('best of n', () => {
  const scores = [0.3, -1, 2, 0.7, 5, 1.1];

  /** Over all n-subsets. */
  function enumerate(n: number): number[] {
    const wins = scores.map(() => 0);
    let subsets = 0;
    for (let bits = 0; bits < 2 ** scores.length; bits++) {
      const chosen = scores.flatMap((_, i) => ((bits >> i) & 1 ? [i] : []));
      if (chosen.length !== n) continue;
      subsets++;
      wins[chosen.reduce((a, b) => (scores[b]! > scores[a]! ? b : a))]!++;
    }
    return wins.map((w) => w / subsets);
  }

  it.each([1, 2, 3, 6])('of %i: each answer is weighted by how often it is the best', (n) => {
    const weights = bestOfNWeights(scores, n);
    enumerate(n).forEach((w, i) => expect(weights[i]).toBeCloseTo(w, 12));
    expect(sum(weights)).toBeCloseTo(1, 12);
  });

  it('refuses more answers than there are', () => {
    expect(() => bestOfNWeights(scores, 7)).toThrow(RangeError);
  });

  it('has the analytic KL in the limit of many answers', () => {
    const N = 4000;
    const weights = bestOfNWeights(Array.from({ length: N }, (_, i) => i), 8); // prettier-ignore
    const kl = sum(weights.map((w) => (w > 0 ? w * Math.log(N * w) : 0)));
    expect(kl).toBeCloseTo(bestOfNKl(8), 2);
  });
});

describe('tilting', () => {
  it('is the exact optimum when every answer was drawn as often as it is likely', () => {
    const [rewards, beta] = [[0, 1, 1, -2], 0.7];
    const z = sum(rewards.map((r) => Math.exp(r / beta))) / 4;
    const { weights, kl, effectiveSamples } = tiltedWeights(rewards, beta);
    rewards.forEach((r, i) => expect(weights[i]).toBeCloseTo(Math.exp(r / beta) / (4 * z), 12));
    const expected = sum(rewards.map((r, i) => weights[i]! * (r / beta))) - Math.log(z);
    expect(kl).toBeCloseTo(expected, 12);
    expect(effectiveSamples).toBeCloseTo(1 / sum(weights.map((w) => w * w)), 12);
  });

  it('of equal rewards changes nothing; at β → 0 one answer carries everything', () => {
    const same = tiltedWeights([3, 3, 3, 3, 3], 0.01);
    expect(same.kl).toBeCloseTo(0, 12);
    expect(same.effectiveSamples).toBeCloseTo(5, 9);
    const sharp = tiltedWeights([0, 1, 2], 1e-3);
    expect(Array.from(sharp.weights)).toEqual([0, 0, 1]);
    expect(sharp.kl).toBeCloseTo(Math.log(3), 12);
  });
});

describe('answers', () => {
  const question: Question = {
    cluster: 'capital',
    template: 0,
    prompt: [BOS],
    answer: encode(['mip']),
  };
  it.each([
    [['mip', '.'], true],
    [['mip', ','], true],
    [['mip', '<eos>'], true],
    [['mip', 'mip'], false],
    [['mip'], false],
    [['tarn', '.'], false],
    [['the', 'mip', '.'], false],
  ])('%j to "mip" is right: %s', (words, right) => {
    expect(isRight(question, encode(words))).toBe(right);
    expect(EOS).toBe(encode(['<eos>'])[0]);
  });

  it('of a question are those of its example, without the full stop', () => {
    const example = instructionExample(rngFrom(3), 'reverse', 2, 'heldOut');
    const { prompt, answer } = questionOf(example);
    expect(decode(prompt.slice(1))).toEqual(example.prompt);
    expect([...decode(answer), '.']).toEqual(example.answer);
  });

  it('spread over the wordings: median and quartiles of the cells', () => {
    const questions = [12, 12, 13, 13, 14, 14].map((template) => ({ ...question, template }));
    const spread = templateSpread(questions, [0, 0, 1, 0, 1, 1], ['capital']);
    expect(spread).toEqual({ median: 0.5, q1: 0.25, q3: 0.75, iqr: 0.5 });
    const none = templateSpread(questions, [1, 1, 1, 1, 1, 1], ['king']);
    expect(none).toEqual({ median: 0, q1: 0, q3: 0, iqr: 0 });
  });
});

describe('claims', () => {
  const claim: Claim = {
    text: 'PPO beats SFT.',
    left: 'ppo.gold',
    op: '>',
    right: 'sft.gold',
    paper: { source: 'a paper', says: 'so' },
  };
  it('hold, do not hold, or wait for a figure', () => {
    expect(checkClaim(claim, { ppo: { gold: 0.5 }, sft: { gold: 0.1 } })).toMatchObject({
      left: 0.5,
      right: 0.1,
      holds: true,
    });
    expect(checkClaim(claim, { ppo: { gold: 0.1 }, sft: { gold: 0.1 } }).holds).toBe(false);
    expect(checkClaim({ ...claim, op: '>=' }, { ppo: { gold: 0.1 }, sft: { gold: 0.1 } }).holds).toBe(true);
    expect(checkClaim(claim, { ppo: { gold: 0.1 } }).holds).toBeUndefined();
  });
  it('name figures with dots in them, and numbers', () => {
    const figures = { 'a/reward': { 'gold.64': 2, source: 'live' } };
    expect(checkClaim({ ...claim, left: 'a/reward.gold.64', right: 1 }, figures).holds).toBe(true);
    expect(checkClaim({ ...claim, left: 'a/reward.source', right: 1 }, figures).holds).toBeUndefined();
  });
});
