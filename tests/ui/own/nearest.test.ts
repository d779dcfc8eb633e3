import { expect, it } from 'vitest';
import { nearestWords, WORDS } from '../../../src/ui/own/nearest';
import { VOCABULARY } from '../../../src/world';

it('finds the words that are written most alike', () => {
  expect(nearestWords('movies')[0]).toBe('movie');
  expect(nearestWords('greet')).toContain('great');
  expect(nearestWords('movie', 1)).toEqual(['movie']);
});

it('finds none for what is like nothing', () => {
  expect(nearestWords('xqzkxqzkxqzkxqzkxqzkxqzk')).toEqual([]);
});

it('offers no special tokens', () => {
  expect(WORDS).toHaveLength(VOCABULARY.length - 3);
  expect(WORDS).not.toContain('<eos>');
});
