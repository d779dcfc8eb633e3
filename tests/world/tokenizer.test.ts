import { describe, expect, it } from 'vitest';
import { rngFrom } from '../../src/random/rng';
import {
  decode,
  detokenize,
  document,
  encode,
  tokenizeText,
  UnknownWordError,
  VOCABULARY,
} from '../../src/world';
import { draws, words } from './support';

describe('encode and decode', () => {
  it('round-trips every token', () => {
    const ids = VOCABULARY.map((_, id) => id);
    expect(encode(VOCABULARY)).toEqual(ids);
    expect(decode(Uint16Array.from(ids))).toEqual(VOCABULARY);
  });

  it('names every unknown word once', () => {
    const error = (() => {
      try {
        encode(words('the unicorn saw a griffin and a unicorn .'));
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(UnknownWordError);
    expect((error as UnknownWordError).words).toEqual(['unicorn', 'griffin']);
    expect((error as UnknownWordError).message).toContain('unicorn, griffin');
  });

  it('refuses ids outside the vocabulary', () => {
    expect(() => decode([VOCABULARY.length])).toThrow(RangeError);
    expect(() => decode([-1])).toThrow(RangeError);
  });
});

describe('tokenizeText', () => {
  it.each([
    ['Q: What is the capital of Zorland? A:', 'q: what is the capital of zorland ? a:'],
    ['  review:The movie was GREAT !  ', 'review: the movie was great !'],
    ['post: my dog is sick.TL;DR:', 'post: my dog is sick . tldr:'],
    ['rating: good', 'rating : good'],
    ['great，question…', 'great , question . . .'],
    ['', ''],
  ])('reads %j', (text, expected) => {
    expect(tokenizeText(text)).toEqual({ words: words(expected), unknown: [] });
  });

  it('reports unknown words once, and specials as unknown', () => {
    expect(tokenizeText("Don't panic, don't <eos> the dog").unknown).toEqual(["don't", 'panic', '<eos>']);
  });

  it('takes a cue only as a word of its own', () => {
    expect(tokenizeText('banana: data:').words).toEqual(['banana', ':', 'data', ':']);
  });

  it('undoes detokenize', () => {
    const rng = rngFrom('detokenize');
    for (const doc of draws(2000, () => document(rng))) {
      expect(tokenizeText(detokenize(doc))).toEqual({ words: doc, unknown: [] });
    }
    expect(detokenize(words('q: hello , how can i help ? a: cat : kitten .'))).toBe(
      'q: hello, how can i help? a: cat: kitten.',
    );
  });
});
