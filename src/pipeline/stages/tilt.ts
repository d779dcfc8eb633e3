import { z } from 'zod';
import { formatFigure, numeric, sometimes } from '../contract/figures';
import { DERIVED_FIGURES } from '../measures/derived';
import { EVALUATION_FIGURES } from '../measures/evaluate';
import { ARM_HEADLINE } from '../training/arm';
import { referenceAnswers, weightedEvaluation, type PromptSamples } from '../measures/reweighted';
import { choice, integer, number } from '../contract/settings';
import { defineStage, parent } from '../contract/stage';
import { mean } from '../maths/statistics';

const settings = z.object({
  reward: choice(['gold', 'proxy'], 'gold', {
    label: 'reward',
    effect:
      'Gold: the best that anyone could reach; proxy: what a perfect optimiser of the reward model gets.',
  }),
  samples: integer(256, 2, 4096, {
    label: 'answers per prompt',
    unit: 'answers',
    typical: [128, 1024],
    effect: 'More: the estimate holds further from SFT (up to about ln of this many nats).',
  }),
  highestBeta: number(3, 0.001, 100, {
    label: 'highest beta',
    symbol: '\\beta',
    unit: 'reward per nat',
    typical: [1, 10],
    effect: 'Where the ladder begins: close to SFT.',
  }),
  lowestBeta: number(0.1, 0.001, 100, {
    label: 'lowest beta',
    symbol: '\\beta',
    unit: 'reward per nat',
    typical: [0.03, 0.3],
    effect: 'Where the ladder ends: far from SFT, with few effective samples.',
  }),
  rungs: integer(9, 1, 50, {
    label: 'rungs',
    unit: 'values of beta',
    typical: [5, 15],
    effect: 'More: a finer curve.',
    advanced: true,
  }),
});

export type TiltSettings = z.infer<typeof settings>;

/** Below this many effective samples per prompt an estimate does not become the headline. */
const ENOUGH = 10;

/**
 * The best reachable frontier: π* ∝ π_SFT·exp(r/β) has the highest E[r] − β·KL of all policies (Korbak et al.
 * 2022; Rafailov et al. 2023 eq. 4), so no arm can be above this curve. Nothing is trained; the artifact is
 * SFT itself.
 *
 * Estimated by self-normalised importance weights over N answers of SFT per prompt. The bias is O(1/N) and
 * towards SFT: reward and KL are too low once few answers carry the weight (KL can never exceed ln N). The
 * effective sample size 1/Σw² says when: every evaluation carries it, and the headline is the lowest β for
 * which it is at least 10.
 */
export const tilt = defineStage({
  name: 'tilt',
  version: (s) => (s.samples === 256 ? 1 : 2), // the noise of an answer depended on how many there are
  settings,
  inputs: ['sft', 'reward'],
  place: { kind: 'lecture', armName: 'Optimum' },
  learnsFrom: null,
  course: 'ladder',
  comparedWith: 'sft',
  referenceAnswers: (s) => s.samples,
  isLimit: (s) => s.reward === 'gold', // by the proxy it is one more way to over-optimise
  metrics: { num_tokens: 'optimiser' },
  figures: {
    ...EVALUATION_FIGURES,
    lcWinRate: sometimes(EVALUATION_FIGURES.lcWinRate),
    ...DERIVED_FIGURES,
    beta: numeric(2),
    effectiveSamples: numeric(1, { varies: ['point'] }),
  },
  headline: ARM_HEADLINE,
  async *run(context, s, parents) {
    const sft = parent(parents, 'sft');
    const prompts = context.evaluation.prompts;
    const drawn: PromptSamples[] = [];
    let tokens = 0;
    for await (const one of referenceAnswers(context, parents, prompts, s.samples)) {
      drawn.push(one);
      tokens += one.tokens.length;
      if (drawn.length % 8 && drawn.length < prompts) continue;
      const [update, samples] = [drawn.length, drawn.length * s.samples];
      yield { type: 'metrics', update, updates: prompts, samples, tokens, metrics: { num_tokens: tokens } };
    }
    const ladder = betaLadder(s.highestBeta, s.lowestBeta, s.rungs);
    const names = rungNames(ladder);
    const summary: Record<string, number> = {};
    for (const [update, beta] of ladder.entries()) {
      const tilted = drawn.map((one) => tiltedWeights(s.reward === 'gold' ? one.gold : one.proxy, beta));
      const weights = tilted.map((t) => t.weights);
      const evaluation = {
        ...weightedEvaluation(context, drawn, weights, mean(tilted.map((t) => t.kl))),
        beta,
        effectiveSamples: mean(tilted.map((t) => t.effectiveSamples)),
      };
      const samples = drawn.length * s.samples;
      yield { type: 'evaluation', update, updates: ladder.length - 1, samples, tokens, evaluation };
      for (const base of ['gold', 'proxy', 'kl', 'effectiveSamples'] as const)
        summary[formatFigure({ base, point: names[update]! })] = evaluation[base]!;
      if (update === 0 || evaluation.effectiveSamples >= ENOUGH) Object.assign(summary, evaluation);
    }
    return { artifact: sft, summary };
  },
});

/** From the highest to the lowest value in equal ratios. */
const betaLadder = (highest: number, lowest: number, rungs: number): number[] =>
  Array.from({ length: rungs }, (_, i) => highest * (lowest / highest) ** (i / Math.max(1, rungs - 1)));

/**
 * The β of every rung as it stands in the names of figures: as few significant digits as tell all rungs apart, at
 * least two. Rungs of the same β have the same figures and share a name.
 */
export function rungNames(ladder: readonly number[]): number[] {
  const different = new Set(ladder).size;
  for (let digits = 2; digits < 17; digits++) {
    const names = ladder.map((beta) => Number(beta.toPrecision(digits)));
    if (new Set(names).size === different) return names;
  }
  return [...ladder];
}

export interface Tilted {
  /** exp(r/β)/Σ exp(r/β), adding up to 1. */
  weights: Float64Array;
  /** KL(π* ‖ π_SFT) estimated as Σ w·ln(N·w), nats; between 0 and ln N. */
  kl: number;
  /** 1/Σw² (Kish), between 1 and N. */
  effectiveSamples: number;
}

/** Self-normalised importance weights of π* ∝ π_SFT·exp(r/β) on answers drawn from π_SFT. */
export function tiltedWeights(rewards: ArrayLike<number>, beta: number): Tilted {
  const highest = Array.from(rewards).reduce((a, b) => Math.max(a, b), -Infinity);
  const raw = Float64Array.from(rewards, (r) => Math.exp((r - highest) / beta));
  const total = raw.reduce((a, b) => a + b, 0);
  const weights = raw.map((w) => w / total);
  return {
    weights,
    kl: weights.reduce((sum, w) => sum + (w > 0 ? w * Math.log(rewards.length * w) : 0), 0),
    effectiveSamples: 1 / weights.reduce((sum, w) => sum + w * w, 0),
  };
}
