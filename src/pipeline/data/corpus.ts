import type { Batch } from '../../engine/types';
import { message, MessageError } from '../../messages';
import { BOS, encode, EOS, tokenizeText } from '../../world';
import type { OwnOf } from '../contract/own';

/** Rows of the packed corpus at random offsets; every token but the first is predicted. */
export function corpusBatch(corpus: Uint16Array, offsets: readonly number[], length: number): Batch {
  return offsets.map((o) => ({ ids: Array.from(corpus.subarray(o, o + length)), start: 1 }));
}

/** A text as documents of words that the vocabulary has, and the words that it does not have. */
export interface ReadText {
  /** One for each line that has such words; ids without `<bos>` and `<eos>`. */
  documents: number[][];
  /** Words and marks in all, and how many of them are known. */
  words: number;
  known: number;
  /** Words outside the vocabulary, and how often they stand there, the most frequent first. */
  unknown: readonly { word: string; rows: number }[];
}

/** Reads a text line by line. Words outside the vocabulary are left out, and told. */
export function readText(text: string): ReadText {
  const counts = new Map<string, number>();
  const documents: number[][] = [];
  let [words, known] = [0, 0];
  for (const line of text.split('\n')) {
    const tokenized = tokenizeText(line);
    const strange = new Set(tokenized.unknown);
    const kept = tokenized.words.filter((word) => !strange.has(word));
    for (const word of tokenized.words) if (strange.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
    words += tokenized.words.length;
    known += kept.length;
    if (kept.length > 0) documents.push(encode(kept));
  }
  const unknown = [...counts].map(([word, rows]) => ({ word, rows })).sort((a, b) => b.rows - a.rows);
  return { documents, words, known, unknown };
}

/**
 * `tokenCount` ids of a person's text, as `packedCorpus` packs the world's, from the beginning again where it ends. Throws a
 * MessageError where none of its words is in the vocabulary.
 */
export function ownCorpus({ text }: OwnOf<'text'>, tokenCount: number): Uint16Array {
  const { documents } = readText(text);
  if (documents.length === 0) throw new MessageError(message('own.empty', { column: 'text' }));
  const once = documents.flatMap((ids) => [BOS, ...ids, EOS]);
  return Uint16Array.from({ length: tokenCount }, (_, i) => once[i % once.length]!);
}
