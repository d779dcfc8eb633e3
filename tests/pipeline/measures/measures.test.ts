import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import { sampledKl } from '../../../src/pipeline/maths/best-of-n';
import { megaflops } from '../../../src/pipeline/measures/cost';
import {
  derivedFigures,
  frontierCurve,
  frontierGap,
  headToHead,
} from '../../../src/pipeline/measures/derived';
import { displacement } from '../../../src/pipeline/measures/displacement';
import { bestOfNKl } from '../../../src/pipeline/maths/kl';
import { drawPanel } from '../../../src/pipeline/data/labelers';
import { panelAgreement } from '../../../src/pipeline/measures/labeler-panel';
import { fitOveroptimization, fittedReward } from '../../../src/pipeline/maths/overoptimization';
import { historyOf, recordingOf, recordingSchema, textOf } from '../../../src/pipeline/records/recording';
import { modelOf, type Evaluation, type PreferencePair } from '../../../src/pipeline/contract/stage';
import { lengthControlledWinRate } from '../../../src/pipeline/maths/statistics';
import { rngFrom } from '../../../src/random/rng';
import { DEFAULT_LABELER, encode, EOS, preferenceProbability } from '../../../src/world';
import { nanoContext, openEngine, runToEnd, trainTrunk, type Trunk } from '../support';

describe('the over-optimisation curve', () => {
  const kls = [0.1, 0.5, 1, 2, 4, 8, 16, 40];

  it.each(['rl', 'best-of-n'] as const)('finds the α and β that made it (%s), and its peak', (form) => {
    const [alpha, beta] = form === 'rl' ? [0.5, 0.2] : [0.6, 0.1];
    const path = kls.map((kl) => ({ kl, gold: -0.1 + fittedReward(form, { alpha, beta }, kl) }));
    const fit = fitOveroptimization(form, [{ kl: 0, gold: -0.1 }, ...path]);
    expect(fit['fit.alpha']).toBeCloseTo(alpha, 10);
    expect(fit['fit.beta']).toBeCloseTo(beta, 10);
    expect(fit['fit.r2']).toBeCloseTo(1, 10);
    expect(fit['fit.r2Other']).toBeLessThan(0.9999);
    // at the peak the derivative is 0: steps to either side are lower
    const top = fit['fit.peakKl']!;
    const at = (kl: number) => fittedReward(form, { alpha, beta }, kl);
    expect(at(top)).toBeGreaterThan(at(top * 1.01));
    expect(at(top)).toBeGreaterThan(at(top * 0.99));
    expect(fit['peak.gold']).toBe(Math.max(...path.map((p) => p.gold)));
  });

  it('says nothing about a curve from few points, and no peak where reward only rises', () => {
    expect(fitOveroptimization('rl', [{ kl: 0, gold: 0 }])).toEqual({});
    expect(fitOveroptimization('rl', [{ kl: 0, gold: 0 }, { kl: 1, gold: 0.5 }])).toEqual({ 'peak.gold': 0.5, 'peak.kl': 1 }); // prettier-ignore
    const rising = [0, ...kls].map((kl) => ({ kl, gold: kl }));
    expect(fitOveroptimization('best-of-n', rising)['fit.peakKl']).toBeUndefined();
  });
});

describe('the distance to the best reachable reward', () => {
  const curve = [
    { kl: 0, gold: 0 },
    { kl: 1, gold: 0.4 },
    { kl: 2, gold: 0.6 },
  ];
  it('is measured at the own KL, linear between rungs, from the last one beyond it', () => {
    expect(frontierGap(curve, { kl: 0.5, gold: 0.1 })).toBeCloseTo(0.1, 12);
    expect(frontierGap(curve, { kl: 1, gold: 0.4 })).toBeCloseTo(0, 12);
    expect(frontierGap(curve, { kl: 1.5, gold: 0.2 })).toBeCloseTo(0.3, 12);
    expect(frontierGap(curve, { kl: 50, gold: -0.4 })).toBeCloseTo(1, 12);
    expect(frontierGap([], { kl: 1, gold: 0 })).toBeUndefined();
  });

  it('trusts only rungs with enough effective samples', () => {
    const rung = (kl: number, effectiveSamples: number) => ({ kl, gold: kl, effectiveSamples }) as Evaluation;
    expect(frontierCurve([rung(2, 5), rung(1, 20), rung(0.5, 100)]).map((p) => p.kl)).toEqual([0.5, 1]);
  });
});

