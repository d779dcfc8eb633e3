/**
 * KL(best-of-n ‖ SFT), nats, from N answers of SFT: the answer of rank j from below is the best of n independent
 * ones with probability W = (j/N)ⁿ − ((j − 1)/N)ⁿ, and the estimate is Σ W·ln(W·N/m) over different answers, m
 * counting those alike. Grouping can only lower a KL, so this is at most ln n − (n − 1)/n, and nears it as N grows
 * where no answer comes twice.
 */
export function sampledKl(
  answers: readonly (readonly number[])[],
  scores: ArrayLike<number>,
  n: number,
): number {
  const N = answers.length;
  const alike = new Map<string, { weight: number; count: number }>();
  ranked(scores).forEach((i, rank) => {
    const key = answers[i]!.join();
    const { weight, count } = alike.get(key) ?? { weight: 0, count: 0 };
    alike.set(key, { weight: weight + ((rank + 1) / N) ** n - (rank / N) ** n, count: count + 1 });
  });
  let kl = 0;
  for (const { weight, count } of alike.values())
    if (weight > 0) kl += weight * Math.log((weight * N) / count);
  return kl;
}

/** Indices from the lowest score to the highest; equal scores in the order given. */
const ranked = (scores: ArrayLike<number>): number[] =>
  Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[a]! - scores[b]! || a - b);

/**
 * Probability that each of N answers is the best of n drawn from them without replacement: for the answer
 * of rank j from below it is C(j − 1, n − 1)/C(N, n) (Nakano et al. 2021). Averages under these weights are
 * unbiased for best-of-n and use every answer. Equal scores are ranked in the order given. Adds up to 1.
 */
export function bestOfNWeights(scores: ArrayLike<number>, n: number): Float64Array {
  const N = scores.length;
  if (!(n >= 1 && n <= N)) throw new RangeError(`best of ${n} from ${N} answers`);
  const order = ranked(scores);
  const weights = new Float64Array(N);
  let weight = n / N; // of the highest: C(N − 1, n − 1)/C(N, n)
  for (let j = N; j >= n; j--) {
    weights[order[j - 1]!] = weight;
    weight *= j > 1 ? (j - n) / (j - 1) : 0;
  }
  return weights;
}
