/** Indices from the lowest score to the highest. */
const ranked = (scores: ArrayLike<number>): number[] =>
  Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);

/** Gives each answer the weight of its rank (0: lowest); answers of equal score share what their ranks weigh. */
function weightsByRank(scores: ArrayLike<number>, weightOf: (rank: number) => number): Float64Array {
  const order = ranked(scores);
  const weights = new Float64Array(order.length);
  for (let from = 0; from < order.length;) {
    let to = from;
    let sum = 0;
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) sum += weightOf(to++);
    for (const i of order.slice(from, to)) weights[i] = sum / (to - from);
    from = to;
  }
  return weights;
}

/**
 * KL(best-of-n ‖ SFT), nats, from N answers of SFT: the answer of rank j from below is the best of n independent
 * ones with probability W = (j/N)ⁿ − ((j − 1)/N)ⁿ, answers of equal score share theirs, and the estimate is
 * Σ W·ln(W·N/m) over different answers, m counting those alike. Sharing and grouping can only lower a KL, so this is
 * at most ln n − (n − 1)/n, and nears it as N grows where no answer comes twice and no score. A constant score
 * chooses nothing: 0.
 */
export function sampledKl(
  answers: ArrayLike<number | readonly number[]>,
  scores: ArrayLike<number>,
  n: number,
): number {
  const N = answers.length;
  const weights = weightsByRank(scores, (rank) => ((rank + 1) / N) ** n - (rank / N) ** n);
  const alike = new Map<string, { weight: number; count: number }>();
  for (let i = 0; i < N; i++) {
    const key = String(answers[i]!);
    const { weight, count } = alike.get(key) ?? { weight: 0, count: 0 };
    alike.set(key, { weight: weight + weights[i]!, count: count + 1 });
  }
  let kl = 0;
  for (const { weight, count } of alike.values())
    if (weight > 0) kl += weight * Math.log((weight * N) / count);
  return kl;
}

/**
 * Probability that each of N answers is the best of n drawn from them without replacement: for the answer
 * of rank j from below it is C(j − 1, n − 1)/C(N, n) (Nakano et al. 2021), shared by answers of equal score. Averages
 * under these weights are unbiased for best-of-n and use every answer. Adds up to 1.
 */
export function bestOfNWeights(scores: ArrayLike<number>, n: number): Float64Array {
  const N = scores.length;
  if (!(n >= 1 && n <= N)) throw new RangeError(`best of ${n} from ${N} answers`);
  const byRank = new Float64Array(N);
  let weight = n / N; // of the highest: C(N − 1, n − 1)/C(N, n)
  for (let j = N; j >= n; j--) {
    byRank[j - 1] = weight;
    weight *= j > 1 ? (j - n) / (j - 1) : 0;
  }
  return weightsByRank(scores, (rank) => byRank[rank]!);
}
