/** Distributions over tokens on the host, in float64, straight from logits. */

/** log softmax(logits), nats. */
export function logSoftmax(logits: ArrayLike<number>): Float64Array {
  let highest = -Infinity;
  for (let i = 0; i < logits.length; i++) highest = Math.max(highest, logits[i]!);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp(logits[i]! - highest);
  const logSum = highest + Math.log(sum);
  return Float64Array.from(logits, (x) => x - logSum);
}

/** Entropy of softmax(logits), nats. */
export function entropyOf(logits: ArrayLike<number>): number {
  let sum = 0;
  for (const logP of logSoftmax(logits)) if (logP > -Infinity) sum -= Math.exp(logP) * logP;
  return sum;
}

/** Exact KL(softmax(logits) ‖ softmax(reference)), nats. Equal lengths. */
export function categoricalKl(logits: ArrayLike<number>, reference: ArrayLike<number>): number {
  const p = logSoftmax(logits);
  const q = logSoftmax(reference);
  let sum = 0;
  for (let i = 0; i < p.length; i++) if (p[i]! > -Infinity) sum += Math.exp(p[i]!) * (p[i]! - q[i]!);
  return sum;
}

/**
 * log p of each labelled token of one sequence, nats: `logits[t]` predicts `labels[t + 1]`; tokens labelled
 * `ignored` are left out.
 */
export function labelLogProbs(
  logits: readonly ArrayLike<number>[],
  labels: readonly number[],
  ignored = -100,
): number[] {
  return labels.flatMap((label, t) =>
    t === 0 || label === ignored ? [] : [logSoftmax(logits[t - 1]!)[label]!],
  );
}
