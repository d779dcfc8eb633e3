import { z } from 'zod';
import { bestOfNKl } from './kl';
import { fitOveroptimization, type PathPoint } from './overoptimization';
import { sampleReference, weightedEvaluation, type PromptSamples } from './reweighted';
import { choice, integer } from './settings';
import { parent, type LanguageModelArtifact, type Stage } from './stage';
import { mean } from './statistics';

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

/**
 * Best-of-n (Nakano et al. 2021; Gao et al. 2022): n answers of SFT, the reward model picks one. Nothing is
 * trained; the artifact is SFT itself. One evaluation for each n = 1, 2, 4, …; its KL is the sampling estimate
 * E[ln π/π_SFT] of all arms, here over SFT's answers by weight (`weightedKl`). The analytic ln n − (n − 1)/n is
 * an upper bound, exact when no answer comes twice: `klBound.<n>` in the summary.
 */
export const bestOfN: Stage<BestOfNSettings, LanguageModelArtifact> = {
  name: 'best-of-n',
  version: 2,
  settings,
  inputs: ['sft', 'reward'],
  async *run(context, s, parents) {
    const sft = parent(parents, 'sft');
    const prompts = context.evaluation.prompts;
    const count = Math.max(s.samples, s.largest);
    const drawn: PromptSamples[] = [];
    let tokens = 0;
    for await (const one of sampleReference(context, sft, parent(parents, 'reward'), prompts, count)) {
      drawn.push(one);
      tokens += one.completions.reduce((sum, c) => sum + c.length, 0);
      if (drawn.length % 8 && drawn.length < prompts) continue;
      const [update, samples] = [drawn.length, drawn.length * count];
      yield { type: 'metrics', update, updates: prompts, samples, tokens, metrics: { num_tokens: tokens } };
    }
    const sizes = powersOfTwo(s.largest);
    const summary: Record<string, number> = {};
    const path: PathPoint[] = [];
    for (const [update, n] of sizes.entries()) {
      const weights = drawn.map((one) => bestOfNWeights(s.reward === 'gold' ? one.gold : one.proxy, n));
      const kl = mean(drawn.map((one, p) => weightedKl(one.completions, weights[p]!)));
      const evaluation = { ...weightedEvaluation(context, drawn, weights, kl), bestOf: n };
      path.push(evaluation);
      const samples = n * prompts; // what choosing among n costs
      const cost = Math.round((tokens * n) / count);
      yield { type: 'evaluation', update, updates: sizes.length - 1, samples, tokens: cost, evaluation };
      for (const name of ['gold', 'proxy', 'kl'] as const) summary[`${name}.${n}`] = evaluation[name]!;
      summary[`klBound.${n}`] = bestOfNKl(n);
      Object.assign(summary, evaluation);
    }
    return { artifact: sft, summary: { ...summary, ...fitOveroptimization('best-of-n', path) } };
  },
};

/**
 * KL of the policy that gives answer i with probability `weights[i]`, from the policy that gave all of them in
 * equal shares: Σ W·ln(W·N/m) over different answers, W and m the weight and number of those alike; nats. Between
 * 0 and ln N, and estimated from N samples as E[ln π/π_SFT].
 */
export function weightedKl(answers: readonly (readonly number[])[], weights: Float64Array): number {
  const alike = new Map<string, { weight: number; count: number }>();
  answers.forEach((answer, i) => {
    const key = answer.join();
    const { weight, count } = alike.get(key) ?? { weight: 0, count: 0 };
    alike.set(key, { weight: weight + weights[i]!, count: count + 1 });
  });
  let kl = 0;
  for (const { weight, count } of alike.values())
    if (weight > 0) kl += weight * Math.log((weight * answers.length) / count);
  return kl;
}

/** 1, 2, 4, … up to and including the limit. */
const powersOfTwo = (limit: number): number[] => {
  const below = Array.from({ length: Math.floor(Math.log2(limit)) + 1 }, (_, i) => 2 ** i);
  return below.at(-1) === limit ? below : [...below, limit];
};

/**
 * Probability that each of N answers is the best of n drawn from them without replacement: for the answer
 * of rank j from below it is C(j − 1, n − 1)/C(N, n) (Nakano et al. 2021). Averages under these weights are
 * unbiased for best-of-n and use every answer. Equal scores are ranked in the order given. Adds up to 1.
 */
export function bestOfNWeights(scores: ArrayLike<number>, n: number): Float64Array {
  const N = scores.length;
  if (!(n >= 1 && n <= N)) throw new RangeError(`best of ${n} from ${N} answers`);
  const order = Array.from({ length: N }, (_, i) => i).sort((a, b) => scores[a]! - scores[b]! || a - b);
  const weights = new Float64Array(N);
  let weight = n / N; // of the highest: C(N − 1, n − 1)/C(N, n)
  for (let j = N; j >= n; j--) {
    weights[order[j - 1]!] = weight;
    weight *= j > 1 ? (j - n) / (j - 1) : 0;
  }
  return weights;
}
