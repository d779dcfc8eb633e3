import { expect, it } from 'vitest';
import { demonstrations, ownDemonstrations } from '../../../src/pipeline/data/demonstrations';
import { rngFrom } from '../../../src/random/rng';
import { BOS, decode, EOS, reviewTask } from '../../../src/world';
import type { AlignmentTask } from '../../../src/world/types';

const row = (prompt: string, completion: string) => ({
  prompt: prompt.split(' '),
  completion: [...completion.split(' '), '<eos>'],
});
const own = (...rows: ReturnType<typeof row>[]) => ({ kind: 'demonstrations' as const, rows });

it('a person’s demonstrations are drawn again and again', () => {
  const next = ownDemonstrations(
    own(row('review: the movie was', 'great .'), row('review: the film was', 'boring .')),
    rngFrom(1, 'own'),
    64,
  );
  const seen = Array.from({ length: 40 }, next);
  expect(new Set(seen.map(({ completion }) => decode(completion).join(' ')))).toEqual(
    new Set(['great . <eos>', 'boring . <eos>']),
  );
  for (const { prompt, completion } of seen) {
    expect(prompt[0]).toBe(BOS);
    expect(completion.at(-1)).toBe(EOS);
  }
});

it('names words that are not in the vocabulary, and rows that are too long', () => {
  const read = (...rows: ReturnType<typeof row>[]) => ownDemonstrations(own(...rows), rngFrom(1, 'own'), 8);
  expect(() => read(row('review: the', 'gigantic .'))).toThrow('gigantic');
  const good = row('review: the', 'great .');
  expect(() => read(good, row('review: the movie was', 'great great great .'))).toThrow(
    'Row 2 is 10 tokens long',
  );
});

it('those of the world are as they were', () => {
  const draw = () =>
    demonstrations(reviewTask as AlignmentTask, rngFrom(5, 'x'), { source: 'crowd', examples: 3 });
  const [a, b] = [draw(), draw()];
  expect(Array.from({ length: 6 }, a)).toEqual(Array.from({ length: 6 }, b));
});
