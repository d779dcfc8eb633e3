import { message, MessageError } from '../../messages';
import { BOS, encode, UnknownWordError } from '../../world';
import type { AlignmentTask } from '../../world/types';
import type { OwnPair } from '../contract/own';
import type { PreferencePair } from '../contract/stage';
import { goldOf } from './tokens';

/** A labelled pair, and whether the task can say which answer is truly better. */
export interface ReadPair {
  pair: PreferencePair;
  /** False: both golds are 0 and mean nothing. */
  hasGold: boolean;
}

/**
 * A person's comparisons as ids, with the gold of the task where a prompt is of its form; ties are left out, as Bradley and
 * Terry's model has none. Throws a MessageError that names a word outside the vocabulary, or the row (from 1) of a pair
 * longer than `nPositions` tokens.
 */
export function readPairs(rows: readonly OwnPair[], task: AlignmentTask, nPositions: number): ReadPair[] {
  return rows.flatMap(({ prompt, chosen, rejected, tie }, row) => {
    if (tie) return [];
    const ids = [BOS, ...idsOf(prompt)];
    const [w, l] = [idsOf(chosen), idsOf(rejected)];
    const tokens = ids.length + Math.max(w.length, l.length);
    if (tokens > nPositions)
      throw new MessageError(message('own.tooLong', { row: row + 1, tokens, most: nPositions }));
    const asked = task.parsePrompt(prompt);
    const gold = (answer: readonly number[]) => (asked ? goldOf(task, asked, answer).total : 0);
    const pair = { prompt: ids, chosen: w, rejected: l, goldChosen: gold(w), goldRejected: gold(l) };
    return [{ pair, hasGold: asked !== null }];
  });
}

function idsOf(words: readonly string[]): number[] {
  try {
    return encode(words);
  } catch (error) {
    if (!(error instanceof UnknownWordError)) throw error;
    throw new MessageError(message('own.words', { words: error.words.slice(0, 5) }));
  }
}

/** Names a prompt with two answers, whichever of them comes first. */
export function comparisonName({
  prompt,
  chosen,
  rejected,
}: Pick<PreferencePair, 'prompt' | 'chosen' | 'rejected'>): string {
  const answers = [chosen.join(' '), rejected.join(' ')].sort();
  return `${prompt.join(' ')} | ${answers.join(' | ')}`;
}