describe('two arms head to head', () => {
  const answers = (gold: number[], length = gold.map(() => 5)) => ({
    gold: Float64Array.from(gold),
    length: Float64Array.from(length),
  });

  it('are compared prompt by prompt, ties half, and mirror each other', () => {
    const [a, b] = [answers([1, 0, 0.5, 0.2]), answers([0, 1, 0.5, 0.1])];
    expect(headToHead(a, b)).toMatchObject({ winRate: 0.625, prompts: 4 });
    expect(headToHead(b, a)!.winRate).toBeCloseTo(0.375, 12);
    expect(headToHead(a, answers([1]))).toBeUndefined();
  });

  it('end up in the figures of each arm, with the gap to a frontier', () => {
    const place = (kl: number, gold: number) => ({ kl, gold }) as Evaluation;
    const figures = derivedFigures([
      { id: 'a', isLimit: false, final: { kl: 1, gold: 0.3 }, evaluations: [], answers: answers([1, 1]) },
      { id: 'b', isLimit: false, final: { kl: 2, gold: 0.3 }, evaluations: [], answers: answers([0, 1]) },
      { id: 'f', isLimit: true, final: { kl: 2, gold: 1 }, evaluations: [place(0, 0), place(2, 1)] },
    ]);
    expect(figures['a']!['winRate/b']).toBe(0.75);
    expect(figures['a']!['gap']).toBeCloseTo(0.2, 12);
    expect(figures['b']!['gap']).toBeCloseTo(0.7, 12);
    expect(figures['f']).toEqual({});
  });

  it('at equal length: recovers what is left when length is taken out', () => {
    const rng = rngFrom(3);
    const n = 20_000;
    const [mine, theirs] = [answers([]), answers([])];
    const gold: number[] = [];
    const longer: number[] = [];
    for (let i = 0; i < n; i++) longer.push(rng.normal() * 4 + 2);
    const sd = Math.sqrt(longer.reduce((s, d) => s + (d - longer.reduce((a, b) => a + b, 0) / n) ** 2, 0) / (n - 1)); // prettier-ignore
    for (const d of longer) gold.push(rng.bernoulli(1 / (1 + Math.exp(-(0.3 + 1.5 * Math.tanh(d / sd))))) ? 1 : -1); // prettier-ignore
    mine.gold = Float64Array.from(gold);
    mine.length = Float64Array.from(longer, (d) => 20 + d);
    theirs.gold = new Float64Array(n);
    theirs.length = new Float64Array(n).fill(20);
    expect(lengthControlledWinRate(mine, theirs)).toBeCloseTo(1 / (1 + Math.exp(-0.3)), 1.5);
    expect(gold.filter((g) => g > 0).length / n).toBeGreaterThan(0.65); // the raw one is flattered by length
  });

  it('at equal length: the raw rate when lengths never differ, finite when everything is won', () => {
    expect(lengthControlledWinRate(answers([1, 1, 0]), answers([0, 0, 1]))).toBeCloseTo(2 / 3, 12);
    const all = lengthControlledWinRate(answers([1, 1, 1], [4, 6, 5]), answers([0, 0, 0], [5, 5, 5]));
    expect(all).toBeGreaterThan(0.9);
    expect(all).toBeLessThanOrEqual(1);
  });
});

