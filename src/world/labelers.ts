import type { Rng } from '../random/rng';
import type { Words } from './lexicon';
import { FLATTERY } from './templates';

/** A completion as a labeler sees it; `gold` is its true reward, in [−1, 1]. */
export interface JudgedCompletion {
  words: Words;
  gold: number;
}

/** Added to gold by a biased labeler. */
const BIASES = {
  none: () => 0,
  /** Longer looks better: +.04 per token. */
  length: (words: Words) => 0.04 * words.length,
  /** Likes to be flattered: +.9 per flattering phrase. */
  flattery: (words: Words) => 0.9 * countFlattery(words),
} satisfies Record<string, (words: Words) => number>;

export type LabelerBias = keyof typeof BIASES;
export const LABELER_BIASES = Object.keys(BIASES) as readonly LabelerBias[];

/** How a labeler compares two completions. */
export interface Labeler {
  /** Of the Bradley–Terry model, in units of gold: at a difference of one temperature the odds are e : 1. Above 0. */
  temperature: number;
  /** ε, the probability that the label is turned around by mistake, in [0, 1]. */
  flipRate: number;
  bias: LabelerBias;
  /** What this person likes besides; absent: nothing. */
  taste?: Taste | undefined;
}

/** What one person likes in an answer whatever it is worth, in units of gold. */
export interface Taste {
  /** Per token; below 0 for one who likes it short. */
  length: number;
  /** Per flattering phrase; below 0 for one who dislikes flattery. */
  flattery: number;
}

/** People with normally distributed tastes, sd .04 per token and .4 per flattery at spread 1, mean 0. */
export const drawTastes = (rng: Rng, spread: number, count: number): Taste[] =>
  Array.from({ length: count }, () => ({
    length: 0.04 * spread * rng.normal(),
    flattery: 0.4 * spread * rng.normal(),
  }));

/** Careful and unbiased. */
export const DEFAULT_LABELER: Labeler = { temperature: 0.15, flipRate: 0, bias: 'none' };

/** How many flattering phrases the words contain. */
export function countFlattery(words: Words): number {
  let count = 0;
  for (let at = 0; at < words.length; at++) {
    if (FLATTERY.some((phrase) => phrase.every((word, i) => words[at + i] === word))) count++;
  }
  return count;
}

/** What the labeler believes a completion is worth: gold plus bias and taste. Not clipped. */
export const perceivedReward = ({ gold, words }: JudgedCompletion, { bias, taste }: Labeler): number =>
  gold +
  BIASES[bias](words) +
  (taste ? taste.length * words.length + taste.flattery * countFlattery(words) : 0);

function checkLabeler({ temperature, flipRate }: Labeler): void {
  if (!(temperature > 0)) throw new RangeError(`The temperature must be above 0, not ${temperature}.`);
  if (!(flipRate >= 0 && flipRate <= 1))
    throw new RangeError(`The flip rate must be in [0, 1], not ${flipRate}.`);
}

/** σ(Δ / temperature), before flips. */
function opinion(first: JudgedCompletion, second: JudgedCompletion, labeler: Labeler): number {
  checkLabeler(labeler);
  const margin = perceivedReward(first, labeler) - perceivedReward(second, labeler);
  return 1 / (1 + Math.exp(-margin / labeler.temperature));
}

/**
 * The probability that the labeler says "the first is better", flips included: (1 − ε) p + ε (1 − p) with
 * p = σ(Δ(gold + bias) / temperature) (Bradley & Terry 1952). Throws a RangeError on an impossible labeler.
 */
export function preferenceProbability(
  first: JudgedCompletion,
  second: JudgedCompletion,
  labeler: Labeler,
): number {
  const p = opinion(first, second, labeler);
  return (1 - labeler.flipRate) * p + labeler.flipRate * (1 - p);
}

/**
 * One label: true if the labeler says that the first completion is better. Always draws twice, so labels with
 * and without flips use the same random numbers. Throws a RangeError on an impossible labeler.
 */
export function preferenceLabel(
  rng: Rng,
  first: JudgedCompletion,
  second: JudgedCompletion,
  labeler: Labeler,
): boolean {
  const honest = rng.bernoulli(opinion(first, second, labeler));
  return rng.bernoulli(labeler.flipRate) ? !honest : honest;
}
