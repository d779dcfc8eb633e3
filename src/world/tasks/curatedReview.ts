import type { Rng } from '../../random/rng';
import { EXTREMES, FEELINGS, QUALITIES, REACTIONS, type Words } from '../lexicon';
import { patternsBeginning, REVIEW_SLOTS, splitSentences, type Pattern } from '../reviews';
import { isSlot } from '../template';

/** Curators stay within this many words (where the gold reward begins to count length) … */
const LONGEST = 24;
/** … and stop after this many sentences of their own. */
const MOST_SENTENCES = 3;
const STRONG_SHARE = 0.8;

const POSITIVE: Record<string, Words> = {
  '{feeling}': FEELINGS.positive,
  '{reaction}': REACTIONS.positive,
  '{extreme}': EXTREMES.positive,
};

/** A word for the slot, positive if it is an opinion, and not used before as long as there is another one. */
function fresh(rng: Rng, slot: string, used: ReadonlySet<string>): string {
  const strength = rng.bernoulli(STRONG_SHARE) ? 'strong' : 'mild';
  const words = slot === '{quality}' ? QUALITIES.positive[strength] : (POSITIVE[slot] ?? REVIEW_SLOTS[slot]!);
  const unused = words.filter((word) => !used.has(word));
  return rng.choice(unused.length ? unused : words);
}

/** A pattern that adds a positive opinion if there is one, otherwise (the beginning forces it) any. */
function choosePattern(rng: Rng, beginning: Words, used: ReadonlySet<Pattern>): Pattern {
  const possible = patternsBeginning(beginning);
  const positive = possible.filter((p) => p.polarity === 'any' || p.polarity > 0);
  const unused = positive.filter((p) => !used.has(p));
  return rng.choice([unused, positive, possible].find((patterns) => patterns.length > 0) ?? []);
}

/**
 * How a careful curator continues the beginning of a review: completes the sentence that was begun, then adds
 * positive sentences with new words and new patterns. Throws a RangeError if the beginning is not grammatical.
 */
export function curatedContinuation(rng: Rng, prefix: Words): string[] {
  const usedWords = new Set(prefix);
  const usedPatterns = new Set<Pattern>();
  const out: string[] = [];
  let beginning: Words = splitSentences(prefix).rest;
  for (let sentences = 0; sentences < MOST_SENTENCES; sentences++) {
    const pattern = choosePattern(rng, beginning, usedPatterns);
    const words: string[] = [];
    for (const slot of pattern.form.slice(beginning.length)) {
      const word = isSlot(slot) ? fresh(rng, slot, usedWords) : slot;
      usedWords.add(word);
      words.push(word);
    }
    if (out.length + words.length > LONGEST) break;
    usedPatterns.add(pattern);
    out.push(...words);
    beginning = [];
  }
  return out;
}