describe('the KL of best-of-n by sampling', () => {
  it('is near the analytic one for answers that are all different, and never above it', () => {
    const scores = Array.from({ length: 512 }, (_, i) => (i * 37) % 512);
    const different = scores.map((_, i) => [i]);
    for (const n of [1, 2, 8, 64]) {
      const kl = sampledKl(different, scores, n);
      expect(kl).toBeLessThanOrEqual(bestOfNKl(n) + 1e-12);
      expect(kl).toBeGreaterThan(bestOfNKl(n) - 0.02);
    }
  });

  it('is lower where answers are alike: two kinds of answers, the best of 8', () => {
    const scores = Array.from({ length: 512 }, (_, i) => i);
    const alike = scores.map((i) => [Math.floor(i / 256)]);
    const low = 0.5 ** 8;
    const exact = low * Math.log(2 * low) + (1 - low) * Math.log(2 * (1 - low));
    expect(sampledKl(alike, scores, 8)).toBeCloseTo(exact, 10);
  });
});

it('arithmetic grows a little faster than the prompt', () => {
  const config = { vocabSize: 357, nPositions: 64, nEmbd: 64, nLayer: 2, nHead: 4 };
  expect(megaflops(config, 20)).toBeGreaterThan(2 * megaflops(config, 10));
  expect(megaflops(config, 1)).toBeCloseTo((2 * 127_000) / 1e6, 1);
});

describe('labelers with tastes', () => {
  const pair = (chosen: string, goldChosen: number, rejected: string, goldRejected: number) =>
    ({
      prompt: [],
      chosen: [...encode(chosen.split(' ')), EOS],
      rejected: [...encode(rejected.split(' ')), EOS],
      goldChosen,
      goldRejected,
    }) as PreferencePair;
  const pairs = [
    pair('it is white .', 0.5, 'it is white . it is white . it is white .', 0.45),
    pair('it is white .', 0.2, 'it is white . it is white .', 0.2),
  ];
  const context = { seed: 4, task: nanoContext(null as never).task };

  it('are the same people for the same seed, and two groups', () => {
    const panel = drawPanel(context, 1);
    expect(drawPanel(context, 1)).toEqual(panel);
    expect(panel.train).not.toEqual(panel.heldOut);
    expect(drawPanel(context, 0).train.every((t) => t.length === 0 && t.flattery === 0)).toBe(true);
  });

  it('agree as p² + (1 − p)² says when all judge alike, and less with tastes', () => {
    const alike = panelAgreement(pairs, drawPanel(context, 0), DEFAULT_LABELER);
    const ps = [preferenceProbability({ gold: 0.5, words: [] }, { gold: 0.45, words: [] }, DEFAULT_LABELER), 0.5]; // prettier-ignore
    const expected = ps.reduce((sum, p) => sum + p * p + (1 - p) ** 2, 0) / 2;
    expect(alike.labelerAgreement).toBeCloseTo(expected, 12);
    expect(alike.heldOutAgreement).toBeCloseTo(expected, 12);
    const clear = [pair('it is white .', 0.9, 'it is white . it is white . it is white .', 0.3)];
    const differing = panelAgreement(clear, drawPanel(context, 3), DEFAULT_LABELER);
    expect(differing.labelerAgreement).toBeLessThan(
      panelAgreement(clear, drawPanel(context, 0), DEFAULT_LABELER).labelerAgreement,
    );
  });
});

