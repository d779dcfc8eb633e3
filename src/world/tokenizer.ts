import type { Words } from './lexicon';
import { SPECIAL_TOKENS, VOCABULARY } from './vocabulary';

export { BOS, EOS, PAD } from '../model/tokens';

const ID = new Map(VOCABULARY.map((word, id) => [word, id]));

/** Thrown by `encode`; `words` lists every word outside the vocabulary once, in order. */
export class UnknownWordError extends Error {
  readonly words: Words;

  constructor(words: Words) {
    super(`Not in the vocabulary: ${words.join(', ')}`);
    this.name = 'UnknownWordError';
    this.words = words;
  }
}

/** Token ids of words. Throws an `UnknownWordError` that names every unknown word. */
export function encode(words: Words): number[] {
  const ids = new Array<number>(words.length);
  for (let i = 0; i < words.length; i++) {
    const id = ID.get(words[i]!);
    if (id === undefined) throw new UnknownWordError([...new Set(words.filter((word) => !ID.has(word)))]);
    ids[i] = id;
  }
  return ids;
}

/** Words of token ids, specials included. Throws a RangeError on an id outside the vocabulary. */
export function decode(ids: ArrayLike<number>): string[] {
  return Array.from(ids, (id) => {
    const word = VOCABULARY[id];
    if (word === undefined) throw new RangeError(`No token has the id ${id}.`);
    return word;
  });
}

export interface TokenizedText {
  words: string[];
  /** Words outside the vocabulary, once each, in order. Specials such as `<eos>` count: nobody can type them. */
  unknown: string[];
}

const TOKEN = /(?:q|a|review|post|tldr):|[.,!?:]|[^\s.,!?:]+/g;
const UNTYPABLE: ReadonlySet<string> = new Set(SPECIAL_TOKENS);

/**
 * Words of a text that a person typed: lower case, the punctuation marks . , ! ? : apart, the cues `q:` `a:`
 * `review:` `post:` `tldr:` whole ("tl;dr" is read as "tldr"). Never throws.
 */
export function tokenizeText(text: string): TokenizedText {
  const words: string[] = text.normalize('NFKC').toLowerCase().replaceAll('tl;dr', 'tldr').match(TOKEN) ?? [];
  const unknown = new Set(words.filter((word) => !ID.has(word) || UNTYPABLE.has(word)));
  return { words, unknown: [...unknown] };
}

/** Words as a person reads them: no space before punctuation. `tokenizeText` undoes it. */
export const detokenize = (words: Words): string => words.join(' ').replace(/ (?=[.,!?:](?: |$))/g, '');
