import { describe, expect, it } from 'vitest';
import { rngFrom } from '../../src/random/rng';
import { patternOf, review, splitSentences } from '../../src/world/reviews';
import { draws, words } from './support';

describe('reviews', () => {
  it('have only legal sentences', () => {
    const rng = rngFrom('reviews');
    for (const { words: text } of draws(3000, () => review(rng))) {
      const { sentences, rest } = splitSentences(text);
      expect(rest).toEqual([]);
      expect(sentences.length).toBeGreaterThanOrEqual(2);
      expect(sentences.length).toBeLessThanOrEqual(4);
      for (const sentence of sentences) expect(patternOf(sentence), sentence.join(' ')).toBeDefined();
    }
  });

  it.each([
    'the movie was was good .',
    'the movie was monday .',
    'movie was good .',
    'the movie was good',
    'i would watch it .',
  ])('do not accept %j', (text) => expect(patternOf(words(text))).toBeUndefined());
});
