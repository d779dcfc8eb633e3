import { InvalidArgumentError } from 'commander';
import { wholeNumber } from './usage';

/** One of `count` parts of the work, `index` from 1. */
export interface Shard {
  index: number;
  count: number;
}

const MOST = 10_000;

/** `2/5`. */
export function shard(text: string): Shard {
  const [index, count, more] = text.split('/').map((part) => wholeNumber(part, 1, MOST));
  if (index === undefined || count === undefined || more !== undefined || index > count)
    throw new InvalidArgumentError('must be like 2/5: which part, of how many.');
  return { index, count };
}

/**
 * What of a list is this shard's: every `count`th. It depends on the list alone, not on what is done of it, so that
 * machines which share nothing agree on it.
 */
export const partOf = <T>(list: readonly T[], { index, count }: Shard): T[] =>
  list.filter((_, i) => i % count === index - 1);
