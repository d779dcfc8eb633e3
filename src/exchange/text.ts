import { message, MessageError } from '../messages';
import { BOS, decode, encode, EOS, SPECIAL_TOKENS, UnknownWordError } from '../world';

/*
 * How ids are written as text for trainers that join prompt and answer as plain text (TRL): words with one space
 * between them, and the space between prompt and answer belongs to the answer, so that joined text is cut into the
 * same words. `<bos>` and `<eos>` are not written: the tokenizer adds the one, the trainer the other.
 */

/** Text of a prompt's ids, which begin with `<bos>`. */
export const promptText = (ids: readonly number[]): string => decode(ids.slice(1)).join(' ');

/** Text of an answer's ids; with or without `<eos>` it is the same. */
export const answerText = (ids: readonly number[]): string =>
  decode(isFinished(ids) ? ids.slice(0, -1) : ids)
    .map((word) => ` ${word}`)
    .join('');

export const isFinished = (ids: readonly number[]): boolean => ids[ids.length - 1] === EOS;

/** Ids of a prompt's text. Throws a MessageError that names a word outside the vocabulary. */
export function promptIdsOf(text: string): number[] {
  const words = wordsOf(text);
  if (words.length === 0) throw new MessageError(message('exchange.noTokens', {}));
  return [BOS, ...idsOf(words)];
}

/** Ids of an answer's text, with `<eos>` where it is `finished`. Throws a MessageError. */
export function answerIdsOf(text: string, finished: boolean): number[] {
  if (text !== '' && !/^\s/.test(text)) throw new MessageError(message('exchange.space', {}));
  const ids = idsOf(wordsOf(text));
  if (!finished && ids.length === 0) throw new MessageError(message('exchange.noTokens', {}));
  return finished ? [...ids, EOS] : ids;
}

const wordsOf = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

const SPECIAL: ReadonlySet<string> = new Set(SPECIAL_TOKENS);

function idsOf(words: readonly string[]): number[] {
  const special = words.find((word) => SPECIAL.has(word));
  if (special !== undefined) throw new MessageError(message('exchange.word', { word: special }));
  try {
    return encode(words);
  } catch (error) {
    if (!(error instanceof UnknownWordError)) throw error;
    throw new MessageError(message('exchange.word', { word: error.words[0]!.slice(0, 60) }));
  }
}
