import { expect, it } from 'vitest';
import { ownCorpus, readText } from '../../../src/pipeline/data/corpus';
import { decode } from '../../../src/world';

it('reads a text line by line, and tells the words that it leaves out', () => {
  const { documents, ...read } = readText('The movie was gigantic.\n\nGreat, gigantic zebra\nzebra');
  expect(documents.map((ids) => decode(ids).join(' '))).toEqual(['the movie was .', 'great ,']);
  expect(read).toEqual({
    words: 10,
    known: 6,
    unknown: [
      { word: 'gigantic', rows: 2 },
      { word: 'zebra', rows: 2 },
    ],
  });
});

it('is packed as the corpus of the world is, and begins again where it ends', () => {
  const ids = ownCorpus({ kind: 'text', text: 'great .\nthe movie' }, 10);
  expect(decode(ids).join(' ')).toBe('<bos> great . <eos> <bos> the movie <eos> <bos> great');
});

it('special tokens are no words, and a text without any known word is none', () => {
  expect(readText('<eos> <bos> <pad>').known).toBe(0);
  expect(() => ownCorpus({ kind: 'text', text: 'zebra' }, 10)).toThrow('no words');
});
