/** A word that might come next, and how likely it is. */
export interface Candidate {
  id: number;
  probability: number;
  /** The same under the reference. */
  reference: number;
}

/**
 * KL(p ‖ q) = Σ p (log p − log q) over all words, nats, from log-probs of the whole vocabulary; words that p never says
 * add nothing. Throws a RangeError if lengths differ.
 */
export function exactKl(own: readonly number[], reference: readonly number[]): number {
  if (own.length !== reference.length) throw new RangeError('Distributions over different vocabularies.');
  return own.reduce(
    (sum, log, i) => (log === -Infinity ? sum : sum + Math.exp(log) * (log - reference[i]!)),
    0,
  );
}

/** The likeliest words under either of two distributions, likeliest first, with those of `among` in any case. */
export function topCandidates(
  own: readonly number[],
  reference: readonly number[],
  count: number,
  among: readonly number[] = [],
): Candidate[] {
  const all = own.map((log, id) => ({ id, probability: Math.exp(log), reference: Math.exp(reference[id]!) }));
  const size = (c: Candidate) => Math.max(c.probability, c.reference);
  const sorted = [...all].sort((a, b) => size(b) - size(a));
  const first = sorted.slice(0, count);
  const missing = among.filter((id) => !first.some((c) => c.id === id)).map((id) => all[id]!);
  return [...first.slice(0, count - missing.length), ...missing].sort((a, b) => size(b) - size(a));
}
