import { distance } from 'fastest-levenshtein';
import { SPECIAL_TOKENS, VOCABULARY } from '../../world';

/** Words that a person may write: all of the vocabulary but the special tokens, in the order of the alphabet. */
export const WORDS: readonly string[] = VOCABULARY.slice(SPECIAL_TOKENS.length).toSorted((a, b) =>
  a.localeCompare(b, 'en'),
);

/** Words of this world that are written most like another one (Levenshtein), at most so many, the nearest first. */
export function nearestWords(word: string, most = 3): string[] {
  const near = Math.max(2, Math.ceil(word.length / 2));
  return WORDS.map((known) => ({ known, far: distance(word, known) }))
    .filter(({ far }) => far <= near)
    .sort((a, b) => a.far - b.far)
    .slice(0, most)
    .map(({ known }) => known);
}