describe('what an arm is measured by', () => {
  let engine: Engine;
  let trunk: Trunk;
  const context = () =>
    nanoContext(engine, {
      evaluation: { times: 2, prompts: 16, finalPrompts: 64, temperatures: [0, 1], labelers: 1 },
    });
  beforeAll(async () => {
    engine = await openEngine();
    trunk = await trainTrunk(nanoContext(engine));
  }, 120_000);
  afterAll(() => engine?.dispose());

  it('a policy that is its reference has displaced nothing', async () => {
    const [policy, reference] = [modelOf(context(), trunk.sft), modelOf(context(), trunk.sft)];
    const moved = await displacement(policy, reference, trunk.preferences.heldOut);
    expect(moved).toEqual({ deltaChosen: 0, deltaRejected: 0, implicitAccuracy: 0.5 });
    policy.dispose();
    reference.dispose();
  });

  it('DPO: margins on unseen pairs, temperatures, labelers of both groups, answers for head to head', async () => {
    const parents = { sft: trunk.sft, preferences: trunk.preferences, reward: trunk.reward };
    const { result } = await runToEnd(context(), 'dpo', { steps: 60, learningRate: 1e-3 }, parents);
    const { summary, answers } = result;
    expect(summary['deltaChosen']!).toBeGreaterThan(summary['deltaRejected']!);
    expect(summary['implicitAccuracy']!).toBeGreaterThan(0.6);
    expect(summary['winRate@1']).toBeCloseTo(summary['winRate']!, 12); // the very same answers
    expect(summary['winRate@0']).not.toBe(summary['winRate@1']);
    expect(summary['labelerWinRate.train']!).toBeGreaterThan(0.5);
    expect(summary['labelerWinRate.heldOut']!).toBeGreaterThan(0.5);
    expect(answers!.gold).toHaveLength(64);
  }, 120_000);

  it('PPO: without clipping and with many epochs the ratio spreads further', async () => {
    const parents = { sft: trunk.sft, reward: trunk.reward };
    const spread = async (changes: object) =>
      (
        await runToEnd(
          context(),
          'ppo',
          { iterations: 6, epochs: 6, learningRate: 3e-3, ...changes },
          parents,
        )
      ).result.summary;
    const clipped = await spread({});
    const free = await spread({ clipRange: null, valueClip: null });
    expect(clipped['clipFraction']!).toBeGreaterThan(0);
    expect(free['clipFraction']).toBe(0);
    expect(free['ratioSpread']!).toBeGreaterThan(clipped['ratioSpread']!);
  }, 120_000);
});

describe('a recording', () => {
  it('keeps what is needed to show a run again, and no weights', () => {
    const at = { updates: 200, samples: 1, tokens: 1, seconds: 0.123456789 };
    const evaluation = { gold: 0.1234567, kl: 1 } as Evaluation;
    const nodes = [
      {
        node: { id: 'ppo', name: 'PPO', stage: 'ppo', size: 'tiny', key: 'k', seed: 1, settings: {}, inputs: {}, shippable: false }, // prettier-ignore
        status: 'done',
        run: {
          key: 'k',
          notices: [],
          source: 'live',
          seconds: 3,
          result: { artifact: null as never, summary: { gold: 0.1, nothing: NaN } },
          events: [
            ...Array.from({ length: 200 }, (_, i) => ({ type: 'metrics' as const, update: i + 1, metrics: { loss: i }, ...at })), // prettier-ignore
            { type: 'evaluation' as const, update: 200, evaluation, weights: new Float32Array(3), ...at },
          ],
        },
      },
    ] as const;
    const config = { arms: [{ id: 'ppo' }] } as never;
    const summary = { demo: 'd', seed: 1, backend: 'wasm', seconds: 4, config } as never;
    const recording = recordingOf(summary, nodes as never, []);
    expect(recordingSchema.parse(JSON.parse(JSON.stringify(recording)))).toEqual(recording);
    const { events } = recording.nodes[0]!;
    expect(events.length).toBeLessThan(70);
    expect(events.at(-1)).toMatchObject({
      type: 'evaluation',
      evaluation: { gold: 0.12346 },
      seconds: 0.12346,
    });
    expect(JSON.stringify(recording)).not.toContain('weights');
    expect(historyOf(nodes as never, config)['ppo']).toHaveLength(1);
  });

  it('writes answers as text', () => {
    expect(textOf([...encode(['it', 'is']), EOS])).toBe('it is');
    expect(textOf(encode(['it', 'is']))).toBe('it is …');
  });
});
