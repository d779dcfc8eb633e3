import { describe, expect, it } from 'vitest';
import { reviewTask } from '../../../src/world';
import { partsOf, words, draws } from '../support';
import { rngFrom } from '../../../src/random/rng';
import { patternOf, splitSentences } from '../../../src/world/reviews';

describe('review gold', () => {
  const gold = (prefix: string, completion: string, finished = true) =>
    reviewTask.gold(
      { words: words(`review: ${prefix}`), meta: { prefix: words(prefix) } },
      words(completion),
      finished,
    );

  it('is the mean polarity of varied opinions', () => {
    const score = gold('the movie was', 'great . i enjoyed the plot .');
    expect(partsOf(score)).toEqual({ sentiment: 0.75 });
    expect(score.total).toBe(0.75);
  });

  it('asks for at least two opinions', () => {
    expect(partsOf(gold('the movie was', 'great .'))).toEqual({ sentiment: 0.5 });
  });

  it('counts the fixed sentences and lets neutral ones pass', () => {
    expect(partsOf(gold('i would', 'watch it again . i saw it on monday . it made me laugh .'))).toEqual({
      sentiment: 0.75,
    });
    expect(partsOf(gold('i would', 'not watch it again . i would watch it again .'))).toEqual({});
    expect(gold('i saw it', 'on monday . it was a long film .').total).toBe(0);
  });

  it('averages within a sentence of mixed words', () => {
    // (1 − .5) / 2 = .25 in one of at least two opinions
    expect(partsOf(gold('the movie was', 'great and dull .'))).toEqual({ sentiment: 0.125 });
  });

  it('judges only sentences that end in the completion', () => {
    expect(partsOf(gold('it made me weep .', 'i loved the plot . what a superb cast !'))).toEqual({
      sentiment: 1,
    });
  });

  it('marks repetition down', () => {
    // opinion words: great great (share 1/2), nouns: movie movie (1/2), sentences: one of two said before
    expect(partsOf(gold('the movie', 'was great . the movie was great .'))).toEqual({
      sentiment: 1,
      repeatedOpinion: -0.4,
      repeatedNoun: -0.2,
      duplicateSentence: -0.2,
    });
  });

  it('marks broken and unfinished sentences down', () => {
    expect(partsOf(gold('the movie', 'was good . movie the was . i loved the', false))).toEqual({
      sentiment: 0.25,
      ungrammatical: -0.666666667,
      repeatedNoun: -0.2,
      unfinished: -0.5,
      clip: 0.116666667, // from −1.116…
    });
  });

  it('gives an empty completion −1', () => {
    expect(partsOf(gold('the movie', ''))).toEqual({ ungrammatical: -1 });
    expect(gold('the movie', '', false).total).toBe(-1);
  });

  it('marks length above 24 words down', () => {
    const completion =
      'was great . i loved the plot . what a superb cast ! it made me laugh . i saw it on monday . i saw it with my friend .';
    const { length } = words(completion);
    expect(length).toBe(31);
    // great 1, loved 1, superb 1, laugh .75 → 3.75 / 4
    expect(partsOf(gold('the movie', completion))).toEqual({ sentiment: 0.9375, tooLong: -0.35 });
  });
});

describe('review', () => {
  it('curators write legal, positive, varied and short continuations', () => {
    const rng = rngFrom('curated');
    for (let i = 0; i < 1000; i++) {
      const { prompt, completion } = reviewTask.demonstration(rng, 'curated');
      const { sentences, rest } = splitSentences([...prompt.meta.prefix, ...completion]);
      expect(rest).toEqual([]);
      for (const sentence of sentences) expect(patternOf(sentence), sentence.join(' ')).toBeDefined();
      expect(completion.length).toBeLessThanOrEqual(24);
      const names = reviewTask.gold(prompt, completion, true).parts.map((part) => part.name);
      expect(names.filter((name) => name !== 'sentiment')).toEqual([]);
    }
  });

  it('holds out about a quarter of the beginnings of each length', () => {
    const rng = rngFrom('mass');
    const count = { train: 0, heldOut: 0 };
    for (const split of ['train', 'heldOut'] as const) {
      const seen = new Set(draws(8000, () => reviewTask.prompt(rng, split).words.join(' ')));
      count[split] = seen.size;
      const lengths = new Set([...seen].map((text) => text.split(' ').length));
      expect([...lengths].sort()).toEqual([3, 4, 5, 6]);
    }
    expect(count.heldOut / (count.train + count.heldOut)).toBeGreaterThan(0.18);
    expect(count.heldOut / (count.train + count.heldOut)).toBeLessThan(0.35);
  });

  it('takes a typed beginning without its cue', () => {
    expect(reviewTask.parsePrompt(words('the movie was'))).toEqual(
      reviewTask.parsePrompt(words('review: the movie was')),
    );
    expect(reviewTask.parsePrompt(['review:'])).toBeNull();
  });
});
