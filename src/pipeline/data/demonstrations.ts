import type { Rng } from '../../random/rng';
import type { AlignmentTask, DemonstrationSource } from '../../world/types';
import type { OwnOf } from '../contract/own';
import { message, MessageError } from '../../messages';
import { BOS, encode, UnknownWordError } from '../../world';
import { completionIds, promptIds } from './tokens';

/** Which demonstrations SFT learns from. */
export interface DemonstrationChoice {
  source: DemonstrationSource;
  /** Size of a fixed set that is drawn from again and again; null: a fresh one every time. */
  examples: number | null;
}

/** Ids of a demonstration: the prompt with `<bos>`, the answer with `<eos>`. */
export interface DemonstrationIds {
  prompt: number[];
  completion: number[];
}

/** Demonstrations in the order in which SFT learns from them, without end. */
export function demonstrations(
  task: AlignmentTask,
  data: Rng,
  { source, examples }: DemonstrationChoice,
): () => DemonstrationIds {
  const draw = (): DemonstrationIds => {
    const { prompt, completion } = task.demonstration(data, source);
    return { prompt: promptIds(prompt), completion: completionIds(completion) };
  };
  const pool = examples === null ? null : Array.from({ length: examples }, draw);
  return () => (pool ? data.choice(pool) : draw());
}

/** A person's demonstrations, drawn again and again, without end. Throws a MessageError where one does not fit. */
export function ownDemonstrations(
  { rows }: OwnOf<'demonstrations'>,
  data: Rng,
  nPositions: number,
): () => DemonstrationIds {
  const pool = rows.map(({ prompt, completion }, row): DemonstrationIds => {
    const ids = { prompt: [BOS, ...ownIds(prompt)], completion: ownIds(completion) };
    const tokens = ids.prompt.length + ids.completion.length;
    if (tokens > nPositions)
      throw new MessageError(message('own.tooLong', { row: row + 1, tokens, most: nPositions }));
    return ids;
  });
  return () => data.choice(pool);
}

/** Ids of words that a person brought. Throws a MessageError that names those outside the vocabulary. */
export function ownIds(words: readonly string[]): number[] {
  try {
    return encode(words);
  } catch (error) {
    if (!(error instanceof UnknownWordError)) throw error;
    throw new MessageError(message('own.words', { words: error.words.slice(0, 5) }));
  }
}
