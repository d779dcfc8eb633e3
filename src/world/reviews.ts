import type { Rng } from '../random/rng';
import {
  ADVERBS,
  DAYS,
  EXTREMES,
  FEELINGS,
  FRIENDS,
  PLAIN_PROPERTIES,
  POLARITY,
  QUALITIES,
  REACTIONS,
  REVIEW_NOUNS,
  type Words,
} from './lexicon';
import { isSlot, template, type Template } from './template';

/** Positive, negative, or without an opinion. */
export type Tone = 1 | -1 | 0;

export interface Pattern {
  form: Template;
  /** Relative frequency among patterns that suit the tone. */
  weight: number;
  /** `any`: the words chosen decide whether it is positive or negative. A number: a fixed polarity; 0 is neutral. */
  polarity: 'any' | number;
}

const pattern = (text: string, weight: number, polarity: Pattern['polarity'] = 'any'): Pattern => ({
  form: template(text),
  weight,
  polarity,
});

/** The legal sentences of reviews. A sentence is grammatical exactly if it fits one of these. */
export const REVIEW_PATTERNS: readonly Pattern[] = [
  pattern('the {noun} was {quality} .', 4),
  pattern('the {noun} was {adverb} {quality} .', 2),
  pattern('the {noun} was {quality} and {quality} .', 2),
  pattern('i {feeling} the {noun} .', 2),
  pattern('i {adverb} {feeling} the {noun} .', 2),
  pattern('it made me {reaction} .', 2),
  pattern('what a {quality} {noun} !', 2),
  pattern('a {quality} {noun} with a {quality} {noun} .', 2),
  pattern('i would watch it again .', 2, 0.75),
  pattern('i would not watch it again .', 2, -0.75),
  pattern('the {extreme} {noun} of the year !', 1),
  pattern('overall the {noun} was {quality} .', 1),
  pattern('i saw it with my {friend} .', 1, 0),
  pattern('i saw it on {day} .', 1, 0),
  pattern('it was a {property} {noun} .', 1, 0),
];

const ALL_QUALITIES: Words = [
  ...QUALITIES.positive.strong,
  ...QUALITIES.positive.mild,
  ...QUALITIES.negative.strong,
  ...QUALITIES.negative.mild,
];

/** Words that may fill each slot of the patterns. */
export const REVIEW_SLOTS: Record<string, Words> = {
  '{noun}': REVIEW_NOUNS,
  '{quality}': ALL_QUALITIES,
  '{adverb}': ADVERBS,
  '{feeling}': [...FEELINGS.positive, ...FEELINGS.negative],
  '{reaction}': [...REACTIONS.positive, ...REACTIONS.negative],
  '{extreme}': [...EXTREMES.positive, ...EXTREMES.negative],
  '{friend}': FRIENDS,
  '{day}': DAYS,
  '{property}': PLAIN_PROPERTIES,
};

const SLOT_OF = new Map(
  Object.entries(REVIEW_SLOTS).flatMap(([slot, words]) => words.map((word) => [word, slot] as const)),
);
const classOf = (word: string): string => SLOT_OF.get(word) ?? word;
const PATTERN_BY_SHAPE = new Map(REVIEW_PATTERNS.map((p) => [p.form.join(' '), p]));

/** The pattern that a whole sentence fits, or undefined if it is not grammatical. */
export const patternOf = (sentence: Words): Pattern | undefined =>
  PATTERN_BY_SHAPE.get(sentence.map(classOf).join(' '));

/** Patterns that a sentence beginning with these words may still become. */
export const patternsBeginning = (words: Words): Pattern[] =>
  REVIEW_PATTERNS.filter(
    ({ form }) => form.length > words.length && words.every((word, i) => classOf(word) === form[i]),
  );

/**
 * What a grammatical sentence says, in [−1, 1]: the mean polarity of its opinion words. Null without an opinion
 * or if it is not grammatical.
 */
export function sentencePolarity(sentence: Words): number | null {
  const fitting = patternOf(sentence);
  if (!fitting || fitting.polarity === 0) return null;
  if (fitting.polarity !== 'any') return fitting.polarity;
  let sum = 0;
  let count = 0;
  for (const word of sentence) {
    const polarity = POLARITY.get(word);
    if (polarity === undefined) continue;
    sum += polarity;
    count++;
  }
  return sum / count;
}

/** Whole sentences (each ends with "." or "!") and the unfinished rest. */
export function splitSentences(words: Words): { sentences: string[][]; rest: string[] } {
  const sentences: string[][] = [];
  let rest: string[] = [];
  for (const word of words) {
    rest.push(word);
    if (word === '.' || word === '!') {
      sentences.push(rest);
      rest = [];
    }
  }
  return { sentences, rest };
}

const suits = (p: Pattern, tone: Tone): boolean =>
  p.polarity === 'any' ? tone !== 0 : Math.sign(p.polarity) === tone;

const PATTERNS_BY_TONE = new Map(
  ([1, -1, 0] as const).map((tone) => {
    const patterns = REVIEW_PATTERNS.filter((p) => suits(p, tone));
    return [tone, { patterns, weights: patterns.map((p) => p.weight) }] as const;
  }),
);

function fillSlot(rng: Rng, slot: string, tone: Tone): string {
  const side = tone > 0 ? 'positive' : 'negative';
  if (slot === '{quality}') return rng.choice(QUALITIES[side][rng.bernoulli(0.5) ? 'strong' : 'mild']);
  if (slot === '{feeling}') return rng.choice(FEELINGS[side]);
  if (slot === '{reaction}') return rng.choice(REACTIONS[side]);
  if (slot === '{extreme}') return rng.choice(EXTREMES[side]);
  return rng.choice(REVIEW_SLOTS[slot]!);
}

/** One grammatical sentence of the given tone. */
export function reviewSentence(rng: Rng, tone: Tone): string[] {
  const { patterns, weights } = PATTERNS_BY_TONE.get(tone)!;
  return rng
    .weighted(patterns, weights)
    .form.map((word) => (isSlot(word) ? fillSlot(rng, word, tone) : word));
}

export interface ReviewOptions {
  /** Probability that an opinion is of the opposite tone; default .2. */
  opposite?: number;
  minSentences?: number;
  maxSentences?: number;
}

/** Share of sentences without an opinion. */
const NEUTRAL_SHARE = 0.25;

/** A review: 2–4 sentences (by default), 25 % neutral, most of the others of the review's tone. */
export function review(rng: Rng, options: ReviewOptions = {}): { words: string[]; tone: 1 | -1 } {
  const { opposite = 0.2, minSentences = 2, maxSentences = 4 } = options;
  const tone = rng.bernoulli(0.5) ? 1 : -1;
  const words: string[] = [];
  for (let left = rng.int(minSentences, maxSentences); left > 0; left--) {
    if (rng.bernoulli(NEUTRAL_SHARE)) words.push(...reviewSentence(rng, 0));
    else words.push(...reviewSentence(rng, rng.bernoulli(opposite) ? (-tone as 1 | -1) : tone));
  }
  return { words, tone };
}
