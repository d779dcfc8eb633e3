import { z } from 'zod';
import { bestOfNWeights, sampledKl } from '../maths/best-of-n';
import { amount, formatFigure, nats, sometimes } from '../contract/figures';
import { bestOfNKl } from '../maths/kl';
import { fitOveroptimization, PEAK_FIGURES, type PathPoint } from '../maths/overoptimization';
import { DERIVED_FIGURES } from '../measures/derived';
import { EVALUATION_FIGURES } from '../measures/evaluate';
import { ARM_HEADLINE } from '../training/arm';
import { alike, referenceAnswers, weightedEvaluation, type PromptSamples } from '../measures/reweighted';
import { choice, integer } from '../contract/settings';
import { defineStage, parent } from '../contract/stage';
import { mean } from '../maths/statistics';

const settings = z.object({
  largest: integer(64, 1, 1024, {
    label: 'largest n',
    symbol: 'n',
    unit: 'answers',
    typical: [16, 128],
    effect: 'More answers to choose from: higher reward, at that many times the cost of answering.',
  }),
  samples: integer(128, 2, 2048, {
    label: 'answers per prompt',
    unit: 'answers',
    typical: [64, 256],
    effect: 'More: a less noisy estimate for every n; at least the largest n is drawn.',
    advanced: true,
  }),
  reward: choice(['proxy', 'gold'], 'proxy', {
    label: 'chosen by',
    effect: 'Proxy: the reward model, as in practice; gold: the true reward, for comparison.',
  }),
});

export type BestOfNSettings = z.infer<typeof settings>;

/** Answers to each prompt. */
const answersUsed = (s: BestOfNSettings): number => Math.max(s.samples, s.largest);

/**
 * Best-of-n (Nakano et al. 2021; Gao et al. 2022): n answers of SFT, the reward model picks one. Nothing is
 * trained; the artifact is SFT itself. One evaluation for each n = 1, 2, 4, …; its KL is the sampling estimate
 * E[ln π/π_SFT] of all arms, here over SFT's answers by the probability that each is the best (`sampledKl`). The
 * analytic ln n − (n − 1)/n is an upper bound: `klBound.<n>` in the summary.
 */
export const bestOfN = defineStage({
  name: 'best-of-n',
  version: (s) => (answersUsed(s) === 256 ? 4 : 5), // the noise of an answer depended on how many there are
  settings,
  inputs: ['sft', 'reward'],
  place: { kind: 'lecture', armName: 'Best of n' },
  learnsFrom: null,
  course: 'ladder',
  comparedWith: 'sft',
  referenceAnswers: answersUsed,
  fit: 'best-of-n',
  metrics: { num_tokens: 'optimiser' },
  figures: {
    ...EVALUATION_FIGURES,
    lcWinRate: sometimes(EVALUATION_FIGURES.lcWinRate),
    ...DERIVED_FIGURES,
    ...PEAK_FIGURES,
    bestOf: amount('answers'),
    klBound: nats({ varies: ['point'], when: 'sometimes' }),
  },
  headline: ARM_HEADLINE,
  async *run(context, s, parents) {
    const sft = parent(parents, 'sft');
    const prompts = context.evaluation.prompts;
    const count = answersUsed(s);
    const drawn: PromptSamples[] = [];
    let tokens = 0;
    for await (const one of referenceAnswers(context, parents, prompts, count)) {
      drawn.push(one);
      tokens += one.tokens.length;
      if (drawn.length % 8 && drawn.length < prompts) continue;
      const [update, samples] = [drawn.length, drawn.length * count];
      yield { type: 'metrics', update, updates: prompts, samples, tokens, metrics: { num_tokens: tokens } };
    }
    const sizes = powersOfTwo(s.largest);
    const same = drawn.map(alike);
    const summary: Record<string, number> = {};
    const path: PathPoint[] = [];
    for (const [update, n] of sizes.entries()) {
      const scores = drawn.map((one) => (s.reward === 'gold' ? one.gold : one.proxy));
      const weights = scores.map((of) => bestOfNWeights(of, n));
      const kl = mean(same.map((answers, p) => sampledKl(answers, scores[p]!, n)));
      const evaluation = { ...weightedEvaluation(context, drawn, weights, kl), bestOf: n };
      path.push(evaluation);
      const samples = n * prompts; // what choosing among n costs
      const cost = Math.round((tokens * n) / count);
      yield { type: 'evaluation', update, updates: sizes.length - 1, samples, tokens: cost, evaluation };
      for (const base of ['gold', 'proxy', 'kl'] as const)
        summary[formatFigure({ base, point: n })] = evaluation[base]!;
      summary[formatFigure({ base: 'klBound', point: n })] = bestOfNKl(n);
      Object.assign(summary, evaluation);
    }
    return { artifact: sft, summary: { ...summary, ...fitOveroptimization('best-of-n', path) } };
  },
});

/** 1, 2, 4, … up to and including the limit. */
const powersOfTwo = (limit: number): number[] => {
  const below = Array.from({ length: Math.floor(Math.log2(limit)) + 1 }, (_, i) => 2 ** i);
  return below.at(-1) === limit ? below : [...below, limit];
};
